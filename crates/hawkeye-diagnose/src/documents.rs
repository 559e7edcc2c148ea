//! What a diagnosis says. This module owns its JSON: on disk, over the API and in a file it is the same.
//!
//! Shares are from 0 to 1, intervals of 95 %, times microseconds or milliseconds since 1970 as their names end.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What something is about. What does not apply is null.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    #[serde(default)]
    pub service: Option<String>,
    #[serde(default)]
    pub method: Option<String>,
    #[serde(default)]
    pub route: Option<String>,
    /// As shown: `aws/production/eu-west-1`.
    #[serde(default)]
    pub environment: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub instance: Option<String>,
    /// What several services or environments use: named by the host that was called, or by what it has in common.
    #[serde(default)]
    pub dependency: Option<String>,
}

/// What kind of fault it is. `TrafficMix`: nothing got worse, there is more of what is always slow or failing.
/// `TrafficChange`: callers stay away or come in numbers, and nothing else is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    VersionFault,
    InstanceFault,
    EnvironmentFault,
    SharedDependency,
    TrafficMix,
    TrafficChange,
    NotEnoughEvidence,
}

/// How far a fault reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breadth {
    /// One endpoint of a service.
    Endpoint,
    /// Several endpoints of a service.
    Service,
    /// Services of one environment that do not call one another.
    Environment,
    /// Several environments.
    Everywhere,
}

/// What is concluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentVerdict {
    pub kind: VerdictKind,
    /// Where the fault sits.
    pub subject: Subject,
    pub breadth: Breadth,
    /// One plain sentence with the numbers that settle it.
    pub sentence: String,
    /// The numbers behind it, those that settle it first.
    pub comparisons: Vec<Comparison>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComparedMeasure {
    /// Server errors per request.
    ErrorRate,
    /// Requests slower than the limit of the usual, per request.
    SlowShare,
}

/// What something is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Itself, before.
    Before,
    OtherEnvironments,
    OtherVersions,
    OtherInstances,
}

/// Two shares of the same endpoints at the same time, adjusted to the same mix, and the difference with an interval that
/// holds however often it is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShareComparison)]
pub struct Comparison {
    pub measure: ComparedMeasure,
    pub here: Subject,
    pub against: Against,
    /// What it is compared with, in words: `3 other environments`, `2.13.0`.
    pub there: String,
    pub share_here: f64,
    /// Weighed by the mix of endpoints here.
    pub share_there: f64,
    pub difference: f64,
    pub lower: f64,
    pub upper: f64,
    /// The difference without the adjustment.
    pub difference_raw: f64,
    pub requests_here: u64,
    pub requests_there: u64,
    /// Endpoints that both have.
    pub endpoints: u64,
    /// The interval lies beyond what is worth mentioning.
    pub is_evident: bool,
}

/// A change that explains, or, when none was seen, where it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    Version,
    Instance,
    Environment,
    Dependency,
    Traffic,
    /// No change was seen: it only began here. Being slow or failing is never a cause.
    FirstAffected,
}

/// A candidate for the root cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cause {
    pub kind: CauseKind,
    pub subject: Subject,
    /// The share of the incident's harm that it explains.
    pub explained: f64,
    /// When it was first odd there, or changed.
    pub onset_ms: i64,
    /// Failures beyond the usual that began here: no call of theirs had failed.
    pub failed: f64,
    /// Requests beyond the usual that were slow by their own work.
    pub slow: f64,
    /// Own time per request beyond the usual.
    pub self_ms: f64,
    pub sentence: String,
}

/// What requests are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    Service,
    Endpoint,
    Environment,
    Region,
    Version,
    Instance,
    Consumer,
    StatusCode,
    ErrorType,
    Method,
    Kind,
}

/// A value of an attribute that is more, or less, frequent among bad requests than in the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    pub attribute: Attribute,
    pub value: String,
    pub share_bad: f64,
    pub share_baseline: f64,
    pub requests_bad: u64,
    pub requests_baseline: u64,
    /// By chance alone, corrected for all values that were compared.
    pub p_value: f64,
    /// How much of the difference between the two it tells, 0 to 1; lists are sorted by it.
    pub score: f64,
}

