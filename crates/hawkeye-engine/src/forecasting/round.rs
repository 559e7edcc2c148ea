//! A round: the forecasts of all scopes, and the odds that they cross their limits.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::Place;
use hawkeye_forecast::{
    Backtest, Beyond, Breach, Correction, Forecast, ForecastMeasure, Objective, Odds, Trust, odds,
};
use hawkeye_model::{Dataset, EndpointId, Series, Timestamp};
use tokio::sync::watch;

use super::history::STEP;
use super::limit::{Limit, limits_of};
use super::{HORIZON_STEPS, Past, Pasts, is_service, key, passes};
use crate::engine::Engine;

/// Possible futures of one measure.
const PATHS: usize = 400;

/// Days that tell how often the same time of day had a breach.
const DAYS_BEFORE: usize = 21;

/// The past that a small picture shows: a day and a half.
const SHOWN_STEPS: usize = 216;

/// Odds below this are nobody's concern.
const PROBABILITY_MIN: f64 = 0.01;

/// What a round said.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// The end of the past that it was made from.
    pub(crate) made: Option<Timestamp>,
    forecasts: usize,
    untrusted: usize,
    left_out: usize,
    took: Duration,
    /// Those whose odds are worth a word.
    predictions: Vec<Prediction>,
}

/// A limit that may be crossed.
#[derive(Debug, Clone)]
pub struct Prediction {
    pub dataset: Dataset,
    /// Without method and route it is a whole service.
    pub series: Arc<Series>,
    pub measure: ForecastMeasure,
    pub limit: Limit,
    /// Beyond the limit in the newest step.
    pub is_beyond: bool,
    /// The end of the past.
    pub made: Timestamp,
    pub breach: Breach,
    /// The value has been leaving its season steadily: the odds by step if it goes on like this.
    pub if_it_goes_on: Option<Vec<f64>>,
    /// Steps of ten minutes; the newest past, then what is expected with its 80 % interval.
    pub history: Vec<f64>,
    pub expected: Vec<f64>,
    pub lower_80: Vec<f64>,
    pub upper_80: Vec<f64>,
    /// Requests that are expected in each step.
    pub requests: Vec<f64>,
    pub trust: Trust,
    pub backtest: Option<Backtest>,
}

/// Which predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionQuery {
    /// Empty lists let everything pass.
    pub places: Vec<Place>,
    pub endpoints: Vec<EndpointId>,
    pub services: Vec<String>,
    pub measures: Vec<ForecastMeasure>,
    /// Crossed within so many steps.
    pub steps: usize,
    pub probability_min: f64,
    pub limit: usize,
}

/// Predictions, what will hurt first comes first.
#[derive(Debug, Clone)]
pub struct Predictions {
    pub made: Option<Timestamp>,
    pub items: Vec<Prediction>,
    /// Before the limit.
    pub total: usize,
    pub status: RoundStatus,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RoundStatus {
    pub forecasts: usize,
    /// Not enough past, or a poor record.
    pub untrusted: usize,
    pub scopes_max: usize,
    pub scopes_left_out: usize,
    pub took: Duration,
}

impl Prediction {
    /// Names it as long as it is about the same scope, measure and side.
    #[must_use]
    pub fn id(&self) -> String {
        let (dataset, measure) = (self.dataset.as_str(), self.measure.as_str());
        let side = if self.limit.is == Beyond::Above { "above" } else { "below" };
        format!("{dataset}-{:016x}-{measure}-{side}", self.series.id().0)
    }

    /// That the limit is crossed within so many steps.
    #[must_use]
    pub fn probability(&self, steps: usize) -> f64 {
        let last = steps.min(self.breach.by_step.len());
        last.checked_sub(1).map_or(0.0, |last| self.breach.by_step[last])
    }

    /// The same if a drift goes on; `None` without one.
    #[must_use]
    pub fn probability_of_drift(&self, steps: usize) -> Option<f64> {
        let by_step = self.if_it_goes_on.as_ref()?;
        by_step.get(steps.min(by_step.len()).checked_sub(1)?).copied()
    }

    /// Requests from the likely crossing to the end of the horizon, times the odds.
    #[must_use]
    pub fn requests_at_risk(&self, steps: usize) -> f64 {
        let first = self.breach.first_step_median.unwrap_or(0);
        let requests: f64 = self.requests.iter().take(steps).skip(first).sum();
        requests * self.probability(steps)
    }

