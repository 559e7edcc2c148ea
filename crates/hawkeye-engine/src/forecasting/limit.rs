//! What a measure must not cross: the strictest objective that applies, or else the upper end of what is usual.

use hawkeye_forecast::{Beyond, ForecastMeasure, Objective, Side, Threshold};
use hawkeye_model::Series;

use super::history::{History, STEP};

/// Of the last two weeks.
const USUAL_DAYS: usize = 14;

/// Room above what is usual, so that the ordinary peak of a day is no breach.
const USUAL_LEVEL: f64 = 0.995;
const LATENCY_ROOM: f64 = 1.25;
const ERROR_ROOM: f64 = 1.5;

/// Fewer failures are nobody's concern unless somebody sets an objective.
const ERROR_RATE_MIN: f64 = 0.02;

/// Half an hour: a single step of ten minutes goes astray every other day.
const USUAL_RUN: usize = 3;

/// The p95 of a few requests is luck, and so is their error rate.
const REQUESTS_MIN: f64 = 10.0;

/// With less past nobody knows what is usual.
const USUAL_STEPS_MIN: usize = 144;

/// A value that a measure must not cross.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    pub value: f64,
    pub is: Beyond,
    /// Consecutive steps of ten minutes.
    pub run: usize,
    /// `None`: what is usual.
    pub objective: Option<String>,
}

impl Limit {
    pub(crate) fn threshold(&self) -> Threshold {
        let side = match self.is {
            Beyond::Above => Side::Above,
            Beyond::Below => Side::Below,
        };
        Threshold { value: self.value, side, run: self.run }
    }

    /// Whether the newest values have been beyond it for long enough.
    pub(crate) fn is_crossed(&self, values: &[f64]) -> bool {
        let newest = &values[values.len().saturating_sub(self.run)..];
        newest.len() == self.run
            && newest.iter().all(|value| match self.is {
                Beyond::Above => *value > self.value,
                Beyond::Below => *value < self.value,
            })
    }
}

/// The limits of a scope: the strictest objective on each side, or what is usual where nobody set one.
pub(crate) fn limits_of(
    objectives: &[Objective],
    series: &Series,
    measure: ForecastMeasure,
    history: &History,
    until: usize,
) -> Vec<Limit> {
    let applying: Vec<&Objective> =
        objectives.iter().filter(|it| it.measure == measure && applies(it, series)).collect();
    let on = |side: Beyond| applying.iter().filter(move |it| it.is == side);
    let above = on(Beyond::Above).min_by(|one, other| one.value.total_cmp(&other.value));
    let below = on(Beyond::Below).max_by(|one, other| one.value.total_cmp(&other.value));
    let limit = |objective: &&Objective| Limit {
        value: objective.value,
        is: objective.is,
        run: (objective.for_s as usize).div_ceil(STEP.as_secs() as usize).max(1),
        objective: Some(objective.id.clone()),
    };
    let above = above.map(limit).or_else(|| usual(measure, history, until));
    above.into_iter().chain(below.map(limit)).collect()
}

