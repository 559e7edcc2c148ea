//! What a rule is: a document that people write in the UI, over the API or in a file. The same shape everywhere, so
//! this crate owns its JSON.

use std::collections::BTreeMap;

use hawkeye_model::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::matcher::Matcher;

/// Names and values that say what an alert is about.
pub type Labels = BTreeMap<String, String>;

/// A condition under which somebody wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Lower-case letters, digits and `-`; at most 63. Names the rule in links and files for good.
    pub id: String,
    /// The alert's name, its label `alertname`.
    pub name: String,
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// Null takes the anomaly's severity; a burn-rate rule then has critical for the fast and medium for the slow
    /// windows. Threshold and absence rules need one.
    #[serde(default)]
    pub severity: Option<Level>,
    pub condition: Condition,
    #[serde(default)]
    pub scope: Scope,
    /// The condition must hold so long before the alert fires, in seconds.
    #[serde(default)]
    pub for_s: u32,
    /// The condition must be gone so long before the alert is resolved, in seconds.
    #[serde(default)]
    pub keep_firing_s: u32,
    /// Added to the alert's labels; those that Hawkeye sets win.
    #[serde(default)]
    pub labels: Labels,
    /// For people: `summary`, `description`, … `{{service}}` and other labels are filled in.
    #[serde(default)]
    pub annotations: Labels,
    /// What to do about it. http or https.
    #[serde(default)]
    pub runbook_url: Option<String>,
}

/// How bad. The words of [`hawkeye_model::Severity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// An anomaly is open.
    Anomaly {
        /// Empty for all kinds: `latency_spike`, `error_burst`, …
        #[serde(default)]
        kinds: Vec<String>,
        #[serde(default = "medium")]
        severity_min: Level,
    },
    /// A measure is beyond a fixed value.
    Threshold {
        measure: ThresholdMeasure,
        is: Comparison,
        value: f64,
        /// Whole minutes, in seconds; at most a day.
        window_s: u32,
        /// With fewer requests in the window nothing is said.
        #[serde(default)]
        requests_min: u64,
        #[serde(default)]
        per: Per,
    },
    /// No requests, where there were some.
    Absence {
        /// Silent for so long. Whole minutes, in seconds; at most a day.
        window_s: u32,
        /// Requests in the day before the silence, so that rare endpoints do not count.
        #[serde(default = "absence_requests")]
        requests_min: u64,
        #[serde(default)]
        per: Per,
    },
    /// The error budget of a service level objective burns too fast (30 days; windows 1 h and 5 min at 14.4, 6 h and
    /// 30 min at 6, 1 d and 2 h at 3, 3 d and 6 h at 1, each at most what the target allows).
    BurnRate {
        objective: Objective,
        /// The share that must be good, 0 to 1: `0.999`.
        target: f64,
        #[serde(default)]
        per: Per,
        /// With fewer bad requests in the short window nothing is said: one failure of three is no trend.
        #[serde(default = "bad_requests")]
        bad_requests_min: u64,
    },
    /// A forecast says that a limit will probably be crossed; the limits are the objectives, or what is usual.
    PredictedBreach {
        /// Null for all that is forecast: p50, p95, error rate and traffic.
        #[serde(default)]
        measure: Option<ThresholdMeasure>,
        /// 0 to 1.
        #[serde(default = "probable")]
        probability_min: f64,
        /// How far ahead, in seconds; at most a day.
        #[serde(default = "hour")]
        within_s: u32,
        #[serde(default)]
        per: Per,
    },
    /// A journey is not well, or will not be.
    JourneyHealth {
        /// Ids; empty for all.
        #[serde(default)]
        journeys: Vec<String>,
        #[serde(default)]
        state_min: JourneyState,
        /// Also when that is only predicted for the next hour.
        #[serde(default)]
        is_predicted: bool,
    },
    /// An incident goes on: anomalies that belong together, with what is at fault.
    Incident {
        /// Empty for all, also before the first diagnosis.
        #[serde(default)]
        verdicts: Vec<Verdict>,
        #[serde(default = "medium")]
        severity_min: Level,
    },
}

