//! What is predicted of a journey: its steps simulated together, because what slows one step often slows the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hawkeye_forecast::journey::{StepForecast, predict};
use hawkeye_forecast::{Beyond, ForecastMeasure, Journey, JourneyStep, LEVELS};
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_store::EnvironmentPattern;

use super::super::history::{History, STEP};
use super::super::limit::limits_of;
use super::super::lock;
use super::health::JourneyQuery;
use super::steps::looks_at;
use crate::engine::Engine;

/// Possible futures.
const PATHS: usize = 400;

/// Requests beyond a limit that the p95 exceeds: at least so many.
const SLOW_SHARE: f64 = 0.05;

/// At most a day.
const STEPS_MAX: usize = 144;

/// Outlooks that are kept until the next round, a few kilobytes each.
const KEPT_MAX: usize = 500;

/// What is predicted of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// The end of the past; steps of ten minutes follow.
    pub start: Timestamp,
    pub sentence: String,
    /// Probability of success in each step of time: the middle, and an 80 % interval.
    pub success: Vec<f64>,
    pub success_lower: Vec<f64>,
    pub success_upper: Vec<f64>,
    pub latency_ms: Vec<f64>,
    pub latency_ms_lower: Vec<f64>,
    pub latency_ms_upper: Vec<f64>,
    /// That all steps stay within their limits throughout.
    pub all_ok: f64,
    /// By step of the journey.
    pub blame: Vec<f64>,
}

type Asked = (Journey, Vec<EnvironmentPattern>, usize, Timestamp);

/// Outlooks of the newest round.
#[derive(Debug, Default)]
pub(crate) struct Outlooks(Mutex<HashMap<String, (Asked, Arc<Outlook>)>>);

impl Outlooks {
    pub(in super::super) fn clear(&self) {
        lock(&self.0).clear();
    }
}

impl Engine {
    /// `None` until all its steps have a past.
    pub(in super::super) fn outlook(&self, journey: &Journey, query: &JourneyQuery) -> Option<Outlook> {
        let steps = (query.horizon.as_secs() / STEP.as_secs()) as usize;
        let steps = steps.clamp(1, STEPS_MAX);
        let pasts: Vec<(Dataset, History)> = journey
            .steps
            .iter()
            .map(|step| past_of_step(self, step, &query.places))
            .collect::<Option<Vec<_>>>()?;
        // Forecasts of several steps must begin at the same time.
        let start = pasts.iter().map(|(_, past)| past.end()).min()?;
        let asked: Asked = (journey.clone(), query.places.clone(), steps, start);
        let name = format!("{}/{steps}/{:?}", journey.id, query.places);
        if let Some((known, outlook)) = lock(&self.forecasting.outlooks.0).get(&name)
            && *known == asked
        {
            return Some(Outlook::clone(outlook));
        }
        let outlook = Arc::new(simulated(self, journey, &pasts, start, steps));
        let mut all = lock(&self.forecasting.outlooks.0);
        if all.len() >= KEPT_MAX
            && let Some(oldest) =
                all.iter().min_by_key(|(_, ((.., start), _))| *start).map(|(name, _)| name.clone())
        {
            all.remove(&oldest);
        }
        all.insert(name, (asked, Arc::clone(&outlook)));
        Some(Outlook::clone(&outlook))
    }
}

/// The past of a step: of one series, or of several together.
pub(super) fn past_of_step(
    engine: &Engine,
    step: &JourneyStep,
    places: &[EnvironmentPattern],
) -> Option<(Dataset, History)> {
    Dataset::ALL.into_iter().find_map(|dataset| {
        let state = engine.forecasting.state(dataset);
        let mut pasts = state
            .pasts
            .scopes
            .values()
            .filter(|past| looks_at(step, &past.series, places))
            .map(|past| &past.history);
        let mut all = pasts.next()?.clone();
        pasts.for_each(|past| all.merge(past));
        Some((dataset, all))
    })
}

