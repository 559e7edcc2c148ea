//! Anomalies in JSON: the list, one in detail, and what people do with them.

use hawkeye_diagnose::DeploymentVerdictKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EndpointRef;
use super::words::{AnomalyKind, AnomalyState, CloseReason, Dataset, Measure, Severity, Signal, Verdict};

/// One signal of one series that is not as it should be, from its onset until it is over.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Anomaly {
    /// 16 hex digits.
    pub id: String,
    pub endpoint: EndpointRef,
    /// As shown: `aws/production/eu-west-1`.
    pub environment: String,
    pub dataset: Dataset,
    pub signal: Signal,
    pub kind: AnomalyKind,
    pub severity: Severity,
    pub state: AnomalyState,
    pub verdict: Option<Verdict>,
    pub verdict_reason: Option<String>,
    /// What, observed, expected, since when, and who is hurt.
    pub sentence: String,
    /// The start of the first odd minute.
    pub onset_ms: i64,
    /// The end of the minute that settled it.
    pub detected_ms: i64,
    /// The end of the last minute that was looked at when anything about it changed.
    pub updated_ms: i64,
    pub closed_ms: Option<i64>,
    pub close_reason: Option<CloseReason>,
    pub measure: Measure,
    /// Over the worst of it so far.
    pub observed: f64,
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
    /// Observed over expected; null when nothing was expected.
    pub ratio: Option<f64>,
    pub score_peak: f64,
    /// What the score had to reach at its peak.
    pub threshold: f64,
    /// Since the onset.
    pub requests: u64,
    /// Failed, slow or missing requests since the onset beyond what is usual.
    pub requests_hurt: f64,
    /// The version that was first seen here shortly before the onset.
    pub deployment: Option<String>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_ms: Option<i64>,
    pub assignee: Option<String>,
    /// The incident that it belongs to.
    pub incident_id: Option<String>,
    pub spark: ScoreSpark,
}

/// The course of the score in at most 60 points.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScoreSpark {
    pub t0_ms: i64,
    pub step_ms: i64,
    pub score: Vec<f64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnomalyList {
    pub items: Vec<Anomaly>,
    /// That pass all filters, on all pages.
    pub total: u64,
    /// Give it back as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    pub counts: AnomalyCounts,
    /// Of those in scope and range that are not closed.
    pub by_severity: SeverityCounts,
}

/// Within the scope and range; the filters by state, verdict, severity, signal and kind do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnomalyCounts {
    pub open: u64,
    pub acknowledged: u64,
    pub closed: u64,
    /// Judged so, whatever their state.
    pub false_positive: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeverityCounts {
    pub low: u64,
    pub medium: u64,
    pub high: u64,
    pub critical: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnomalyDetail {
    pub anomaly: Anomaly,
    pub score: ScoreCourse,
    /// Which tests looked at it, and which fired at the worst moment.
    pub tests: Vec<AnomalyTest>,
    pub baseline: Baseline,
    /// Other anomalies that began within ten minutes, nearest first; at most 20.
    pub nearby: Vec<Anomaly>,
    /// Earlier ones of the same endpoint and signal, newest first; at most 10.
    pub similar: Vec<Anomaly>,
    /// Of the same service, within an hour of the onset.
    pub deployments: Vec<DeploymentMark>,
    /// Oldest first.
    pub activity: Vec<Activity>,
}

/// From before the onset on. Null where there was nothing to judge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScoreCourse {
    pub t0_ms: i64,
    pub step_ms: i64,
    pub values: Vec<Option<f64>>,
    pub thresholds: Vec<Option<f64>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnomalyTest {
    pub name: String,
    /// Minutes that the test looks at together.
    pub windows: u64,
    pub observed: Option<f64>,
    pub expected: Option<f64>,
    pub score: f64,
    pub threshold: f64,
    pub fired: bool,
    pub note: String,
}

/// What the anomaly was compared with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Baseline {
    /// The hour of the day and the day of the week are taken into account.
    pub seasonal: bool,
    /// Minutes with requests that the series had been watched for.
    pub windows_learnt: u64,
    /// Still too short to be sure.
    pub learning: bool,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeploymentMark {
    pub at_ms: i64,
    pub service: String,
    pub environment: String,
    pub version: String,
    /// The newest verdict; null before five minutes have passed.
    pub verdict: Option<DeploymentVerdictKind>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Activity {
    pub at_ms: i64,
    /// `hawkeye`, or who said to be acting.
    pub actor: String,
    pub action: ActivityAction,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityAction {
    Opened,
    Reopened,
    Escalated,
    Acknowledged,
    Unacknowledged,
    Assigned,
    Noted,
    Judged,
    VerdictCleared,
    AdjustmentUndone,
    Closed,
}

/// The same for all `ids`. What does not belong to the action is not looked at.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnomalyAction {
    /// 1 to 500.
    pub ids: Vec<String>,
    pub action: AnomalyActionName,
    /// Who acts; `somebody` when null. There is no log-in yet.
    #[serde(default)]
    pub actor: Option<String>,
    /// For all actions; needed for `note`.
    #[serde(default)]
    pub note: Option<String>,
    /// For `assign`; null takes the assignee away.
    #[serde(default)]
    pub assignee: Option<String>,
    /// For `judge`.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// For `judge`.
    #[serde(default)]
    pub reason: Option<VerdictReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyActionName {
    Acknowledge,
    Unacknowledge,
    Assign,
    Note,
    Judge,
    ClearVerdict,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReason {
    ExpectedEvent,
    Seasonal,
    TooSensitive,
    BadData,
    Maintenance,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnomalyActionResult {
    /// Anomalies that are other than before.
    pub changed: u64,
    /// All that were named, as they are now.
    pub anomalies: Vec<Anomaly>,
    /// What the verdict changed.
    pub adjustments: Vec<Adjustment>,
}

/// A change of what a series' score needs to reach, and what it would have changed in the last 30 days.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Adjustment {
    /// Empty in a preview.
    pub id: String,
    pub at_ms: i64,
    pub actor: String,
    pub anomaly_id: String,
    pub endpoint: EndpointRef,
    pub environment: String,
    pub signal: Signal,
    /// Changed only because a relative was judged: the same endpoint in another environment.
    pub kin: bool,
    /// In units of the score; more means less sensitive.
    pub offset_before: f64,
    pub offset_after: f64,
    pub threshold_before: f64,
    pub threshold_after: f64,
    pub verdict: Verdict,
    pub sentence: String,
    /// Anomalies of the last 30 days that would not have been reported.
    pub hidden: u64,
    /// Moments of the last 30 days that would have been reported in addition.
    pub revealed: u64,
    /// At most 20 ids.
    pub hidden_anomalies: Vec<String>,
    pub undone_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdjustmentList {
    pub items: Vec<Adjustment>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VerdictPreview {
    pub adjustments: Vec<Adjustment>,
    pub hidden: Vec<Anomaly>,
    pub revealed: u64,
}

/// On the live stream: an anomaly that changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnomalyEvent {
    pub change: AnomalyChange,
    pub anomaly: Anomaly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyChange {
    Opened,
    Updated,
    Closed,
    /// By a person.
    Acted,
}
