//! How a journey fares: success of the whole, the weakest step, and what that is worth in one word.

use std::time::Duration;

use hawkeye_forecast::Journey;
use hawkeye_forecast::journey::{LATENCY_CORRELATION, StepCount, health};
use hawkeye_model::{Endpoint, Rollup};
use hawkeye_store::{EnvironmentPattern, TimeRange, Visits};

use super::super::documents::StoredJourney;
use super::predicted::Outlook;
use super::sessions::{FailedSession, Sessions};
use super::steps::{SeriesSums, StepSum, endpoint, filter_of, step_sum};
use crate::engine::Engine;
use crate::error::EngineError;

/// So much below the usual is failing; less than this is nobody's concern.
pub(in super::super) const FAILING: f64 = 0.1;
pub(in super::super) const DEGRADED: f64 = 0.01;

/// Fewer failed requests are no news.
pub(super) const FAILED_MIN: f64 = 3.0;

/// The points of a step's latency that the sum is drawn from.
const QUANTILES: [f64; 8] = [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

#[derive(Debug, Clone, PartialEq)]
pub struct JourneyQuery {
    /// Where steps without an environment of their own are looked at; empty for everywhere.
    pub places: Vec<EnvironmentPattern>,
    /// Until now.
    pub window: Duration,
    /// How far ahead.
    pub horizon: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JourneyState {
    Failing,
    Degraded,
    Unknown,
    Healthy,
}

/// A journey with its health.
#[derive(Debug, Clone)]
pub struct JourneyView {
    pub stored: StoredJourney,
    pub health: JourneyHealth,
    pub outlook: Option<Outlook>,
    pub failed_sessions: Vec<FailedSession>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct JourneyHealth {
    pub state: JourneyState,
    pub sentence: String,
    /// With its 95 % interval.
    pub success: Option<(f64, f64, f64)>,
    pub success_usual: Option<f64>,
    pub latency_ms_p50: Option<f64>,
    pub latency_ms_p95: Option<f64>,
    pub sessions: u64,
    pub sessions_completed: u64,
    pub weakest_step: Option<usize>,
    pub steps: Vec<StepHealth>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StepHealth {
    pub endpoint: Endpoint,
    pub environments: Vec<String>,
    pub requests: u64,
    pub success: Option<(f64, f64, f64)>,
    pub success_usual: Option<f64>,
    pub contribution: f64,
    pub latency_ms_p50: Option<f64>,
    pub latency_ms_p95: Option<f64>,
    pub sessions: u64,
    pub sessions_continued: u64,
    pub sessions_failed: u64,
    pub is_optional: bool,
}

impl Engine {
    /// All journeys, the least healthy first.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn journey_views(
        self: &std::sync::Arc<Self>,
        query: &JourneyQuery,
    ) -> Result<Vec<JourneyView>, EngineError> {
        let journeys = self.journeys();
        let filter = filter_of(journeys.iter().map(|it| &it.journey));
        let range = self.window(query.window);
        let sums = self.step_sums(&filter, range, range.to).await?;
        let (usual, visits) = (self.usual_sums(&filter).await?, self.visits(filter, range).await?);
        let query = query.clone();
        self.ask(move |engine| {
            let view = |stored| engine.journey_health(stored, &query, &sums, &usual, &visits);
            let mut views: Vec<JourneyView> = journeys.into_iter().map(view).collect();
            let success = |view: &JourneyView| view.health.success.map_or(1.0, |(success, ..)| success);
            views.sort_by(|one, other| {
                (one.health.state.cmp(&other.health.state)).then(success(one).total_cmp(&success(other)))
            });
            Ok(views)
        })
        .await
    }

    /// # Errors
    /// That there is none, or that the store cannot answer.
    pub async fn journey_view(
        self: &std::sync::Arc<Self>,
        id: &str,
        query: &JourneyQuery,
    ) -> Result<JourneyView, EngineError> {
        let stored = self.journey(id)?;
        let range = self.window(query.window);
        let filter = filter_of([&stored.journey]);
        let sums = self.step_sums(&filter, range, range.to).await?;
        let (usual, visits) = (self.usual_sums_of_all().await?, self.visits(filter, range).await?);
        let query = query.clone();
        self.ask(move |engine| Ok(engine.journey_health(stored, &query, &sums, &usual, &visits))).await
    }

    fn window(&self, window: Duration) -> TimeRange {
        let now = self.clock.now();
        TimeRange { from: now.minus(window), to: now }
    }

    fn journey_health(
        &self,
        stored: StoredJourney,
        query: &JourneyQuery,
        sums: &SeriesSums,
        usual: &SeriesSums,
        visits: &Visits,
    ) -> JourneyView {
        let sessions = Sessions::follow(&stored.journey, &query.places, visits);
        let health = health_of(&stored.journey, &query.places, sums, usual, &sessions);
        let outlook = self.outlook(&stored.journey, query);
        JourneyView { stored, health, outlook, failed_sessions: sessions.failed }
    }
}

/// The state of a journey by sums alone, for rules.
pub(in super::super) fn state_by_sums(
    journey: &Journey,
    sums: &SeriesSums,
    usual: &SeriesSums,
) -> (JourneyState, String, Option<f64>) {
    let health = health_of(journey, &[], sums, usual, &Sessions::default());
    (health.state, health.sentence, health.success.map(|(success, ..)| success))
}

/// How many can finish usually.
pub(in super::super) fn usual_success(journey: &Journey, usual: &SeriesSums) -> Option<f64> {
    let needed = journey.steps.iter().filter(|step| !step.is_optional);
    needed
        .map(|step| success_of(&step_sum(step, &[], usual)))
        .try_fold(1.0, |product, success| success.map(|success| product * success))
}

pub(super) fn health_of(
    journey: &Journey,
    places: &[EnvironmentPattern],
    sums: &SeriesSums,
    usual: &SeriesSums,
    sessions: &Sessions,
) -> JourneyHealth {
    let counted: Vec<StepSum> = journey.steps.iter().map(|step| step_sum(step, places, sums)).collect();
    let usually: Vec<Option<f64>> =
        journey.steps.iter().map(|step| success_of(&step_sum(step, places, usual))).collect();
    let latencies: Vec<Vec<(f64, f64)>> = counted.iter().map(|step| quantile_points(&step.sum)).collect();
    let whole = health(&step_counts(journey, &counted, &usually, &latencies), LATENCY_CORRELATION, 1);
    let needed = |at: usize| !journey.steps[at].is_optional;
    let success_usual = (0..journey.steps.len())
        .filter(|&at| needed(at))
        .map(|at| usually[at])
        .try_fold(1.0, |product, success| success.map(|success| product * success));
    let steps: Vec<StepHealth> = journey
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let of_step = whole.steps.get(at);
            let followed = sessions.followed.get(at).copied().unwrap_or_default();
            let quantile = |q| counted[at].sum.latency.quantile(q).map(|us| us / 1_000.0);
            StepHealth {
                endpoint: endpoint(step),
                environments: counted[at].environments.clone(),
                requests: counted[at].requests,
                success: of_step.and_then(|it| it.completion).map(|it| (it.value, it.low, it.high)),
                success_usual: usually[at],
                contribution: of_step.map_or(0.0, |it| it.contribution),
                latency_ms_p50: quantile(0.5),
                latency_ms_p95: quantile(0.95),
                sessions: followed.reached,
                sessions_continued: followed.went_on,
                sessions_failed: followed.failed,
                is_optional: step.is_optional,
            }
        })
        .collect();
    let mut health = JourneyHealth {
        state: JourneyState::Unknown,
        sentence: String::new(),
        success: whole.success.map(|it| (it.value, it.low, it.high)),
        success_usual,
        latency_ms_p50: whole.latency_ms_p50,
        latency_ms_p95: whole.latency_ms_p95,
        sessions: sessions.started(),
        sessions_completed: sessions.completed(journey),
        weakest_step: whole.weakest,
        steps,
    };
    health.state = state(journey, &health);
    health.sentence = sentence(journey, &health);
    health
}

pub(super) fn step_counts<'a>(
    journey: &Journey,
    counted: &[StepSum],
    usually: &[Option<f64>],
    latencies: &'a [Vec<(f64, f64)>],
) -> Vec<StepCount<'a>> {
    let step = |(at, step): (usize, &hawkeye_forecast::JourneyStep)| StepCount {
        reached: counted[at].requests,
        completed: counted[at].requests - counted[at].failed,
        weight: step.weight,
        is_optional: step.is_optional,
        baseline: usually[at],
        latency: &latencies[at],
    };
    journey.steps.iter().enumerate().map(step).collect()
}

