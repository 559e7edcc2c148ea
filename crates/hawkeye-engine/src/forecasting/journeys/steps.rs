//! The endpoints of journeys' steps: their sums, what is usual, and whether they exist.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_forecast::{Journey, JourneyStep, Problem, STEPS_MAX, check_journey};
use hawkeye_model::{Endpoint, EndpointId, Rollup, Series, Timestamp};
use hawkeye_store::{Dimension, EnvironmentPattern, Filter, SumQuery, TimeRange};

use super::super::ask::place;
use super::super::lock;
use super::sessions::Sessions;
use crate::engine::Engine;
use crate::error::EngineError;

/// What is usual, and whether an endpoint is known: the last seven days.
const USUAL: Duration = Duration::from_secs(7 * 86_400);

/// What is usual changes slowly.
const USUAL_FRESH: Duration = Duration::from_secs(900);

const HOUR: Duration = Duration::from_secs(3_600);

/// The sums of series.
pub(crate) type SeriesSums = Vec<(Arc<Series>, Rollup)>;

/// What is usual of all endpoints of journeys, and when it was read.
#[derive(Debug, Default)]
pub(crate) struct Usual {
    read: Option<(Timestamp, Vec<EndpointId>)>,
    sums: Arc<SeriesSums>,
}

/// What a journey would look at.
#[derive(Debug, Clone)]
pub struct Checked {
    pub problems: Vec<Problem>,
    pub steps: Vec<CheckedStep>,
    /// Sessions of the last hour that went through all steps; `None` when requests name no consumer or trace.
    pub sessions: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct CheckedStep {
    /// `None` when it was not seen within seven days.
    pub endpoint: Option<Endpoint>,
    pub requests_last_hour: u64,
    pub environments: Vec<String>,
}

/// What is counted of a step.
#[derive(Debug, Clone, Default)]
pub(super) struct StepSum {
    pub(super) requests: u64,
    /// Server errors, and slow ones if the step says what slow is.
    pub(super) failed: u64,
    pub(super) sum: Rollup,
    pub(super) environments: Vec<String>,
}

pub(super) fn endpoint(step: &JourneyStep) -> Endpoint {
    Endpoint {
        service: step.service.as_str().into(),
        method: step.method.as_str().into(),
        route: step.route.as_str().into(),
    }
}

/// Whether a step looks at a series when a question is about these places; none are all.
pub(super) fn looks_at(step: &JourneyStep, series: &Series, places: &[EnvironmentPattern]) -> bool {
    let of_step = step.environment.as_deref().and_then(EnvironmentPattern::parse);
    let here = |pattern: &EnvironmentPattern| place(pattern).contains(series.environment());
    let is_it = |endpoint: &Endpoint| {
        *endpoint.service == *step.service
            && *endpoint.method == *step.method
            && *endpoint.route == *step.route
    };
    is_it(series.endpoint())
        && match (&of_step, step.environment.is_some()) {
            (Some(pattern), _) => here(pattern),
            (None, true) => false,
            (None, false) => places.is_empty() || places.iter().any(here),
        }
}

/// The sums of a step.
pub(super) fn step_sum(step: &JourneyStep, places: &[EnvironmentPattern], sums: &SeriesSums) -> StepSum {
    let mut all = StepSum::default();
    for (series, sum) in
        sums.iter().filter(|(series, sum)| sum.requests() > 0 && looks_at(step, series, places))
    {
        let slow = step.latency_ms_max.map_or(0, |max| sum.latency.count_above((max * 1_000.0) as u64));
        all.failed += (sum.server_errors + slow).min(sum.requests());
        all.requests += sum.requests();
        all.sum.merge(sum);
        all.environments.push(series.environment().to_string());
    }
    all.environments.sort_unstable();
    all.environments.dedup();
    all
}

pub(super) fn filter_of<'a>(journeys: impl IntoIterator<Item = &'a Journey>) -> Filter {
    let mut endpoints: Vec<EndpointId> =
        journeys.into_iter().flat_map(|journey| &journey.steps).map(|step| endpoint(step).id()).collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    Filter { endpoints, ..Filter::default() }
}

