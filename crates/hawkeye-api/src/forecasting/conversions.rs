//! The engine's forecasts in JSON.

use hawkeye_engine as engine;
use hawkeye_forecast as forecast;

use crate::detection::conversions::{finite, optional};
use crate::dto::{
    BreachReliability, CapacityItem, DayRecord, EndpointRef, Forecast, ForecastMethod, ForecastRecord,
    ForecastReliability, ForecastScope, ForecastTrust, JourneyRef, LeadRecord, Limit, LimitSource,
    MeasureRecord, ModelShare, Prediction, Range, ReliabilityBin, Seasons, StoredObjective, millis,
};

const STEP_MS: i64 = 600_000;

pub(crate) fn numbers(values: &[f64]) -> Vec<f64> {
    values.iter().copied().map(finite).collect()
}

pub(crate) fn gaps(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(optional).collect()
}

impl ForecastScope {
    pub(crate) fn of(dataset: hawkeye_model::Dataset, series: &hawkeye_model::Series) -> Self {
        let endpoint = series.endpoint();
        let is_service = endpoint.method.is_empty();
        Self {
            service: endpoint.service.to_string(),
            endpoint: (!is_service).then(|| EndpointRef::new(series.endpoint_id(), endpoint)),
            environment: series.environment().to_string(),
            dataset: dataset.into(),
        }
    }
}

impl Forecast {
    pub(crate) fn of(query: &engine::ForecastQuery, answer: engine::ForecastAnswer) -> Self {
        let (made, is_known) = (&answer.forecast, answer.trust != engine::Trust::Nothing);
        let side = |probability: f64| -> Vec<f64> {
            let steps = if is_known { made.steps() } else { 0 };
            (0..steps).map(|step| finite(made.quantile(step, probability))).collect()
        };
        let mut models: Vec<ModelShare> = made
            .shares
            .iter()
            .map(|share| ModelShare { model: model(share.model).into(), weight: finite(share.weight) })
            .collect();
        models.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        Self {
            measure: query.measure,
            horizon_s: query.horizon.as_secs(),
            step_ms: millis(answer.step),
            history_t0_ms: answer.history_start.millis(),
            history: gaps(&answer.history),
            t0_ms: answer.start.millis(),
            expected: if is_known { numbers(&made.points) } else { Vec::new() },
            lower_50: side(0.25),
            upper_50: side(0.75),
            lower_80: side(0.1),
            upper_80: side(0.9),
            lower_95: side(0.025),
            upper_95: side(0.975),
            method: is_known.then(|| made.method.into()),
            models,
            seasons: Seasons { daily: finite(answer.seasons.daily), weekly: finite(answer.seasons.weekly) },
            trust: answer.trust.into(),
            reason: reason(&answer),
            history_days: answer.past.as_secs_f64() / 86_400.0,
            backtest: made.backtest.as_ref().map(Into::into),
            record: answer.record.as_ref().map(Into::into),
            limit: answer.limit.as_ref().map(Into::into),
        }
    }
}

fn reason(answer: &engine::ForecastAnswer) -> String {
    let days = answer.past.as_secs_f64() / 86_400.0;
    let past =
        if days >= 2.0 { format!("{days:.0} days") } else { format!("{:.0} hours", (24.0 * days).floor()) };
    match (answer.trust, &answer.forecast.backtest) {
        (engine::Trust::Nothing, _) => "nothing was seen here yet, so nothing can be forecast".into(),
        (engine::Trust::Known(forecast::Trust::Untested), _) => {
            format!("only {past} of past: too little to test the forecast against, so take it with care")
        }
        (engine::Trust::Known(forecast::Trust::Poor), Some(tested)) => format!(
            "this series cannot be forecast well: the error is {:.0} % of that of repeating the day before, and the 95 % band held {:.0} % of {} values",
            100.0 * tested.error / tested.error_naive.max(f64::MIN_POSITIVE),
            100.0 * tested.coverage[2],
            tested.values
        ),
        (engine::Trust::Known(forecast::Trust::Poor), None) => "this series cannot be forecast well".into(),
        (engine::Trust::Known(forecast::Trust::Good), Some(tested)) => format!(
            "tested on {} values of {past}: the 95 % band held {:.0} %, the error is {:.0} % of that of repeating the day before",
            tested.values,
            100.0 * tested.coverage[2],
            100.0 * tested.error / tested.error_naive.max(f64::MIN_POSITIVE)
        ),
        (engine::Trust::Known(forecast::Trust::Good), None) => format!("made from {past}"),
    }
}

