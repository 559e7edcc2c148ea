//! Paths that people walk, looked for once an hour in the newest requests, for somebody to confirm or dismiss.
//!
//! Only calls from outside count: requests whose parent is no request of ours. A session is a consumer's, or a trace's
//! when requests name no consumer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_forecast::journey::{Candidate, Limits, Visit, discover};
use hawkeye_forecast::{Journey, JourneyStep};
use hawkeye_model::{Dataset, Endpoint, Outcome, SpanId, Timestamp};
use hawkeye_store::{Filter, TimeRange, VisitQuery, Visits};

use super::super::lock;
use super::sessions::session_key;
use super::steps::endpoint;
use crate::engine::Engine;
use crate::error::EngineError;

/// The newest requests that are looked through, and how far back: about 60 MB for a moment.
const VISITS_MAX: usize = 500_000;
const SPAN: Duration = Duration::from_secs(6 * 3_600);

const EXAMPLES_MAX: usize = 5;

/// A path that many walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Names the path: the same path has the same id.
    pub id: String,
    pub name: String,
    pub dataset: Dataset,
    pub steps: Vec<Endpoint>,
    pub step_sessions: Vec<u64>,
    /// Median, between two steps.
    pub gap_ms: f64,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Consumers or traces.
    pub examples: Vec<String>,
    pub environments: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Proposals {
    pub items: Vec<Proposal>,
    /// When requests were last looked through.
    pub looked: Option<Timestamp>,
    /// Why there may be none.
    pub note: String,
}

/// What somebody makes of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// With another journey than the proposed one, if there is one.
    Confirm(Option<Journey>),
    Dismiss,
}

/// What the last look found, by data set.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    of: [Vec<Proposal>; 2],
    looked: [Option<Timestamp>; 2],
    /// Requests that named nobody.
    unnamed: bool,
}

impl Discovered {
    pub(crate) fn forget(&mut self, dataset: Dataset) {
        self.of[dataset as usize].clear();
        self.looked[dataset as usize] = None;
    }
}

impl Engine {
    /// Looks through the newest requests.
    pub(crate) async fn discover_journeys(
        self: &Arc<Self>,
        dataset: Dataset,
        until: Timestamp,
        generation: u64,
    ) -> Result<(), EngineError> {
        let range = TimeRange { from: until.minus(SPAN), to: until };
        let query =
            VisitQuery { range, filter: Filter::default(), dataset: Some(dataset), limit: VISITS_MAX };
        let visits = self.store.visits(&query).await?;
        self.ask(move |engine| {
            let proposals = proposals(dataset, &visits);
            let mut state = engine.forecasting.state(dataset);
            if state.generation != generation {
                return Ok(());
            }
            state.discovered = Some(until);
            let mut discovered = lock(&engine.forecasting.discovered);
            discovered.unnamed = visits.visits.is_empty();
            discovered.looked[dataset as usize] = Some(until);
            discovered.of[dataset as usize] = proposals;
            Ok(())
        })
        .await
    }

    /// Those that are not a journey yet and that nobody dismissed, the most walked first.
    #[must_use]
    pub fn journey_proposals(&self) -> Proposals {
        let known: HashSet<Vec<Endpoint>> = self
            .journeys()
            .iter()
            .map(|stored| stored.journey.steps.iter().map(endpoint).collect())
            .collect();
        let discovered = lock(&self.forecasting.discovered);
        let documents = self.forecasting.documents();
        let mut items: Vec<Proposal> = discovered
            .of
            .iter()
            .flatten()
            .filter(|proposal| !known.contains(&proposal.steps) && !documents.is_dismissed(&proposal.id))
            .cloned()
            .collect();
        items.sort_by_key(|proposal| std::cmp::Reverse(proposal.step_sessions.last().copied()));
        let looked = discovered.looked.iter().copied().max().flatten();
        let note = match (looked, items.is_empty(), discovered.unnamed) {
            (None, ..) => "Requests have not been looked through yet",
            (Some(_), true, true) => {
                "Requests name neither a consumer nor a trace, so nobody can tell which ones belong together"
            }
            (Some(_), true, false) => "No path that many walk was found beyond the journeys that are defined",
            (Some(_), false, _) => "",
        };
        Proposals { items, looked, note: note.into() }
    }

    /// # Errors
    /// That there is no such proposal, or what [`Self::put_journey`] says.
    pub fn answer_proposal(&self, id: &str, answer: Answer, actor: &str) -> Result<(), EngineError> {
        let found = self.journey_proposals().items.into_iter().find(|it| it.id == id);
        let proposal = found.ok_or_else(|| EngineError::UnknownProposal(id.to_owned()))?;
        match answer {
            Answer::Dismiss => self.dismiss_proposal(id, actor),
            Answer::Confirm(journey) => {
                let journey = journey.unwrap_or_else(|| self.journey_of(&proposal));
                self.put_journey(journey, "discovered", actor)?;
                // With other steps than the proposed ones it would be proposed again.
                self.dismiss_proposal(id, actor)
            }
        }
    }