impl Engine {
    /// The sums of the journeys' endpoints in a range, by series. A range that ends now holds all that is there.
    pub(super) async fn step_sums(
        &self,
        filter: &Filter,
        range: TimeRange,
        now: Timestamp,
    ) -> Result<SeriesSums, EngineError> {
        if filter.endpoints.is_empty() {
            return Ok(Vec::new());
        }
        let query = SumQuery {
            range,
            step: None,
            filter: filter.clone(),
            group_by: vec![Dimension::Endpoint, Dimension::Environment],
            dataset: None,
        };
        let cells = self.store.sum(&query, now).await?;
        let series = |group| Arc::new(Series::new(cells.endpoint(group, 0), cells.environment(group, 3)));
        Ok((0..cells.groups.len()).map(|group| (series(group), cells.total(group))).collect())
    }

    /// What is usual of the journeys' endpoints: seven days that end an hour ago.
    pub(crate) async fn usual_sums(&self, filter: &Filter) -> Result<Arc<SeriesSums>, EngineError> {
        let now = self.clock.now();
        {
            let usual = lock(&self.forecasting.usual);
            if let Some((read, endpoints)) = &usual.read
                && now.since(*read) < USUAL_FRESH
                && *endpoints == filter.endpoints
            {
                return Ok(Arc::clone(&usual.sums));
            }
        }
        let range = TimeRange { from: now.minus(USUAL), to: now.minus(HOUR).floor(HOUR) };
        let sums = Arc::new(self.step_sums(filter, range, now).await?);
        let mut usual = lock(&self.forecasting.usual);
        (usual.read, usual.sums) = (Some((now, filter.endpoints.clone())), Arc::clone(&sums));
        Ok(sums)
    }

    /// What is usual of all journeys.
    pub(in super::super) async fn usual_sums_of_all(&self) -> Result<Arc<SeriesSums>, EngineError> {
        self.usual_sums(&filter_of(self.journeys().iter().map(|it| &it.journey))).await
    }

    /// What a journey would look at, and all that is wrong with it. Nothing is stored.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn check_journey(self: &Arc<Self>, journey: &Journey) -> Result<Checked, EngineError> {
        let mut problems = check_journey(journey);
        if journey.steps.len() > STEPS_MAX {
            return Ok(Checked { problems, steps: Vec::new(), sessions: None });
        }
        let now = self.clock.now();
        let filter = filter_of([journey]);
        let week = self.step_sums(&filter, TimeRange { from: now.minus(USUAL), to: now }, now).await?;
        let hour = self.step_sums(&filter, TimeRange { from: now.minus(HOUR), to: now }, now).await?;
        let mut steps = Vec::new();
        for (at, step) in journey.steps.iter().enumerate() {
            let environment = step.environment.as_deref();
            if environment.is_some_and(|it| EnvironmentPattern::parse(it).is_none()) {
                let message =
                    "is no environment; write aws, azure, gcp, on_premises or other, then /deployment/region";
                problems.push(Problem { field: format!("steps[{at}].environment"), message: message.into() });
            }
            let known = step_sum(step, &[], &week);
            if known.requests == 0 {
                let message = match environment {
                    Some(environment) => {
                        format!("no such endpoint was seen in {environment} within seven days")
                    }
                    None => "no such endpoint was seen within seven days".to_owned(),
                };
                problems.push(Problem { field: format!("steps[{at}]"), message });
            }
            steps.push(CheckedStep {
                endpoint: (known.requests > 0).then(|| endpoint(step)),
                requests_last_hour: step_sum(step, &[], &hour).requests,
                environments: known.environments,
            });
        }
        let mut sessions = None;
        if problems.is_empty() {
            let visits = self.visits(filter, TimeRange { from: now.minus(HOUR), to: now }).await?;
            let is_known = !visits.visits.is_empty();
            sessions = is_known.then(|| Sessions::follow(journey, &[], &visits).completed(journey));
        }
        Ok(Checked { problems, steps, sessions })
    }
}
