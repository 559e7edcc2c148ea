//! The JSON shapes of the API. Names and units are those of the screen; times are milliseconds since 1970.

mod alerts;
mod anomalies;
mod detection;
mod forecasts;
mod incidents;
mod journeys;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use hawkeye_model::{Endpoint, EndpointId, Environment, Request, Rollup, Timestamp};
use hawkeye_store::{StoredRequest, TimeRange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use alerts::*;
pub use anomalies::*;
pub use detection::*;
pub use forecasts::*;
pub use incidents::*;
pub use journeys::*;
pub use words::*;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Range {
    pub from_ms: i64,
    pub to_ms: i64,
}

/// Requests of some time and scope, summed up. Rates and latencies are null without requests.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Stats {
    pub requests: u64,
    pub requests_per_second: f64,
    pub client_errors: u64,
    pub server_errors: u64,
    /// Server errors per request, 0 to 1.
    pub error_rate: Option<f64>,
    pub client_error_rate: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub size_bytes_in: u64,
    pub size_bytes_out: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EndpointRef {
    /// 16 hex digits.
    pub id: String,
    pub service: String,
    pub method: String,
    pub route: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Environment)]
pub struct EnvironmentRef {
    /// As shown: `aws/production/eu-west-1`.
    pub id: String,
    pub provider: String,
    pub deployment: String,
    pub region: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    pub range: Range,
    pub current: Stats,
    pub previous: Option<Stats>,
    pub endpoints_total: u64,
    pub endpoints_active: u64,
    /// Known in the last seven days, but without a request in the range.
    pub endpoints_silent: u64,
    pub environments: u64,
    pub services: u64,
    /// Of everything stored; null when nothing is.
    pub first_request_ms: Option<i64>,
    pub last_request_ms: Option<i64>,
    /// In this scope, whenever they began.
    pub anomalies_open: u64,
    /// Of the open ones.
    pub worst_anomaly: Option<Anomaly>,
    /// When the newest one in this scope began.
    pub last_anomaly_ms: Option<i64>,
}