fn model(model: forecast::Model) -> &'static str {
    match model {
        forecast::Model::Autoregression => "seasonal autoregression",
        forecast::Model::RobustAutoregression => "seasonal autoregression without outliers",
        forecast::Model::SlowAutoregression => "slow seasonal autoregression",
        forecast::Model::AnalogDay => "most similar days",
        forecast::Model::AnalogTwoDays => "most similar pairs of days",
        forecast::Model::AnalogWeek => "most similar weeks",
        forecast::Model::Theta => "level with half the trend",
        forecast::Model::MedianDay => "median of the last seven days",
        forecast::Model::Level => "level of the last day",
    }
}

impl From<forecast::Method> for ForecastMethod {
    fn from(method: forecast::Method) -> Self {
        match method {
            forecast::Method::Ensemble => Self::Ensemble,
            forecast::Method::Unweighed => Self::Unweighed,
            forecast::Method::Level => Self::Level,
            forecast::Method::Counts => Self::Counts,
            forecast::Method::Rate => Self::Rate,
        }
    }
}

impl From<forecast::Trust> for ForecastTrust {
    fn from(trust: forecast::Trust) -> Self {
        match trust {
            forecast::Trust::Good => Self::Good,
            forecast::Trust::Untested => Self::Untested,
            forecast::Trust::Poor => Self::Poor,
        }
    }
}

impl From<engine::Trust> for ForecastTrust {
    fn from(trust: engine::Trust) -> Self {
        match trust {
            engine::Trust::Known(trust) => trust.into(),
            engine::Trust::Nothing => Self::None,
        }
    }
}

impl From<&forecast::Backtest> for ForecastRecord {
    fn from(backtest: &forecast::Backtest) -> Self {
        let ratio = |part: f64, whole: f64| optional(part / whole).filter(|_| whole > 0.0);
        Self {
            values: backtest.values as u64,
            coverage_50: finite(backtest.coverage[0]),
            coverage_80: finite(backtest.coverage[1]),
            coverage_95: finite(backtest.coverage[2]),
            error_ratio: ratio(backtest.error, backtest.error_naive),
            loss_ratio: ratio(backtest.loss, backtest.loss_naive),
        }
    }
}

impl From<&engine::Record> for ForecastRecord {
    fn from(record: &engine::Record) -> Self {
        let [coverage_50, coverage_80, coverage_95] = record.coverage();
        Self {
            values: record.values,
            coverage_50,
            coverage_80,
            coverage_95,
            error_ratio: record.error_ratio(),
            loss_ratio: record.loss_ratio(),
        }
    }
}

impl From<&engine::Limit> for Limit {
    fn from(limit: &engine::Limit) -> Self {
        Self {
            value: finite(limit.value),
            is: limit.is,
            for_s: 600 * limit.run as u64,
            source: if limit.objective.is_some() { LimitSource::Objective } else { LimitSource::Usual },
            objective_id: limit.objective.clone(),
        }
    }
}

impl Prediction {
    pub(crate) fn of(
        prediction: &engine::Prediction,
        steps: usize,
        journeys: Vec<JourneyRef>,
        record: Option<&engine::Record>,
    ) -> Self {
        let made = prediction.made.millis();
        let within = prediction.expected.len().min(steps);
        let crossing = |step: Option<usize>| {
            step.filter(|step| *step < within).map(|step| made + STEP_MS * i64::try_from(step).unwrap_or(0))
        };
        Self {
            id: prediction.id(),
            scope: ForecastScope::of(prediction.dataset, &prediction.series),
            measure: prediction.measure,
            limit: (&prediction.limit).into(),
            sentence: engine::prediction_sentence(prediction, steps),
            probability: prediction.probability(steps),
            horizon_s: 600 * steps as u64,
            probability_if_it_goes_on: prediction.probability_of_drift(steps),
            is_beyond: prediction.is_beyond,
            crossing_ms: crossing(prediction.breach.first_step_median),
            crossing_early_ms: crossing(prediction.breach.first_step_early),
            t0_ms: made,
            step_ms: STEP_MS,
            probability_by_step: numbers(
                &prediction.breach.by_step[..within.min(prediction.breach.by_step.len())],
            ),
            value: prediction.history.last().copied().and_then(optional),
            history: gaps(&prediction.history),
            expected: numbers(&prediction.expected[..within]),
            lower_80: numbers(&prediction.lower_80[..within]),
            upper_80: numbers(&prediction.upper_80[..within]),
            requests_at_risk: finite(prediction.requests_at_risk(steps)),
            journeys,
            trust: prediction.trust.into(),
            backtest: prediction.backtest.as_ref().map(Into::into),
            record: record.map(Into::into),
        }
    }
}