    fn journey_of(&self, proposal: &Proposal) -> Journey {
        let base = slug(&proposal.name);
        let taken = |id: &str| self.journey(id).is_ok();
        let id = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}-{number}") })
            .find(|id| !taken(id))
            .unwrap_or(base.clone());
        let step = |it: &Endpoint| JourneyStep::of(&it.service, &it.method, &it.route);
        Journey {
            id,
            name: proposal.name.clone(),
            steps: proposal.steps.iter().map(step).collect(),
            success_target: None,
            latency_ms_max: None,
        }
    }
}

fn proposals(dataset: Dataset, visits: &Visits) -> Vec<Proposal> {
    let ours: HashSet<SpanId> =
        visits.visits.iter().map(|visit| visit.span_id).filter(|id| *id != SpanId::default()).collect();
    let mut places: Vec<Endpoint> = Vec::new();
    let mut place_of: HashMap<&Endpoint, u32> = HashMap::new();
    let of_series: Vec<u32> = visits
        .series
        .iter()
        .map(|series| {
            let endpoint = series.endpoint();
            *place_of.entry(endpoint).or_insert_with(|| {
                places.push(endpoint.clone());
                u32::try_from(places.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    let mut names: HashMap<u64, String> = HashMap::new();
    let mut seen_at: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    let (mut from, mut to) = (Timestamp::MAX, Timestamp::MIN);
    let mut walked = Vec::new();
    for visit in visits.visits.iter().filter(|visit| !ours.contains(&visit.parent_span_id)) {
        let key = session_key(visits, visit);
        let place = of_series[visit.series as usize];
        (from, to) = (from.min(visit.start), to.max(visit.start));
        let is_ok = visit.outcome != Outcome::ServerError;
        walked.push(Visit { key, at_ms: visit.start.millis(), place, is_ok });
        names.entry(key).or_insert_with(|| match visit.consumer {
            Some(consumer) => visits.consumers[consumer as usize].to_string(),
            None => visit.trace_id.to_string(),
        });
        let environments = seen_at.entry(place).or_default();
        if environments.len() < EXAMPLES_MAX {
            environments.insert(visits.series[visit.series as usize].environment().to_string());
        }
    }
    discover(&walked, &Limits { examples_max: EXAMPLES_MAX, ..Limits::default() })
        .into_iter()
        .map(|candidate| {
            let steps: Vec<Endpoint> =
                candidate.places.iter().map(|place| places[*place as usize].clone()).collect();
            let environments: BTreeSet<String> = candidate
                .places
                .iter()
                .flat_map(|place| seen_at.get(place).into_iter().flatten().cloned())
                .collect();
            proposal(dataset, candidate, steps, environments, &names, (from, to))
        })
        .collect()
}

fn proposal(
    dataset: Dataset,
    candidate: Candidate,
    steps: Vec<Endpoint>,
    environments: BTreeSet<String>,
    names: &HashMap<u64, String>,
    (from, to): (Timestamp, Timestamp),
) -> Proposal {
    let mut path = dataset.as_str().to_owned();
    steps.iter().for_each(|step| path += &format!("\n{step}"));
    Proposal {
        id: format!("{:016x}", xxhash_rust::xxh3::xxh3_64(path.as_bytes())),
        name: name_of(&steps),
        dataset,
        steps,
        step_sessions: candidate.step_support,
        gap_ms: candidate.median_gap_ms as f64,
        from,
        to,
        examples: candidate.examples.iter().filter_map(|key| names.get(key).cloned()).collect(),
        environments: environments.into_iter().collect(),
    }
}

/// After the last thing that people change, or else the last that they look at.
fn name_of(steps: &[Endpoint]) -> String {
    let changes = |step: &&Endpoint| &*step.method != "GET" && &*step.method != "HEAD";
    let Some(last) = steps.iter().rev().find(changes).or(steps.last()) else { return "Journey".into() };
    let is_word = |part: &&str| !part.is_empty() && !part.starts_with(['{', ':']) && *part != "api";
    let word = last.route.split('/').rfind(is_word).unwrap_or(&last.service);
    let mut name: String = word.chars().map(|it| if it.is_alphanumeric() { it } else { ' ' }).collect();
    if let Some(first) = name.get(0..1).map(str::to_uppercase) {
        name.replace_range(0..1, &first);
    }
    let name: String = name.trim().chars().take(60).collect();
    if name.is_empty() { "Journey".into() } else { name }
}

fn slug(name: &str) -> String {
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '-' })
        .collect();
    let trimmed: String = plain.trim_matches('-').chars().take(50).collect();
    if trimmed.is_empty() { "journey".into() } else { trimmed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(steps: &[&str], name: &str, id: &str) {
        let endpoint = |step: &&str| {
            let (method, route) = step.split_once(' ').expect("method and route");
            Endpoint { service: "gateway".into(), method: method.into(), route: route.into() }
        };
        let found = name_of(&steps.iter().map(endpoint).collect::<Vec<_>>());
        assert_eq!((found.as_str(), slug(&found).as_str()), (name, id));
    }

    #[test]
    fn a_path_is_named_after_what_people_want() {
        check(&["GET /api/cart", "POST /api/check-out", "GET /api/orders/{id}"], "Check out", "check-out");
        check(&["GET /api/orders", "GET /api/orders/{id}"], "Orders", "orders");
        check(&["GET /", "GET /{id}"], "Gateway", "gateway");
    }
}