pub(super) fn quantile_points(sum: &Rollup) -> Vec<(f64, f64)> {
    QUANTILES.iter().filter_map(|&q| Some((q, sum.latency.quantile(q)? / 1_000.0))).collect()
}

pub(super) fn success_of(step: &StepSum) -> Option<f64> {
    (step.requests > 0).then(|| 1.0 - step.failed as f64 / step.requests as f64)
}

fn failed_requests(step: &StepHealth) -> f64 {
    step.success.map_or(0.0, |(success, ..)| (1.0 - success) * step.requests as f64).round()
}

fn state(journey: &Journey, health: &JourneyHealth) -> JourneyState {
    let Some((success, _, upper)) = health.success else { return JourneyState::Unknown };
    let failed: f64 = health.steps.iter().map(failed_requests).sum();
    let below = |bar: f64, by: f64| failed >= FAILED_MIN && upper < bar && success <= bar - by;
    let is_slow = journey.latency_ms_max.zip(health.latency_ms_p95).is_some_and(|(max, p95)| p95 > max);
    let misses = journey.success_target.is_some_and(|target| upper < target);
    match health.success_usual {
        Some(usual) if below(usual, FAILING) => JourneyState::Failing,
        Some(usual) if below(usual, DEGRADED) => JourneyState::Degraded,
        _ if success < 0.5 && failed >= FAILED_MIN => JourneyState::Failing,
        _ if is_slow || misses => JourneyState::Degraded,
        _ => JourneyState::Healthy,
    }
}