    /// Sooner, surer and larger is worse.
    fn harm(&self, steps: usize) -> f64 {
        let hours = self.breach.first_step_median.unwrap_or(0) as f64 / 6.0;
        let trust = if self.trust == Trust::Good { 1.0 } else { 0.3 };
        trust * self.probability(steps) * (1.0 + self.requests_at_risk(steps)).ln() / (1.0 + hours / 6.0)
    }
}

/// What is predicted, with numbers.
#[must_use]
pub fn prediction_sentence(prediction: &Prediction, steps: usize) -> String {
    let (what, percent) = (what(prediction), (100.0 * prediction.probability(steps)).round());
    if prediction.is_beyond {
        let now = prediction.history.last().map_or(String::new(), |it| measured(prediction.measure, *it));
        return format!("{what}: it is there already, at {now}");
    }
    let drift = prediction.probability_of_drift(steps).map_or(String::new(), |probability| {
        format!("; it has been drifting, and with {:.0} % if that goes on", 100.0 * probability)
    });
    match prediction.breach.first_step_median.filter(|step| *step < steps) {
        Some(step) => format!("{what} with {percent:.0} %, most likely in {}{drift}", ahead(step)),
        None => format!("{what} with {percent:.0} %{drift}"),
    }
}

/// `p95 of POST /orders of shop in aws/production/eu-west-1 goes above 270 ms`
pub(super) fn what(prediction: &Prediction) -> String {
    let endpoint = prediction.series.endpoint();
    let of = match is_service(&prediction.series) {
        true => format!("{} in {}", endpoint.service, prediction.series.environment()),
        false => {
            let (method, route) = (&endpoint.method, &endpoint.route);
            format!("{method} {route} of {} in {}", endpoint.service, prediction.series.environment())
        }
    };
    let measure = prediction.measure;
    let is = if prediction.limit.is == Beyond::Above { "above" } else { "below" };
    format!("{} of {of} goes {is} {}", name_of(measure), measured(measure, prediction.limit.value))
}

fn name_of(measure: ForecastMeasure) -> &'static str {
    match measure {
        ForecastMeasure::LatencyMsP50 => "p50",
        ForecastMeasure::LatencyMsP95 => "p95",
        ForecastMeasure::ErrorRate => "Error rate",
        ForecastMeasure::RequestsPerMinute => "Traffic",
    }
}

fn measured(measure: ForecastMeasure, value: f64) -> String {
    match measure {
        ForecastMeasure::ErrorRate => format!("{:.1} %", 100.0 * value),
        ForecastMeasure::RequestsPerMinute => format!("{value:.0} requests a minute"),
        ForecastMeasure::LatencyMsP50 | ForecastMeasure::LatencyMsP95 => format!("{value:.0} ms"),
    }
}

/// Until a step ends.
fn ahead(step: usize) -> String {
    let minutes = (step + 1) * 10;
    if minutes < 60 { format!("{minutes} min") } else { format!("{:.0} h", minutes as f64 / 60.0) }
}

impl Round {
    pub(super) fn len(&self) -> usize {
        self.forecasts
    }

    pub(crate) fn predictions(&self) -> &[Prediction] {
        &self.predictions
    }
}

impl Pasts {
    /// What follows the first `until` steps of a scope, with intervals that learnt from those before.
    pub(super) fn forecast(
        &self,
        dataset: Dataset,
        past: &Past,
        measure: ForecastMeasure,
        until: usize,
    ) -> Forecast {
        let mut forecast = past.history.forecast(measure, until, HORIZON_STEPS);
        self.correct(dataset, &past.series, measure, &mut forecast);
        forecast
    }

    pub(super) fn correct(
        &self,
        dataset: Dataset,
        series: &Series,
        measure: ForecastMeasure,
        forecast: &mut Forecast,
    ) {
        if let Some(correction) = self.corrections.get(&key(dataset, series, measure)) {
            Correction::apply(correction, forecast);
        }
    }
}

/// The odds that a forecast crosses a limit; the seed makes them the same each time.
pub(super) fn odds_of(
    forecast: &Forecast,
    past: &Past,
    measure: ForecastMeasure,
    until: usize,
    limit: &Limit,
) -> Odds {
    let mut values = past.history.values(measure, until);
    values.drain(..values.len().saturating_sub(DAYS_BEFORE * past.history.per_day()));
    let seed = past.series.id().0 ^ measure as u64;
    odds(forecast, &values, &limit.threshold(), past.history.per_day(), PATHS, seed)
}