impl ForecastReliability {
    pub(crate) fn of(range: Range, found: &engine::Reliability) -> Self {
        let breaches = &found.breaches;
        let bins = breaches.tenths.iter().filter(|(predictions, ..)| *predictions > 0);
        Self {
            range,
            all: (found.all.values > 0).then(|| (&found.all).into()),
            measures: found
                .measures
                .iter()
                .map(|(measure, record)| MeasureRecord { measure: *measure, record: record.into() })
                .collect(),
            leads: found
                .leads
                .iter()
                .map(|(lead_s, record)| LeadRecord { lead_s: u64::from(*lead_s), record: record.into() })
                .collect(),
            days: found
                .days
                .iter()
                .map(|(day, record)| DayRecord { day_ms: day.millis(), record: record.into() })
                .collect(),
            breaches: BreachReliability {
                predictions: breaches.predictions,
                breaches: breaches.breaches,
                brier: breaches.brier(),
                calibration_error: breaches.calibration_error(),
                bins: bins
                    .map(|&(predictions, breaches, probability)| ReliabilityBin {
                        predicted: probability / predictions as f64,
                        observed: breaches as f64 / predictions as f64,
                        predictions,
                    })
                    .collect(),
            },
        }
    }
}

impl CapacityItem {
    pub(crate) fn of(item: &engine::CapacityItem) -> Self {
        const DAY_MS: i64 = 86_400_000;
        let capacity = &item.capacity;
        let last = item.last_day.millis();
        let day = |days: Option<f64>| days.map(|days| last + (days * DAY_MS as f64) as i64);
        let is_growth = capacity.reason != forecast::CapacityReason::NotGrowing && item.recent > 0.0;
        let per_week = capacity.growth_per_day.filter(|_| is_growth).map(|per_day| {
            if capacity.is_exponential {
                ((1.0 + per_day / item.recent).powi(7)) - 1.0
            } else {
                7.0 * per_day / item.recent
            }
        });
        let ever = capacity.ever_served.unwrap_or(0.0);
        Self {
            scope: ForecastScope::of(item.dataset, &item.series),
            ever_requests_per_minute: finite(ever),
            ever_ms: item.ever_at.millis(),
            recent_requests_per_minute: finite(item.recent),
            growth_per_week: per_week.and_then(optional),
            exceeds_ms: day(capacity.days_until),
            exceeds_early_ms: day(capacity.days_until_early),
            exceeds_late_ms: day(capacity.days_until_late),
            sentence: capacity_sentence(capacity, item.recent, ever),
            daily_peaks: gaps(&item.daily_peaks),
            daily_t0_ms: item.first_day.millis(),
        }
    }
}

fn capacity_sentence(capacity: &forecast::Capacity, recent: f64, ever: f64) -> String {
    use forecast::CapacityReason;
    let share = 100.0 * recent / ever.max(f64::MIN_POSITIVE);
    match (capacity.reason, capacity.days_until) {
        (CapacityReason::Growing, Some(days)) => {
            format!(
                "peaks grow; in about {days:.0} days one exceeds all before, now at {share:.0} % of the highest"
            )
        }
        (CapacityReason::Growing | CapacityReason::BeyondAYear, _) => {
            format!("peaks grow, but none exceeds the highest within a year; now at {share:.0} % of it")
        }
        (CapacityReason::NotGrowing, _) => format!("peaks do not grow; now at {share:.0} % of the highest"),
        (CapacityReason::TooShort, _) => "less than a week of days is known: too little for a trend".into(),
    }
}

impl From<engine::StoredObjective> for StoredObjective {
    fn from(stored: engine::StoredObjective) -> Self {
        Self {
            objective: stored.objective,
            source: stored.source,
            updated_ms: stored.updated_ms,
            updated_by: stored.updated_by,
        }
    }
}
