//! Detection in JSON: settings, state, expectations, explanations and backtests.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::anomalies::{Anomaly, DeploymentMark, SeverityCounts};
use super::incidents::SilenceGate;
use super::words::{Measure, Signal};
use super::{EndpointRef, Range};

/// What people decide about detection. `PUT` replaces all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DetectionSettings {
    pub sensitivity: Sensitivity,
    /// All series together. Only `custom` takes it; the others set it.
    pub false_alarms_per_week: f64,
    pub min_change: MinChange,
    /// At most 1,000; of those that apply the last one counts.
    pub overrides: Vec<Override>,
    /// At most 1,000.
    pub maintenance: Vec<Maintenance>,
}

/// 0.2, 1 or 5 false alarms a week, or another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    Low,
    Medium,
    High,
    Custom,
}

/// Smaller changes are never reported, however certain they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinChange {
    /// Slower by at least this.
    pub latency_ms: f64,
    /// Slower by at least this factor: 1.25 is a quarter.
    pub latency_ratio: f64,
    /// Failed requests beyond the usual.
    pub error_requests: f64,
    /// Failed share beyond the usual, 0 to 1.
    pub error_share: f64,
    /// Traffic below this share of the expected is a drop, above its inverse a surge; 0 to 1.
    pub traffic_ratio: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Empty for a new one; the server gives it a name.
    pub id: String,
    pub scope: RuleScope,
    pub service: Option<String>,
    pub endpoint_id: Option<String>,
    /// An environment or its leading parts: `aws`, `aws/production`.
    pub environment: Option<String>,
    pub signal: Option<Signal>,
    /// Null pauses detection.
    pub false_alarms_per_week: Option<f64>,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// Empty for a new one; the server gives it a name.
    pub id: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub scope: RuleScope,
    pub service: Option<String>,
    pub endpoint_id: Option<String>,
    pub environment: Option<String>,
    pub signal: Option<Signal>,
    pub mode: MaintenanceMode,
    pub note: String,
}

/// Which of the fields beside it must be there: `service` needs `service`, `endpoint` needs `endpoint_id`, `series`
/// needs `endpoint_id` and `environment`. `environment` and `signal` narrow any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleScope {
    All,
    Service,
    Endpoint,
    Series,
}

/// `pause` judges and learns nothing; with `widen` changes must be twice as large to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceMode {
    Pause,
    Widen,
}

/// How detection does: what it watches, and what it promised against what came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DetectionStatus {
    pub series_watched: u64,
    /// Of those, still too young to be sure.
    pub series_learning: u64,
    pub series_max: u64,
    /// Everything before this moment was looked at.
    pub watermark_ms: Option<i64>,
    /// How far behind the clock the newest minute was that is looked at.
    pub lag_s: f64,
    pub open: u64,
    /// False alarms a week that the settings allow.
    pub promised_per_week: f64,
    /// From the verdicts of 30 days, of medium severity or higher; null before the first verdict.
    pub measured_per_week: Option<f64>,
    /// A 95 % interval: from those judged false to those judged false or not judged.
    pub measured_lower: Option<f64>,
    pub measured_upper: Option<f64>,
    pub confirmed_30d: u64,
    pub false_positive_30d: u64,
    pub unjudged_30d: u64,
    pub signals: Vec<SignalStatus>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignalStatus {
    pub signal: Signal,
    /// What the score of a series without adjustments must reach.
    pub threshold: f64,
    pub promised_per_week: f64,
    /// How often noise alone passes the threshold, by the noise seen so far.
    pub noise_per_week: f64,
    /// Peaks that the noise model was fitted to.
    pub peaks_seen: u64,
}

/// What is expected of a scope over time, and what was odd.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Expectations {
    pub range: Range,
    pub t0_ms: i64,
    pub step_ms: i64,
    pub n: u64,
    pub seasonal: bool,
    pub learning: bool,
    /// Empty when the scope is more than one endpoint.
    pub measures: Vec<MeasureBand>,
    /// That overlap the range in this scope; at most 200, newest first.
    pub anomalies: Vec<Anomaly>,
    pub deployments: Vec<DeploymentMark>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeasureBand {
    pub measure: Measure,
    pub lower: Vec<Option<f64>>,
    pub expected: Vec<Option<f64>>,
    pub upper: Vec<Option<f64>>,
}

/// Why there was no anomaly, or why there was one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Explanation {
    pub endpoint: EndpointRef,
    pub environment: String,
    /// The end of the minute that is explained.
    pub at_ms: i64,
    pub gates: Vec<ExplanationGate>,
    /// In one sentence.
    pub verdict: String,
    /// The whole way from the series to somebody's pager, in order.
    pub pipeline: Vec<SilenceGate>,
}

/// One condition that an anomaly has to pass.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplanationGate {
    pub signal: Signal,
    pub test: String,
    pub observed: Option<f64>,
    pub expected: Option<f64>,
    pub score: f64,
    pub threshold: f64,
    pub passed: bool,
    pub reason: String,
}

/// Which past to run again, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BacktestStart {
    pub from_ms: i64,
    /// At most 60 days after `from_ms`.
    pub to_ms: i64,
    /// To compare with; null compares the present settings with themselves.
    #[serde(default)]
    pub settings: Option<DetectionSettings>,
    /// As the query parameter: `aws,gcp/production`.
    #[serde(default)]
    pub env: Option<String>,
    #[serde(default)]
    pub endpoint: Option<String>,
    #[serde(default)]
    pub service: Option<String>,
}

/// The same past, seen with two settings. Both start untaught: what verdicts changed is not in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Backtest {
    pub range: Range,
    pub series: u64,
    /// Minutes.
    pub windows: u64,
    pub seconds: f64,
    pub current: BacktestSide,
    pub changed: BacktestSide,
    /// At most 200, newest first.
    pub only_current: Vec<Anomaly>,
    pub only_changed: Vec<Anomaly>,
    pub both: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BacktestSide {
    pub opened: u64,
    pub by_severity: SeverityCounts,
    pub by_signal: SignalCounts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalCounts {
    pub traffic: u64,
    pub error_rate: u64,
    pub client_error_rate: u64,
    pub latency: u64,
}