/// Columns of numbers; entry `i` covers `[t0_ms + i * step_ms, + step_ms)`. The last step may be incomplete.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Series {
    pub range: Range,
    pub t0_ms: i64,
    pub step_ms: i64,
    pub n: u64,
    /// `rollup_10s`, `rollup_1m`, `rollup_1h` or `requests`: which rows answered.
    pub source: String,
    pub group_by: String,
    /// Busiest first; groups beyond the limit are merged into `__other__`.
    pub groups: Vec<SeriesGroup>,
    /// The compared range, moved onto the same steps.
    pub previous: Option<Vec<SeriesGroup>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeriesGroup {
    pub key: String,
    pub label: String,
    pub requests: Vec<u64>,
    pub client_errors: Vec<u64>,
    pub server_errors: Vec<u64>,
    pub requests_per_second: Vec<f64>,
    pub error_rate: Vec<Option<f64>>,
    pub p50_ms: Vec<Option<f64>>,
    pub p95_ms: Vec<Option<f64>>,
    pub p99_ms: Vec<Option<f64>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Spark {
    pub t0_ms: i64,
    pub step_ms: i64,
    pub requests: Vec<u64>,
    pub p95_ms: Vec<Option<f64>>,
    pub error_rate: Vec<Option<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointState {
    Active,
    /// Known, but without a request in the range.
    Silent,
    /// First seen within the range.
    New,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndpointRow {
    #[serde(flatten)]
    pub endpoint: EndpointRef,
    pub environments: Vec<String>,
    pub stats: Stats,
    pub previous: Option<Stats>,
    pub state: EndpointState,
    pub first_seen_ms: Option<i64>,
    pub last_seen_ms: Option<i64>,
    /// Failed and slow requests above those of the compared range; 0 means no reason to look.
    pub attention: f64,
    pub attention_reason: String,
    /// Open ones, whenever they began.
    pub anomalies: u64,
    pub spark: Spark,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndpointList {
    pub range: Range,
    pub total: u64,
    pub items: Vec<EndpointRow>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndpointDetail {
    pub endpoint: EndpointRef,
    pub range: Range,
    pub current: Stats,
    pub previous: Option<Stats>,
    pub first_seen_ms: Option<i64>,
    pub last_seen_ms: Option<i64>,
    pub environments: Vec<EnvironmentStats>,
    pub versions: Vec<VersionStats>,
    pub statuses: Vec<StatusCount>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentStats {
    pub environment: EnvironmentRef,
    pub stats: Stats,
    pub previous: Option<Stats>,
    pub last_seen_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VersionStats {
    pub version: String,
    pub stats: Stats,
    pub first_seen_ms: Option<i64>,
    pub last_seen_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatusCount {
    pub status: u16,
    pub requests: u64,
}

/// Requests by latency and time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Heatmap {
    pub range: Range,
    pub t0_ms: i64,
    pub step_ms: i64,
    pub n: u64,
    /// Ascending edges of the rows, one more than there are rows.
    pub bounds_ms: Vec<f64>,
    /// Row by row, the lowest latency first.
    pub counts: Vec<Vec<u64>>,
    pub max_count: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Request)]
pub struct RequestRow {
    pub id: String,
    /// With microseconds as fraction.
    pub start_ms: f64,
    pub duration_ms: f64,
    pub endpoint: EndpointRef,
    pub environment: EnvironmentRef,
    /// 0 when the protocol has no status.
    pub status: u16,
    /// `ok`, `client_error` or `server_error`.
    pub outcome: String,
    /// `server`, `client` or `consumer`.
    pub kind: String,
    pub error_type: String,
    pub version: String,
    pub instance: String,
    pub consumer: String,
    pub path: String,
    pub trace_id: String,
    pub span_id: String,
    pub parent_span_id: String,
    pub size_bytes_in: u64,
    pub size_bytes_out: u64,
    pub synthetic: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestList {
    pub items: Vec<RequestRow>,
    /// Give it back as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentRow {
    pub environment: EnvironmentRef,
    pub stats: Stats,
    pub previous: Option<Stats>,
    pub services: u64,
    pub endpoints: u64,
    pub versions: Vec<String>,
    pub last_seen_ms: Option<i64>,
    pub spark: Spark,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentList {
    pub range: Range,
    pub items: Vec<EnvironmentRow>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Matrix {
    pub range: Range,
    pub total: u64,
    pub environments: Vec<EnvironmentRef>,
    pub rows: Vec<MatrixRow>,
    pub slower: Vec<SlowerEnvironment>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixRow {
    pub endpoint: EndpointRef,
    pub median_p95_ms: Option<f64>,
    /// The largest ratio over the smallest.
    pub spread: Option<f64>,
    /// In the order of the environments; null where the endpoint does not run.
    pub cells: Vec<Option<MatrixCell>>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct MatrixCell {
    pub p95_ms: f64,
    /// To the endpoint's median across environments.
    pub ratio: f64,
    pub requests: u64,
    pub error_rate: f64,
}

/// On how many of its shared endpoints an environment is more than 10 % above the median.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlowerEnvironment {
    pub environment: String,
    pub endpoints: u64,
    pub shared: u64,
    pub median_ratio: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Facets {
    pub range: Range,
    pub fields: BTreeMap<String, Vec<FacetValue>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FacetValue {
    pub value: String,
    pub label: String,
    pub requests: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Status {
    pub version: String,
    pub started_ms: i64,
    pub now_ms: i64,
    pub otlp_http_address: String,
    pub otlp_grpc_address: String,
    pub storage: StorageStatus,
    pub ingest: IngestStatus,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StorageStatus {
    pub size_bytes: u64,
    pub segments: u64,
    pub requests_stored: u64,
    pub oldest_request_ms: Option<i64>,
}

/// Since the server started.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IngestStatus {
    pub requests_accepted: u64,
    pub requests_rejected: u64,
    pub spans_received: u64,
}

/// What became of a body of requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IngestAnswer {
    pub accepted: u64,
    /// Spans that were stored before.
    pub duplicates: u64,
    pub rejected: u64,
    /// The first of the rejected.
    pub errors: Vec<RecordError>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordError {
    /// Which record, from 0; in NDJSON which line.
    pub index: u64,
    pub field: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemoState {
    None,
    Generating,
    /// The past is filled and new requests arrive.
    Live,
    Removing,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DemoStatus {
    pub state: DemoState,
    pub progress: Option<DemoProgress>,
    pub scenario: Option<String>,
    pub span_s: Option<u64>,
    pub seed: Option<u64>,
    pub error: Option<String>,
    /// What was planted: incidents, and decoys that are none.
    pub planted: Vec<PlantedIncident>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DemoProgress {
    pub stage: String,
    pub done: u64,
    pub total: u64,
    pub requests: u64,
    pub requests_per_second: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlantedIncident {
    pub kind: String,
    pub title: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub decoy: bool,
    pub environment: Option<String>,
    pub service: Option<String>,
    pub endpoint: Option<EndpointRef>,
    pub version: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoStart {
    /// `healthy`, `latency_spike`, `slow_drift`, `error_burst`, `traffic_drop`, `pattern_change`, `bad_deployment`,
    /// `dependency_failure`, `regional_outage` or `all`.
    pub scenario: String,
    /// How far back the data reaches: 3,600 to 2,592,000.
    pub span_s: u64,
    /// The same seed gives the same data.
    pub seed: u64,
    /// On average over a week.
    pub requests_per_second: f64,
}

impl From<TimeRange> for Range {
    fn from(range: TimeRange) -> Self {
        Self { from_ms: range.from.millis(), to_ms: range.to.millis() }
    }
}

impl Stats {
    /// `elapsed` is the time in which the requests came.
    pub(crate) fn of(rollup: &Rollup, elapsed: Duration) -> Self {
        let requests = rollup.requests();
        let quantile = |q| rollup.latency.quantile(q).map(micros_as_ms);
        Self {
            requests,
            requests_per_second: requests as f64 / elapsed.as_secs_f64().max(1e-6),
            client_errors: rollup.client_errors,
            server_errors: rollup.server_errors,
            error_rate: ratio(rollup.server_errors, requests),
            client_error_rate: ratio(rollup.client_errors, requests),
            p50_ms: quantile(0.5),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            mean_ms: ratio(rollup.latency.sum(), requests).map(micros_as_ms),
            max_ms: rollup.latency.max().map(|max| micros_as_ms(max as f64)),
            size_bytes_in: rollup.size_bytes_in,
            size_bytes_out: rollup.size_bytes_out,
        }
    }
}

impl Spark {
    pub(crate) fn of(start: Timestamp, step: Duration, rollups: &[Rollup]) -> Self {
        Self {
            t0_ms: start.millis(),
            step_ms: millis(step),
            requests: rollups.iter().map(Rollup::requests).collect(),
            p95_ms: rollups.iter().map(p95_ms).collect(),
            error_rate: rollups.iter().map(|rollup| ratio(rollup.server_errors, rollup.requests())).collect(),
        }
    }
}

impl SeriesGroup {
    pub(crate) fn of(key: String, label: String, step: Duration, rollups: &[Rollup]) -> Self {
        let seconds = step.as_secs_f64().max(1e-6);
        let quantile =
            |q: f64| rollups.iter().map(move |rollup| rollup.latency.quantile(q).map(micros_as_ms)).collect();
        Self {
            key,
            label,
            requests: rollups.iter().map(Rollup::requests).collect(),
            client_errors: rollups.iter().map(|rollup| rollup.client_errors).collect(),
            server_errors: rollups.iter().map(|rollup| rollup.server_errors).collect(),
            requests_per_second: rollups.iter().map(|rollup| rollup.requests() as f64 / seconds).collect(),
            error_rate: rollups.iter().map(|rollup| ratio(rollup.server_errors, rollup.requests())).collect(),
            p50_ms: quantile(0.5),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
        }
    }
}

impl From<&Endpoint> for EndpointRef {
    fn from(endpoint: &Endpoint) -> Self {
        Self::new(endpoint.id(), endpoint)
    }
}

impl EndpointRef {
    pub(crate) fn new(id: EndpointId, endpoint: &Endpoint) -> Self {
        Self {
            id: id.to_string(),
            service: endpoint.service.to_string(),
            method: endpoint.method.to_string(),
            route: endpoint.route.to_string(),
        }
    }
}

impl From<&Environment> for EnvironmentRef {
    fn from(environment: &Environment) -> Self {
        Self {
            id: environment.to_string(),
            provider: environment.provider.as_str().into(),
            deployment: environment.deployment.to_string(),
            region: environment.region.to_string(),
        }
    }
}

impl From<&StoredRequest> for RequestRow {
    fn from(stored: &StoredRequest) -> Self {
        Self::of(format!("{:016x}", stored.id), &stored.request)
    }
}

impl RequestRow {
    pub(crate) fn of(id: String, request: &Request) -> Self {
        let hex = |is_empty: bool, text: String| if is_empty { String::new() } else { text };
        Self {
            id,
            start_ms: request.start.micros() as f64 / 1e3,
            duration_ms: micros_as_ms(request.duration_us as f64),
            endpoint: EndpointRef::new(request.series.endpoint_id(), request.series.endpoint()),
            environment: request.series.environment().into(),
            status: request.status_code,
            outcome: request.outcome.as_str().into(),
            kind: request.kind.as_str().into(),
            error_type: request.error_type.to_string(),
            version: request.version.to_string(),
            instance: request.instance.to_string(),
            consumer: request.consumer.to_string(),
            path: request.path.to_string(),
            trace_id: hex(request.trace_id.is_empty(), request.trace_id.to_string()),
            span_id: hex(request.span_id.is_empty(), request.span_id.to_string()),
            parent_span_id: hex(request.parent_span_id.is_empty(), request.parent_span_id.to_string()),
            size_bytes_in: request.size_bytes_in,
            size_bytes_out: request.size_bytes_out,
            synthetic: request.synthetic,
        }
    }
}

pub(crate) fn p95_ms(rollup: &Rollup) -> Option<f64> {
    rollup.latency.quantile(0.95).map(micros_as_ms)
}

pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Microseconds are exact to three decimals of a millisecond; more digits would only fill the wire.
fn micros_as_ms(micros: f64) -> f64 {
    micros.round() / 1e3
}

/// When it was; null when it never was.
pub(crate) fn seen_ms(at: Timestamp) -> Option<i64> {
    (at != Timestamp::MIN && at != Timestamp::MAX).then(|| at.millis())
}