impl Engine {
    pub(super) fn make_round(
        &self,
        dataset: Dataset,
        pasts: &Pasts,
        until: Timestamp,
        begun: Timestamp,
        stopped: &watch::Receiver<bool>,
    ) -> Round {
        let objectives = self.forecasting.documents().objectives();
        let mut round = Round { made: Some(until), left_out: pasts.left_out, ..Round::default() };
        for past in pasts.scopes.values() {
            if *stopped.borrow() {
                break;
            }
            forecast_scope(dataset, pasts, past, until, &objectives, &mut round);
        }
        round.took = self.clock.now().since(begun);
        round
    }

    /// Limits that may be crossed, over both data sets.
    #[must_use]
    pub fn predictions(&self, query: &PredictionQuery) -> Predictions {
        let mut found = Predictions {
            made: None,
            items: Vec::new(),
            total: 0,
            status: RoundStatus { scopes_max: self.forecasting.config.scopes_max, ..RoundStatus::default() },
        };
        let rounds = Dataset::ALL.map(|dataset| self.forecasting.round(dataset));
        let mut matching: Vec<&Prediction> = Vec::new();
        for round in &rounds {
            found.made = found.made.max(round.made);
            found.status.forecasts += round.forecasts;
            found.status.untrusted += round.untrusted;
            found.status.scopes_left_out += round.left_out;
            found.status.took += round.took;
            matching.extend(round.predictions.iter().filter(|it| query.matches(it)));
        }
        matching.sort_by(|one, other| other.harm(query.steps).total_cmp(&one.harm(query.steps)));
        found.total = matching.len();
        found.items = matching.into_iter().take(query.limit).cloned().collect();
        found
    }
}

impl PredictionQuery {
    fn matches(&self, prediction: &Prediction) -> bool {
        let series = &prediction.series;
        let asked = (&*self.places, &*self.endpoints, &*self.services);
        (prediction.is_beyond || prediction.probability(self.steps) >= self.probability_min)
            && (self.measures.is_empty() || self.measures.contains(&prediction.measure))
            && passes(asked, series.endpoint(), series.environment())
    }
}

fn forecast_scope(
    dataset: Dataset,
    pasts: &Pasts,
    past: &Past,
    made: Timestamp,
    objectives: &[Objective],
    round: &mut Round,
) {
    let until = past.history.until(made);
    let mut forecasts: HashMap<ForecastMeasure, Forecast> = HashMap::new();
    for measure in ForecastMeasure::ALL {
        let forecast = pasts.forecast(dataset, past, measure, until);
        round.forecasts += 1;
        round.untrusted += usize::from(forecast.trust != Trust::Good);
        forecasts.insert(measure, forecast);
    }
    let requests: Vec<f64> = forecasts
        .get(&ForecastMeasure::RequestsPerMinute)
        .map(|it| it.points.iter().map(|per_minute| per_minute * STEP.as_secs_f64() / 60.0).collect())
        .unwrap_or_default();
    for (measure, forecast) in forecasts {
        for limit in limits_of(objectives, &past.series, measure, &past.history, until) {
            let history = past.history.values(measure, until);
            let is_beyond = limit.is_crossed(&history);
            let Odds { breach, if_it_goes_on, .. } = odds_of(&forecast, past, measure, until, &limit);
            if breach.probability < PROBABILITY_MIN && !is_beyond {
                continue;
            }
            let side = |probability| {
                (0..forecast.steps()).map(|step| forecast.quantile(step, probability)).collect()
            };
            round.predictions.push(Prediction {
                dataset,
                series: Arc::clone(&past.series),
                measure,
                limit,
                is_beyond,
                made,
                breach,
                if_it_goes_on: if_it_goes_on.map(|breach| breach.by_step),
                history: history[history.len().saturating_sub(SHOWN_STEPS)..].to_vec(),
                lower_80: side(0.1),
                upper_80: side(0.9),
                expected: forecast.points.clone(),
                requests: requests.clone(),
                trust: forecast.trust,
                backtest: forecast.backtest,
            });
        }
    }
}