/// A number with a 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Estimate {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// Who is hurt, and how much.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Impact {
    /// Failed requests beyond the usual. A request that failed because its call failed counts once, where users feel it.
    pub failed: Estimate,
    /// Slow requests beyond the usual.
    pub slow: Estimate,
    /// Requests that did not come.
    pub missing: Estimate,
    /// Requests of what is affected, during the incident.
    pub requests: u64,
    /// Hurt requests per request of the whole data set at that time.
    pub share_of_traffic: f64,
    /// Consumers with a failed or slow request; null when requests name none.
    pub consumers: Option<u64>,
    /// Those hurt most; at most ten.
    pub consumers_most: Vec<ConsumerHarm>,
    pub environments: Vec<String>,
    pub services: Vec<String>,
    /// Ids of journeys that walk through what is affected.
    pub journeys: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsumerHarm {
    pub consumer: String,
    pub requests: u64,
    pub requests_hurt: u64,
}

/// The affected part of the call graph.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CallMap {
    pub nodes: Vec<CallMapNode>,
    pub edges: Vec<CallMapEdge>,
}

/// A service in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CallMapNode {
    pub service: String,
    pub environment: String,
    pub requests_per_minute: f64,
    pub error_rate: f64,
    pub error_rate_before: f64,
    pub latency_ms_p95: f64,
    pub latency_ms_p95_before: f64,
    /// Anomalies of the incident here.
    pub anomalies: u64,
    pub is_first_cause: bool,
}

/// Who calls whom: indexes into the nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CallMapEdge {
    pub caller: usize,
    pub callee: usize,
    pub requests_per_minute: f64,
    pub error_rate: f64,
}

/// What is concluded of one incident, from requests during it and a matched time before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    pub made_ms: i64,
    pub from_ms: i64,
    pub to_ms: i64,
    pub baseline_from_ms: i64,
    pub baseline_to_ms: i64,
    pub requests_bad: u64,
    pub requests_baseline: u64,
    /// The share of all requests that was looked at, by trace; 1 means all.
    pub sampled: f64,
    pub verdict: IncidentVerdict,
    /// Best first; at most ten.
    pub causes: Vec<Cause>,
    /// Strongest first; at most 50.
    pub differences: Vec<Difference>,
    pub impact: Impact,
    pub map: CallMap,
    /// What limits the conclusions, one sentence each.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentVerdictKind {
    Healthy,
    Degraded,
    NotEnoughTraffic,
}

/// What is concluded of a deployment some minutes after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeploymentVerdict {
    pub kind: DeploymentVerdictKind,
    pub judged_ms: i64,
    /// 5, 15 or 30.
    pub after_minutes: u32,
    /// The version that it replaces, as far as one is known.
    pub previous_version: Option<String>,
    pub comparisons: Vec<Comparison>,
    /// Error types that the previous version did not have, with their requests.
    pub new_error_types: Vec<(String, u64)>,
    pub sentence: String,
}

impl Subject {
    /// Whether both name the same service and environment, as far as both name one.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        let same = |left: &Option<String>, right: &Option<String>| match (left, right) {
            (Some(left), Some(right)) => left == right,
            _ => true,
        };
        same(&self.service, &other.service) && same(&self.environment, &other.environment)
    }
}

impl fmt::Display for Subject {
    /// `orders POST /orders 2.14.0 on aws/production/eu-west-1`, as far as it is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [&self.dependency, &self.service, &self.method, &self.route, &self.version, &self.instance];
        let named: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        f.write_str(&named.join(" "))?;
        match &self.environment {
            Some(environment) if named.is_empty() => f.write_str(environment),
            Some(environment) => write!(f, " on {environment}"),
            None => Ok(()),
        }
    }
}

impl VerdictKind {
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
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl DeploymentVerdictKind {
    pub const ALL: [Self; 3] = [Self::Healthy, Self::Degraded, Self::NotEnoughTraffic];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::NotEnoughTraffic => "not_enough_traffic",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
