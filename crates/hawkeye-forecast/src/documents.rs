//! What people write about the future: journeys and objectives. The same shape in the UI, over the API and in a file,
//! so this module owns their JSON, and says what is wrong with one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Steps of one journey.
pub const STEPS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 120;
const ID_CHARS_MAX: usize = 63;
const NAMES_MAX: usize = 100;

/// What is forecast of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMeasure {
    LatencyMsP50,
    LatencyMsP95,
    /// Server errors per request, 0 to 1.
    ErrorRate,
    RequestsPerMinute,
}

/// A path through endpoints that people walk in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// Lower-case letters, digits and `-`; at most 63. Names the journey in links and files for good.
    pub id: String,
    pub name: String,
    /// In order; 2 to 20.
    pub steps: Vec<JourneyStep>,
    /// The whole journey should succeed this often, 0 to 1.
    #[serde(default)]
    pub success_target: Option<f64>,
    /// And take no longer than this without the time that people think.
    #[serde(default)]
    pub latency_ms_max: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyStep {
    pub service: String,
    pub method: String,
    pub route: String,
    /// An environment or its leading parts; null for wherever the endpoint runs.
    #[serde(default)]
    pub environment: Option<String>,
    /// How much a failure here counts against one elsewhere; 1 unless given.
    #[serde(default = "one")]
    pub weight: f64,
    /// The journey can succeed without it.
    #[serde(default)]
    pub is_optional: bool,
    /// Slower than this counts as failed.
    #[serde(default)]
    pub latency_ms_max: Option<f64>,
}

/// A value that a measure must not cross. Of those that apply to a scope the strictest counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ForecastObjective)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Lower-case letters, digits and `-`; at most 63.
    pub id: String,
    pub measure: ForecastMeasure,
    pub is: Beyond,
    pub value: f64,
    /// Beyond it for so long, in seconds.
    #[serde(default = "ten_minutes")]
    pub for_s: u32,
    /// Empty for all.
    #[serde(default)]
    pub services: Vec<String>,
    /// Method and route: `POST /orders`; empty for all.
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// Environments or their leading parts; empty for all.
    #[serde(default)]
    pub environments: Vec<String>,
}

/// On which side of an objective it is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    Above,
    Below,
}

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `steps[2].weight`
    pub field: String,
    pub message: String,
}

fn one() -> f64 {
    1.0
}

fn ten_minutes() -> u32 {
    600
}

impl ForecastMeasure {
    pub const ALL: [Self; 4] =
        [Self::LatencyMsP50, Self::LatencyMsP95, Self::ErrorRate, Self::RequestsPerMinute];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LatencyMsP50 => "latency_ms_p50",
            Self::LatencyMsP95 => "latency_ms_p95",
            Self::ErrorRate => "error_rate",
            Self::RequestsPerMinute => "requests_per_minute",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == text)
    }
}

impl JourneyStep {
    #[must_use]
    pub fn of(service: &str, method: &str, route: &str) -> Self {
        Self {
            service: service.to_owned(),
            method: method.to_owned(),
            route: route.to_owned(),
            environment: None,
            weight: 1.0,
            is_optional: false,
            latency_ms_max: None,
        }
    }
}

/// All that is wrong with a journey; empty when it can be kept. Whether its endpoints exist is not known here.
#[must_use]
pub fn check_journey(journey: &Journey) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.id(&journey.id);
    problems.text("name", &journey.name, NAME_CHARS_MAX);
    let steps = journey.steps.len();
    if !(2..=STEPS_MAX).contains(&steps) {
        problems.note("steps", format!("a journey has 2 to {STEPS_MAX} steps, not {steps}"));
    }
    if journey.steps.iter().all(|step| step.is_optional) && steps > 0 {
        problems.note("steps", "at least one step must not be optional");
    }
    let mut seen = BTreeSet::new();
    for (at, step) in journey.steps.iter().enumerate() {
        let field = |name: &str| format!("steps[{at}].{name}");
        problems.text(&field("service"), &step.service, 1_000);
        problems.text(&field("method"), &step.method, 1_000);
        problems.text(&field("route"), &step.route, 1_000);
        if !(step.weight > 0.0 && step.weight <= 100.0) {
            problems.note(field("weight"), "must be above 0 and at most 100");
        }
        problems.positive(&field("latency_ms_max"), step.latency_ms_max);
        if !seen.insert((&step.service, &step.method, &step.route, &step.environment)) {
            problems.note(format!("steps[{at}]"), "is there twice; a journey visits an endpoint once");
        }
    }
    if journey.success_target.is_some_and(|target| !(target > 0.0 && target < 1.0)) {
        problems.note("success_target", "must lie between 0 and 1: 0.99");
    }
    problems.positive("latency_ms_max", journey.latency_ms_max);
    problems.0
}

