//! The future in JSON: forecasts, predicted breaches, how good past forecasts were, capacity, objectives.

use hawkeye_forecast::{Beyond, ForecastMeasure, Objective};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::Dataset;
use super::{EndpointRef, Range};

/// One measure of one scope: the past that it grew from, and what is expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Forecast {
    pub measure: ForecastMeasure,
    pub horizon_s: u64,
    pub step_ms: i64,
    /// The newest part of the past, up to the first step of the forecast; null where there were no requests.
    pub history_t0_ms: i64,
    pub history: Vec<Option<f64>>,
    /// The start of the first step that is forecast. The step is not over yet.
    pub t0_ms: i64,
    /// Empty when `trust` is `none`; otherwise, like the bounds, one value a step.
    pub expected: Vec<f64>,
    pub lower_50: Vec<f64>,
    pub upper_50: Vec<f64>,
    pub lower_80: Vec<f64>,
    pub upper_80: Vec<f64>,
    pub lower_95: Vec<f64>,
    pub upper_95: Vec<f64>,
    pub method: Option<ForecastMethod>,
    /// What the expected values are made of, the largest share first.
    pub models: Vec<ModelShare>,
    pub seasons: Seasons,
    pub trust: ForecastTrust,
    /// Why it is trusted or not, in one sentence.
    pub reason: String,
    /// How much past there was.
    pub history_days: f64,
    /// How the same way of forecasting did on the past.
    pub backtest: Option<ForecastRecord>,
    /// How forecasts that were published did; null while none has come due.
    pub record: Option<ForecastRecord>,
    /// What it must not cross, if there is something.
    pub limit: Option<Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastMethod {
    Ensemble,
    Unweighed,
    Level,
    Counts,
    Rate,
}

/// Whether a forecast deserves belief. `none`: there is no forecast at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastTrust {
    Good,
    Untested,
    Poor,
    None,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ModelShare {
    /// In words: `seasonal autoregression`.
    pub model: String,
    /// All shares sum to one.
    pub weight: f64,
}

/// How strong the seasons are that were found, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Seasons {
    pub daily: f64,
    pub weekly: f64,
}

/// What forecasts said against what came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ForecastRecord {
    /// Values that were compared.
    pub values: u64,
    /// Share of values within the 50, 80 and 95 % intervals.
    pub coverage_50: f64,
    pub coverage_80: f64,
    pub coverage_95: f64,
    /// Mean absolute error over that of repeating the same time of the day before; below 1 is better.
    pub error_ratio: Option<f64>,
    /// Mean quantile loss over that of the same; below 1 is better.
    pub loss_ratio: Option<f64>,
}

/// A value that a measure must not cross.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Limit {
    pub value: f64,
    pub is: Beyond,
    /// Beyond it for so long.
    pub for_s: u64,
    /// `objective`: somebody set it. `usual`: the upper end of what is usual here, with room.
    pub source: LimitSource,
    pub objective_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitSource {
    Objective,
    Usual,
}

/// What a prediction is about: an endpoint, or, without one, a whole service; in an environment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ForecastScope {
    pub service: String,
    pub endpoint: Option<EndpointRef>,
    pub environment: String,
    pub dataset: Dataset,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Predictions {
    /// When the newest forecasts were made; null before the first.
    pub made_ms: Option<i64>,
    /// What will hurt first comes first.
    pub items: Vec<Prediction>,
    /// Of these predictions, those that match before the limit.
    pub total: u64,
    pub status: ForecastStatus,
}

/// How forecasting does as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ForecastStatus {
    /// Scopes times measures that are forecast.
    pub forecasts: u64,
    /// Of those, with too little past or too poor a record to say anything.
    pub untrusted: u64,
    pub scopes_max: u64,
    /// Scopes beyond the limit, which are not forecast: those with the least traffic.
    pub scopes_left_out: u64,
    /// What the last round of forecasts cost.
    pub round_seconds: f64,
}