fn simulated(
    engine: &Engine,
    journey: &Journey,
    pasts: &[(Dataset, History)],
    start: Timestamp,
    steps: usize,
) -> Outlook {
    let objectives = engine.forecasting.documents().objectives();
    let forecast = |measure| -> Vec<_> {
        pasts.iter().map(|(_, past)| past.forecast(measure, past.until(start), steps)).collect()
    };
    let (errors, latencies) = (forecast(ForecastMeasure::ErrorRate), forecast(ForecastMeasure::LatencyMsP95));
    let medians = forecast(ForecastMeasure::LatencyMsP50);
    let limit = |at: usize, measure| {
        let series = super::super::series_of(&super::steps::endpoint(&journey.steps[at]));
        let past = &pasts[at].1;
        let limits = limits_of(&objectives, &series, measure, past, past.until(start));
        limits.into_iter().find(|limit| limit.is == Beyond::Above).map(|limit| limit.value)
    };
    let step = |at: usize, latency_ms| StepForecast {
        error_rate: &errors[at],
        latency_ms,
        error_rate_limit: limit(at, ForecastMeasure::ErrorRate),
        latency_limit_ms: journey.steps[at]
            .latency_ms_max
            .or_else(|| limit(at, ForecastMeasure::LatencyMsP95)),
        is_optional: journey.steps[at].is_optional,
        weight: journey.steps[at].weight,
    };
    let slow: Vec<StepForecast<'_>> = (0..pasts.len()).map(|at| step(at, &latencies[at])).collect();
    let usual: Vec<StepForecast<'_>> = (0..pasts.len()).map(|at| step(at, &medians[at])).collect();
    // Limits are about the slow ones; the time of the whole is that of most people.
    let (odds, time) = (predict(&slow, PATHS, 1), predict(&usual, PATHS, 1));
    let of = |rows: &[[f64; LEVELS.len()]], level: usize| rows.iter().map(|row| row[level]).collect();
    let (low, middle, high) = (2, 7, 12);
    let mut success: Vec<f64> = of(&odds.success, middle);
    let (mut success_lower, mut success_upper): (Vec<f64>, Vec<f64>) =
        (of(&odds.success, low), of(&odds.success, high));
    // Slow answers count as failed where the journey says what slow is, as they do in its health.
    if journey.steps.iter().any(|step| step.latency_ms_max.is_some()) {
        for (at, in_time) in in_time(journey, &slow).into_iter().enumerate().take(success.len()) {
            for side in [&mut success, &mut success_lower, &mut success_upper] {
                side[at] *= in_time;
            }
        }
    }
    Outlook {
        start,
        sentence: sentence(journey, &success, odds.all_ok_throughout, odds.weakest),
        success_lower,
        success_upper,
        latency_ms: of(&time.latency_ms, middle),
        latency_ms_lower: of(&time.latency_ms, low),
        latency_ms_upper: of(&time.latency_ms, high),
        all_ok: odds.all_ok_throughout,
        blame: odds.blame,
        success,
    }
}

/// The share of sessions in time among those without an error, for each time step: where the p95 is beyond a step's own
/// limit, at least one in twenty is too slow.
fn in_time(journey: &Journey, steps: &[StepForecast<'_>]) -> Vec<f64> {
    let horizon = steps.iter().map(|step| step.latency_ms.steps()).min().unwrap_or(0);
    let slow = |step: &StepForecast<'_>, max: Option<f64>, at: usize| match max {
        Some(max) if step.latency_ms.points[at] > max => SLOW_SHARE,
        _ => 0.0,
    };
    let limits = || journey.steps.iter().map(|step| step.latency_ms_max);
    (0..horizon)
        .map(|at| steps.iter().zip(limits()).map(|(step, max)| 1.0 - slow(step, max, at)).product())
        .collect()
}

fn sentence(journey: &Journey, success: &[f64], all_ok: f64, weakest: Option<usize>) -> String {
    let hours = success.len() as f64 / 6.0;
    let span = if hours >= 1.0 { format!("{hours:.0} h") } else { format!("{} min", success.len() * 10) };
    let worst = success.iter().copied().fold(1.0, f64::min);
    let step = weakest.and_then(|at| journey.steps.get(at));
    let mut sentence = format!(
        "In the next {span} at least {:.1} % are expected to finish; all steps stay within their limits with {:.0} %",
        100.0 * worst,
        100.0 * all_ok
    );
    if let Some(step) = step.filter(|_| all_ok < 0.9) {
        sentence += &format!(", most likely not {} {}", step.method, step.route);
    }
    sentence
}