fn sentence(journey: &Journey, health: &JourneyHealth) -> String {
    // Rounded down: 99.96 % is not all.
    let percent = |share: f64| format!("{:.1} %", (1_000.0 * share + 1e-6).floor() / 10.0);
    let Some((success, ..)) = health.success else {
        let silent = health.steps.iter().find(|step| !step.is_optional && step.requests == 0);
        return match silent {
            Some(step) => {
                format!("Nothing is known: {} {} had no requests", step.endpoint.method, step.endpoint.route)
            }
            None => "Nothing is known: there were no requests".to_owned(),
        };
    };
    let usual = health.success_usual.map_or(String::new(), |usual| format!(", usually {}", percent(usual)));
    let mut sentence = format!("{} can finish{usual}", percent(success));
    let weakest = health.weakest_step.and_then(|at| health.steps.get(at));
    if health.state != JourneyState::Healthy {
        if let Some(step) = weakest.filter(|step| step.contribution > 0.0) {
            let (endpoint, failed) =
                (&step.endpoint, step.success.map_or(0.0, |(success, ..)| 1.0 - success));
            sentence += &format!("; {} {} fails {}", endpoint.method, endpoint.route, percent(failed));
        } else if let Some((max, p95)) = journey.latency_ms_max.zip(health.latency_ms_p95)
            && p95 > max
        {
            sentence += &format!("; it takes {p95:.0} ms at p95, more than {max:.0} ms");
        }
    }
    sentence
}

/// Now, for callers that have no clock of their own.
impl JourneyQuery {
    #[must_use]
    pub fn now() -> Self {
        Self { places: Vec::new(), window: Duration::from_secs(900), horizon: Duration::from_secs(6 * 3_600) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hawkeye_forecast::JourneyStep;
    use hawkeye_model::{Environment, Provider, Series};

    use super::*;

    fn sums(of: &[(&str, u64, u64)]) -> SeriesSums {
        let series = |route: &str| {
            let endpoint = Endpoint { service: "shop".into(), method: "POST".into(), route: route.into() };
            Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
        };
        of.iter()
            .map(|&(route, requests, failed)| {
                let mut sum = Rollup::default();
                sum.latency.record_n(50_000, requests);
                sum.server_errors = failed;
                (series(route), sum)
            })
            .collect()
    }

    fn journey() -> Journey {
        Journey {
            id: "buy".into(),
            name: "Buy".into(),
            steps: vec![JourneyStep::of("shop", "POST", "/cart"), JourneyStep::of("shop", "POST", "/pay")],
            success_target: None,
            latency_ms_max: None,
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Journey), now: &[(&str, u64, u64)], state: JourneyState, words: &str) {
        let mut journey = journey();
        change(&mut journey);
        let usual = sums(&[("/cart", 100_000, 500), ("/pay", 100_000, 500)]);
        let health = health_of(&journey, &[], &sums(now), &usual, &Sessions::default());
        assert_eq!(health.state, state, "{health:?}");
        assert!(health.sentence.contains(words), "{}", health.sentence);
    }

    #[test]
    fn a_journey_is_as_healthy_as_its_steps() {
        check(|_| {}, &[("/cart", 1_000, 5), ("/pay", 1_000, 4)], JourneyState::Healthy, "usually 99.0 %");
        check(
            |_| {},
            &[("/cart", 1_000, 5), ("/pay", 1_000, 60)],
            JourneyState::Degraded,
            "POST /pay fails 6.0 %",
        );
        check(
            |_| {},
            &[("/cart", 1_000, 5), ("/pay", 1_000, 400)],
            JourneyState::Failing,
            "POST /pay fails 40.0 %",
        );
    }

    #[test]
    fn few_requests_are_no_proof() {
        check(|_| {}, &[("/cart", 3, 0), ("/pay", 3, 1)], JourneyState::Healthy, "can finish");
    }

    #[test]
    fn what_was_not_called_is_unknown() {
        check(|_| {}, &[("/cart", 1_000, 0)], JourneyState::Unknown, "POST /pay had no requests");
        check(
            |it| it.steps[1].is_optional = true,
            &[("/cart", 1_000, 5)],
            JourneyState::Healthy,
            "can finish",
        );
    }

    #[test]
    fn targets_count_beside_what_is_usual() {
        let now = [("/cart", 10_000, 50), ("/pay", 10_000, 50)];
        check(|it| it.success_target = Some(0.999), &now, JourneyState::Degraded, "99.0 %");
        check(|it| it.latency_ms_max = Some(50.0), &now, JourneyState::Degraded, "more than 50 ms");
        check(|it| it.steps[0].latency_ms_max = Some(10.0), &now, JourneyState::Failing, "0 %");
    }

    #[test]
    fn a_step_looks_only_where_it_says() {
        check(
            |it| it.steps[1].environment = Some("gcp".into()),
            &[("/cart", 100, 0), ("/pay", 100, 0)],
            JourneyState::Unknown,
            "no requests",
        );
    }
}