/// A breach that may come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Prediction {
    /// Stays the same while it is about the same scope, measure and side.
    pub id: String,
    pub scope: ForecastScope,
    pub measure: ForecastMeasure,
    pub limit: Limit,
    /// In one sentence, with numbers.
    pub sentence: String,
    /// That the limit is crossed within the horizon.
    pub probability: f64,
    pub horizon_s: u64,
    /// The same if the value goes on drifting as it does; null unless it drifts.
    pub probability_if_it_goes_on: Option<f64>,
    /// The measure is beyond its limit already.
    pub is_beyond: bool,
    /// When it is crossed, if it is: the middle of what is likely, and the early end (one in ten).
    pub crossing_ms: Option<i64>,
    pub crossing_early_ms: Option<i64>,
    /// The probability that it has been crossed by the end of each step, from `t0_ms` on.
    pub t0_ms: i64,
    pub step_ms: i64,
    pub probability_by_step: Vec<f64>,
    /// The newest known value.
    pub value: Option<f64>,
    /// For a small picture: the past up to `t0_ms`, then what is expected.
    pub history: Vec<Option<f64>>,
    pub expected: Vec<f64>,
    pub lower_80: Vec<f64>,
    pub upper_80: Vec<f64>,
    /// Requests that are expected from the crossing to the end of the horizon, times the probability.
    pub requests_at_risk: f64,
    /// Journeys that have this endpoint as a step.
    pub journeys: Vec<JourneyRef>,
    pub trust: ForecastTrust,
    pub backtest: Option<ForecastRecord>,
    pub record: Option<ForecastRecord>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JourneyRef {
    pub id: String,
    pub name: String,
}

/// How good past forecasts were: those that were published, scored when their time had come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ForecastReliability {
    pub range: Range,
    /// Null while nothing has come due.
    pub all: Option<ForecastRecord>,
    pub measures: Vec<MeasureRecord>,
    /// By how far ahead it was.
    pub leads: Vec<LeadRecord>,
    pub days: Vec<DayRecord>,
    /// Predicted breaches against breaches.
    pub breaches: BreachReliability,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeasureRecord {
    pub measure: ForecastMeasure,
    pub record: ForecastRecord,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeadRecord {
    /// At most so far ahead.
    pub lead_s: u64,
    pub record: ForecastRecord,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayRecord {
    pub day_ms: i64,
    pub record: ForecastRecord,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BreachReliability {
    /// Predictions whose horizon is over.
    pub predictions: u64,
    pub breaches: u64,
    /// Mean squared difference of probability and outcome; 0 is perfect. Null without predictions.
    pub brier: Option<f64>,
    /// Mean distance of the bins below from the diagonal.
    pub calibration_error: Option<f64>,
    pub bins: Vec<ReliabilityBin>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReliabilityBin {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share of those that came true.
    pub observed: f64,
    pub predictions: u64,
}

/// When traffic will exceed what was ever served.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CapacityList {
    pub items: Vec<CapacityItem>,
    pub total: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CapacityItem {
    pub scope: ForecastScope,
    /// The busiest hour ever seen, as a rate.
    pub ever_requests_per_minute: f64,
    pub ever_ms: i64,
    /// The busiest hour of the last seven days.
    pub recent_requests_per_minute: f64,
    /// How daily peaks grow, as a share a week: 0.05 is five percent. Null with too little past, or when it may be
    /// luck.
    pub growth_per_week: Option<f64>,
    /// When daily peaks pass the highest ever: the middle of what is likely, and the early and late end (one in ten).
    pub exceeds_ms: Option<i64>,
    pub exceeds_early_ms: Option<i64>,
    pub exceeds_late_ms: Option<i64>,
    /// Why there is or is no date, in one sentence.
    pub sentence: String,
    /// The highest hour of each of the last days, oldest first.
    pub daily_peaks: Vec<Option<f64>>,
    pub daily_t0_ms: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectiveList {
    pub items: Vec<StoredObjective>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StoredObjective {
    pub objective: Objective,
    /// `ui` or `file`.
    pub source: String,
    pub updated_ms: i64,
    pub updated_by: String,
}