/// What is at fault. The words of an incident's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleVerdict)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    VersionFault,
    InstanceFault,
    EnvironmentFault,
    SharedDependency,
    TrafficMix,
    TrafficChange,
    NotEnoughEvidence,
}

impl Verdict {
    pub const ALL: [Self; 7] = [
        Self::VersionFault,
        Self::InstanceFault,
        Self::EnvironmentFault,
        Self::SharedDependency,
        Self::TrafficMix,
        Self::TrafficChange,
        Self::NotEnoughEvidence,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VersionFault => "version_fault",
            Self::InstanceFault => "instance_fault",
            Self::EnvironmentFault => "environment_fault",
            Self::SharedDependency => "shared_dependency",
            Self::TrafficMix => "traffic_mix",
            Self::TrafficChange => "traffic_change",
            Self::NotEnoughEvidence => "not_enough_evidence",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// How unwell a journey is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = JourneyStateMin)]
#[serde(rename_all = "snake_case")]
pub enum JourneyState {
    Degraded,
    #[default]
    Failing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdMeasure {
    LatencyMsP50,
    LatencyMsP95,
    LatencyMsP99,
    /// Server errors per request, 0 to 1.
    ErrorRate,
    ClientErrorRate,
    RequestsPerMinute,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Above,
    Below,
}

/// What one alert of the rule is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// An endpoint in an environment.
    #[default]
    Endpoint,
    /// A service in an environment.
    Service,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Objective {
    /// Requests without a server error.
    Availability,
    /// Requests without a server error and not slower than this.
    Latency { latency_ms: f64 },
}

/// What a rule looks at; empty lists let everything through.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    pub services: Vec<String>,
    /// Method and route: `POST /orders`.
    pub endpoints: Vec<String>,
    /// Environments or their leading parts: `aws`, `aws/production`.
    pub environments: Vec<String>,
    /// On any label: `region=~"eu-.*"`.
    pub matchers: Vec<Matcher>,
}

fn yes() -> bool {
    true
}

fn medium() -> Level {
    Level::Medium
}

fn absence_requests() -> u64 {
    100
}

fn bad_requests() -> u64 {
    5
}

/// Of warnings about drifts two in three come true from 0.25 on; see docs/forecasting.md.
fn probable() -> f64 {
    0.3
}

fn hour() -> u32 {
    3_600
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Also the words that other tools use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "low" | "info" | "none" => Self::Low,
            "medium" | "warning" => Self::Medium,
            "high" | "error" => Self::High,
            "critical" | "page" => Self::Critical,
            _ => return None,
        })
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

/// What a new server watches for.
#[must_use]
pub fn default_rules() -> Vec<Rule> {
    let rule = |id: &str, name: &str, is_enabled, severity, condition, for_s, keep_firing_s| Rule {
        id: id.into(),
        name: name.into(),
        is_enabled,
        severity,
        condition,
        scope: Scope::default(),
        for_s,
        keep_firing_s,
        labels: Labels::new(),
        annotations: Labels::new(),
        runbook_url: None,
    };
    let availability = Condition::BurnRate {
        objective: Objective::Availability,
        target: 0.999,
        per: Per::Service,
        bad_requests_min: bad_requests(),
    };
    vec![
        // An anomaly has a beginning, an end and a severity of its own; that needs no waiting.
        rule(
            "anomaly",
            "Anomaly",
            true,
            None,
            Condition::Anomaly { kinds: vec![], severity_min: Level::Medium },
            0,
            60,
        ),
        // Also where detection has not learnt yet.
        rule(
            "mostly-failing",
            "Mostly failing",
            true,
            Some(Level::Critical),
            Condition::Threshold {
                measure: ThresholdMeasure::ErrorRate,
                is: Comparison::Above,
                value: 0.5,
                window_s: 300,
                requests_min: 20,
                per: Per::Endpoint,
            },
            120,
            300,
        ),
        // Nobody but the team knows what was promised, so these wait to be switched on.
        rule("availability", "Availability budget burns", false, None, availability, 0, 300),
        rule(
            "no-requests",
            "No requests",
            false,
            Some(Level::High),
            Condition::Absence { window_s: 900, requests_min: absence_requests(), per: Per::Service },
            0,
            0,
        ),
    ]
}
