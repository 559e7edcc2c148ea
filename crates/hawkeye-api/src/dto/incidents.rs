//! Incidents, deployments and comparisons in JSON. What is concluded of them is `hawkeye-diagnose`'s own JSON.

use hawkeye_diagnose::{
    Comparison, DeploymentVerdict, DeploymentVerdictKind, Diagnosis, Difference, Subject, VerdictKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::anomalies::Anomaly;
use super::words::{Dataset, Severity};
use super::{EndpointRef, Range, Stats};

/// Anomalies that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Incident {
    /// 16 hex digits.
    pub id: String,
    pub dataset: Dataset,
    pub state: IncidentState,
    pub severity: Severity,
    /// One line: what is wrong and where.
    pub title: String,
    /// Null until the first diagnosis, some seconds after it opened.
    pub verdict: Option<VerdictKind>,
    /// The verdict in one sentence.
    pub sentence: Option<String>,
    /// Where the fault sits.
    pub subject: Option<Subject>,
    pub onset_ms: i64,
    pub detected_ms: i64,
    pub updated_ms: i64,
    pub closed_ms: Option<i64>,
    pub services: Vec<String>,
    pub environments: Vec<String>,
    pub anomalies: u64,
    pub anomalies_open: u64,
    /// Failed, slow or missing requests beyond the usual.
    pub requests_hurt: f64,
    pub acknowledged_by: Option<String>,
}

/// Acknowledged: somebody has acknowledged all of its open anomalies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    Open,
    Acknowledged,
    Closed,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentList {
    pub items: Vec<Incident>,
    /// That pass all filters, on all pages.
    pub total: u64,
    pub next_cursor: Option<String>,
    pub open: u64,
    pub closed: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentDetail {
    pub incident: Incident,
    /// Null until the first one.
    pub diagnosis: Option<Diagnosis>,
    /// Its anomalies, by onset; at most 2,000.
    pub anomalies: Vec<Anomaly>,
    /// How it grew and ended, oldest first.
    pub events: Vec<IncidentEvent>,
    /// Of its services, within an hour of the onset.
    pub deployments: Vec<Deployment>,
    /// Earlier ones with the same subject, newest first; at most 10.
    pub similar: Vec<Incident>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IncidentEvent {
    pub at_ms: i64,
    pub kind: IncidentEventKind,
    /// Why, in words.
    pub reason: String,
    /// The anomaly that joined.
    pub anomaly_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentEventKind {
    Opened,
    Joined,
    Merged,
    SeverityChanged,
    VerdictChanged,
    Closed,
    Reopened,
}

/// A version first seen in an environment, or told by a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Deployment {
    pub service: String,
    pub environment: String,
    pub version: String,
    pub at_ms: i64,
    /// A pipeline told of it; otherwise its version was seen in requests.
    pub is_reported: bool,
    /// What the pipeline said.
    pub note: Option<String>,
    pub link: Option<String>,
    /// The newest verdict; null before five minutes have passed.
    pub verdict: Option<DeploymentVerdict>,
    /// Verdicts after 5, 15 and 30 minutes, as far as those have passed.
    pub course: Vec<DeploymentVerdictKind>,
    /// The incident whose fault it is.
    pub incident_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeploymentList {
    pub range: Range,
    /// Newest first.
    pub items: Vec<Deployment>,
    /// There are more in the range.
    pub is_cut: bool,
}

/// What a pipeline tells.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentReport {
    pub service: String,
    /// As shown: `aws/production/eu-west-1`.
    pub environment: String,
    pub version: String,
    /// Now when null.
    #[serde(default)]
    pub at_ms: Option<i64>,
    /// At most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
    /// To the change or the pipeline; `http` or `https`.
    #[serde(default)]
    pub link: Option<String>,
}

/// What sets some requests apart from others.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Differences {
    pub range: Range,
    pub baseline_range: Range,
    pub requests: u64,
    pub requests_baseline: u64,
    /// The share of all requests that was looked at, by trace; 1 means all.
    pub sampled: f64,
    /// Strongest first; at most 50.
    pub items: Vec<Difference>,
}

/// Environments side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentComparison {
    pub range: Range,
    /// What stands out, in one sentence.
    pub statement: String,
    pub environments: Vec<ComparedEnvironment>,
    /// The endpoints that differ most first; at most 200.
    pub endpoints: Vec<ComparedEndpoint>,
    /// Endpoints with requests in at least two environments.
    pub endpoints_shared: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComparedEnvironment {
    pub environment: String,
    pub stats: Stats,
    /// Service and version, those with the most requests first.
    pub versions: Vec<VersionShare>,
    /// Against all others, adjusted to the same mix of endpoints.
    pub error_rate: Option<Comparison>,
    pub slow_share: Option<Comparison>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionShare {
    pub service: String,
    pub version: String,
    pub requests: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComparedEndpoint {
    pub endpoint: EndpointRef,
    /// In the order of `environments`; null where it has no requests.
    pub cells: Vec<Option<ComparedCell>>,
    /// The largest p95 over the smallest.
    pub spread: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComparedCell {
    pub requests: u64,
    pub error_rate: f64,
    pub latency_ms_p50: f64,
    pub latency_ms_p95: f64,
    /// Against the other environments' requests for the same endpoint.
    pub error_rate_difference: f64,
    pub slow_share_difference: f64,
    /// One of the two is beyond chance and worth mentioning: worse here.
    pub is_worse: bool,
}

/// A gate between a series and somebody's pager, in the order in which they are passed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SilenceGate {
    pub gate: SilenceGateName,
    pub outcome: SilenceGateOutcome,
    /// What was found there, in one sentence.
    pub sentence: String,
    /// What it is about: the id of an anomaly, incident, rule, alert, silence or maintenance window.
    pub id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SilenceGateName {
    Data,
    Samples,
    Maintenance,
    Score,
    MinChange,
    Budget,
    Anomaly,
    Incident,
    Rule,
    Silence,
    Inhibition,
    Notification,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SilenceGateOutcome {
    Passed,
    /// It ended here.
    Stopped,
    /// Nothing came so far.
    NotReached,
}

/// For the event stream.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentNews {
    pub incident: Incident,
}