/// All that is wrong with an objective; empty when it can be kept.
#[must_use]
pub fn check_objective(objective: &Objective) -> Vec<Problem> {
    let mut problems = Problems::default();
    problems.id(&objective.id);
    let is_share = objective.measure == ForecastMeasure::ErrorRate;
    if !objective.value.is_finite() || objective.value < 0.0 || (is_share && objective.value > 1.0) {
        let message = if is_share { "an error rate lies between 0 and 1" } else { "must not be negative" };
        problems.note("value", message);
    }
    let scope = [
        ("services", &objective.services),
        ("endpoints", &objective.endpoints),
        ("environments", &objective.environments),
    ];
    for (field, names) in scope {
        if names.len() > NAMES_MAX {
            problems.note(field, format!("must be at most {NAMES_MAX}; leave it empty for all"));
        }
        for (at, name) in names.iter().enumerate().take(NAMES_MAX) {
            problems.text(&format!("{field}[{at}]"), name, 1_000);
        }
    }
    if !(60..=86_400).contains(&objective.for_s) {
        problems.note("for_s", "must be 60 to 86400 seconds");
    }
    problems.0
}

#[derive(Debug, Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn note(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), message: message.into() });
    }

    fn id(&mut self, id: &str) {
        let is_plain =
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if id.is_empty() || id.len() > ID_CHARS_MAX || !is_plain {
            self.note(
                "id",
                format!("must be 1 to {ID_CHARS_MAX} lower-case letters, digits and `-`, not `{id}`"),
            );
        }
    }

    fn text(&mut self, field: &str, text: &str, chars_max: usize) {
        if text.trim().is_empty() || text.chars().count() > chars_max {
            self.note(field, format!("must have 1 to {chars_max} characters"));
        }
    }

    fn positive(&mut self, field: &str, value: Option<f64>) {
        if value.is_some_and(|value| !(value > 0.0 && value.is_finite())) {
            self.note(field, "must be above 0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journey() -> Journey {
        Journey {
            id: "checkout".into(),
            name: "Checkout".into(),
            steps: vec![
                JourneyStep::of("gateway", "GET", "/cart"),
                JourneyStep::of("gateway", "POST", "/payments"),
            ],
            success_target: None,
            latency_ms_max: None,
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Journey), expected: &[&str]) {
        let mut journey = journey();
        change(&mut journey);
        let fields: Vec<String> = check_journey(&journey).into_iter().map(|it| it.field).collect();
        assert_eq!(fields, expected);
    }

    #[track_caller]
    fn check_goal(measure: ForecastMeasure, value: f64, expected: &[&str]) {
        let (services, endpoints, environments) = (Vec::new(), Vec::new(), Vec::new());
        let objective = Objective {
            id: "fast".into(),
            measure,
            is: Beyond::Above,
            value,
            for_s: 600,
            services,
            endpoints,
            environments,
        };
        let fields: Vec<String> = check_objective(&objective).into_iter().map(|it| it.field).collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_journey_names_each_mistake() {
        check(|_| {}, &[]);
        check(|it| it.id = "Check out".into(), &["id"]);
        check(|it| it.name = " ".into(), &["name"]);
        check(|it| it.steps.truncate(1), &["steps"]);
        check(|it| it.steps[1].weight = f64::NAN, &["steps[1].weight"]);
        check(|it| it.steps[1] = it.steps[0].clone(), &["steps[1]"]);
        check(|it| it.steps.iter_mut().for_each(|step| step.is_optional = true), &["steps"]);
        check(|it| it.success_target = Some(99.0), &["success_target"]);
        check(|it| it.steps[0].latency_ms_max = Some(0.0), &["steps[0].latency_ms_max"]);
    }

    #[test]
    fn an_objective_fits_its_measure() {
        check_goal(ForecastMeasure::LatencyMsP95, 400.0, &[]);
        check_goal(ForecastMeasure::ErrorRate, 0.01, &[]);
        check_goal(ForecastMeasure::ErrorRate, 5.0, &["value"]);
        check_goal(ForecastMeasure::RequestsPerMinute, f64::NAN, &["value"]);
    }
}