/// How much traffic is too much nobody can tell from traffic alone; see capacity.
fn usual(measure: ForecastMeasure, history: &History, until: usize) -> Option<Limit> {
    let room = match measure {
        ForecastMeasure::LatencyMsP95 => LATENCY_ROOM,
        ForecastMeasure::ErrorRate => ERROR_ROOM,
        ForecastMeasure::LatencyMsP50 | ForecastMeasure::RequestsPerMinute => return None,
    };
    if history.requests_a_step(until) < REQUESTS_MIN {
        return None;
    }
    // What goes on right now is not what is usual: else a fault would move its own limit.
    let day = history.per_day();
    let end = if until > day + USUAL_STEPS_MIN { until - day } else { until };
    let from = end.saturating_sub(USUAL_DAYS * day);
    let mut values: Vec<f64> =
        history.ordinary(measure, end)[from..].iter().copied().filter(|it| it.is_finite()).collect();
    if values.len() < USUAL_STEPS_MIN {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let place = ((values.len() - 1) as f64 * USUAL_LEVEL).round() as usize;
    let value = room * values[place];
    let value = if measure == ForecastMeasure::ErrorRate { value.clamp(ERROR_RATE_MIN, 1.0) } else { value };
    // One in full is no limit that anything could cross.
    let is_limit = value > 0.0 && !(measure == ForecastMeasure::ErrorRate && value >= 1.0);
    is_limit.then_some(Limit { value, is: Beyond::Above, run: USUAL_RUN, objective: None })
}

fn applies(objective: &Objective, series: &Series) -> bool {
    let (endpoint, environment) = (series.endpoint(), series.environment().to_string());
    let named = |names: &[String], name: &str| names.is_empty() || names.iter().any(|it| it == name);
    let is_part = |part: &String| {
        environment.strip_prefix(&**part).is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    named(&objective.services, &endpoint.service)
        && named(&objective.endpoints, &format!("{} {}", endpoint.method, endpoint.route))
        && (objective.environments.is_empty() || objective.environments.iter().any(is_part))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hawkeye_model::{Endpoint, Environment, Provider, Rollup, Timestamp};

    use super::super::history::Cell;
    use super::*;

    fn series() -> Arc<Series> {
        let endpoint = Endpoint { service: "orders".into(), method: "POST".into(), route: "/orders".into() };
        Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
    }

    fn history(steps: i64) -> History {
        let mut history = History::new(Timestamp::from_secs(0), STEP);
        for step in 0..steps {
            let mut sum = Rollup::default();
            sum.latency.record_n(100_000, 100);
            history.set(Timestamp::from_secs(600 * step), Cell::of(&sum));
        }
        history
    }

    fn objective(id: &str, value: f64, environment: &str) -> Objective {
        Objective {
            id: id.into(),
            measure: ForecastMeasure::LatencyMsP95,
            is: Beyond::Above,
            value,
            for_s: 900,
            services: vec!["orders".into()],
            endpoints: vec!["POST /orders".into()],
            environments: vec![environment.into()],
        }
    }

    #[track_caller]
    fn check(objectives: &[Objective], steps: i64, expected: Option<(f64, usize, Option<&str>)>) {
        let history = history(steps);
        let limits = limits_of(objectives, &series(), ForecastMeasure::LatencyMsP95, &history, history.len());
        let limit = limits.first();
        let found = limit.as_ref().map(|it| (it.value, it.run, it.objective.as_deref()));
        assert_eq!(found.map(|it| (it.1, it.2)), expected.map(|it| (it.1, it.2)));
        let distance =
            found.zip(expected).map_or(0.0, |(found, expected)| (found.0 / expected.0 - 1.0).abs());
        assert!(distance < 0.02, "{found:?}");
    }

    #[test]
    fn the_strictest_objective_counts() {
        let both = [objective("loose", 500.0, "aws"), objective("strict", 300.0, "aws/production")];
        check(&both, 10, Some((300.0, 2, Some("strict"))));
    }

    #[test]
    fn each_side_has_a_limit_of_its_own() {
        let least = Objective { is: Beyond::Below, ..objective("least", 20.0, "aws") };
        let both = [objective("most", 300.0, "aws"), least];
        let history = history(10);
        let limits = limits_of(&both, &series(), ForecastMeasure::LatencyMsP95, &history, history.len());
        let found: Vec<_> = limits.iter().filter_map(|it| it.objective.as_deref()).collect();
        assert_eq!(found, ["most", "least"]);
    }

    #[test]
    fn a_fault_does_not_move_its_own_limit() {
        let mut history = history(3 * 144);
        for step in 3 * 144..3 * 144 + 30 {
            let mut sum = Rollup::default();
            sum.latency.record_n(2_000_000, 100);
            history.set(Timestamp::from_secs(600 * step), Cell::of(&sum));
            let until = history.len();
            let limits = limits_of(&[], &series(), ForecastMeasure::LatencyMsP95, &history, until);
            assert!((limits[0].value / 125.0 - 1.0).abs() < 0.02, "{limits:?}");
            let is_crossed = limits[0].is_crossed(&history.values(ForecastMeasure::LatencyMsP95, until));
            assert_eq!(is_crossed, step >= 3 * 144 + 2);
        }
    }

    #[test]
    fn elsewhere_what_is_usual_counts_with_room() {
        check(&[objective("other", 1.0, "gcp")], 200, Some((125.0, 3, None)));
        check(&[objective("part", 1.0, "aws/prod")], 200, Some((125.0, 3, None)));
    }

    #[test]
    fn with_little_past_nothing_is_usual() {
        check(&[], 143, None);
    }
}
