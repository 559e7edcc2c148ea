//! Each full hour: forecasts are compared with what came, the intervals learn from it, and new ones are published.
//!
//! Of a forecast the steps in [`LEADS`] are kept, as they were shown and as they were before the correction. How far the
//! scoring has come is in the same transaction, so nothing is scored twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{BreachScoreRow, ForecastKey, ForecastScopeRow, ForecastScore, ForecastScoreRow};
use hawkeye_forecast::{Correction, ForecastMeasure, LEVELS, Objective, Threshold, score};
use hawkeye_model::{Dataset, Endpoint, SeriesId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::history::{History, STEP};
use super::limit::{Limit, limits_of};
use super::read::CORRECTION_WINDOW;
use super::round::odds_of;
use super::{HORIZON_STEPS, Past, Pasts, key, scope_id};
use crate::engine::Engine;
use crate::error::EngineError;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Which steps ahead are kept: one, two, three, six, twelve and twenty-four hours.
pub(super) const LEADS: [usize; 6] = [6, 12, 18, 36, 72, HORIZON_STEPS];

/// Horizons of predicted breaches that are scored.
const BREACH_STEPS: [usize; 3] = [6, 36, HORIZON_STEPS];

/// Hours that are caught up on.
const HOURS_BACK_MAX: u32 = 48;

/// Forecasts that catching up may cost: some minutes of one core, after the newest ones are there.
const CATCH_UP_FORECASTS_MAX: usize = 40_000;

/// No forecast is scored that was made from less.
const PAST_STEPS_MIN: usize = 144;

type Row = [f32; LEVELS.len()];

/// What is kept of a published forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    leads: Vec<KeptLead>,
    breaches: Vec<KeptBreach>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptLead {
    steps: u16,
    point: f32,
    raw: Row,
    shown: Row,
}

/// Not there when the limit was crossed already: that is no prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptBreach {
    value: f64,
    is_above: bool,
    run: u16,
    /// By [`BREACH_STEPS`]; `NAN` where the run is longer than the horizon.
    probabilities: [f32; BREACH_STEPS.len()],
}

/// What an hour changes in the catalog.
#[derive(Debug, Default)]
struct Hour {
    scores: Vec<ForecastScoreRow>,
    breaches: Vec<BreachScoreRow>,
    corrected: Vec<ForecastKey>,
    published: Vec<(ForecastKey, Vec<u8>)>,
}

impl Engine {
    /// All full hours since the last one that was scored. Returns what the intervals have learnt by then.
    pub(super) fn publish(
        &self,
        dataset: Dataset,
        mut pasts: Pasts,
        until: Timestamp,
        generation: u64,
        stopped: &watch::Receiver<bool>,
    ) -> Result<HashMap<ForecastKey, Correction>, EngineError> {
        let last = until.floor(HOUR);
        let objectives = self.forecasting.documents().objectives();
        let scored = self.catalog.read(|read| read.forecast_progress(dataset))?;
        let forecasts = pasts.scopes.len() * ForecastMeasure::ALL.len();
        let affordable = CATCH_UP_FORECASTS_MAX / forecasts.max(1);
        let back = HOURS_BACK_MAX.min(u32::try_from(affordable).unwrap_or(HOURS_BACK_MAX)).max(1);
        let mut hour = scored.unwrap_or(Timestamp::MIN).max(last.minus(HOUR * back));
        while hour < last && !*stopped.borrow() {
            hour = hour.plus(HOUR);
            let Some(changes) = self.hour(dataset, &mut pasts, hour, &objectives, stopped)? else { break };
            self.write_hour(dataset, &pasts, hour, generation, &changes)?;
        }
        Ok(pasts.corrections)
    }

    fn hour(
        &self,
        dataset: Dataset,
        pasts: &mut Pasts,
        hour: Timestamp,
        objectives: &[Objective],
        stopped: &watch::Receiver<bool>,
    ) -> Result<Option<Hour>, EngineError> {
        let mut changes = Hour::default();
        let ids: HashMap<Arc<str>, SeriesId> =
            pasts.scopes.iter().map(|(id, past)| (scope_id(dataset, &past.series), *id)).collect();
        for lead in LEADS {
            let made = hour.minus(STEP * u32::try_from(lead).unwrap_or(0));
            for (key, body) in self.catalog.read(|read| read.forecasts_made(dataset, made))? {
                let Ok(kept) = postcard::from_bytes::<Kept>(&body) else { continue };
                if let Some(id) = ids.get(&key.scope) {
                    score_kept(pasts, *id, &key, &kept, lead, hour, &mut changes);
                }
            }
        }
        changes.corrected.sort_unstable();
        changes.corrected.dedup();
        for past in pasts.scopes.values() {
            if *stopped.borrow() {
                return Ok(None);
            }
            let steps = past.history.until(hour);
            if steps < PAST_STEPS_MIN {
                continue;
            }
            for measure in ForecastMeasure::ALL {
                let limits = limits_of(objectives, &past.series, measure, &past.history, steps);
                let kept = keep(pasts, dataset, past, measure, steps, &limits);
                if let Ok(body) = postcard::to_allocvec(&kept) {
                    changes.published.push((key(dataset, &past.series, measure), body));
                }
            }
        }
        Ok(Some(changes))
    }

    fn write_hour(
        &self,
        dataset: Dataset,
        pasts: &Pasts,
        hour: Timestamp,
        generation: u64,
        changes: &Hour,
    ) -> Result<(), EngineError> {
        let oldest = hour.minus(STEP * HORIZON_STEPS as u32);
        let retained = hour.minus(self.forecasting.config.score_retention).floor(DAY);
        self.catalog.write(|write| {
            // The data set was removed meanwhile: nothing of it may come back.
            if self.forecasting.state(dataset).generation != generation {
                return Ok(());
            }
            for past in pasts.scopes.values() {
                let Endpoint { service, method, route } = past.series.endpoint().clone();
                write.put_forecast_scope(&ForecastScopeRow {
                    id: scope_id(dataset, &past.series),
                    dataset,
                    endpoint: Endpoint { service, method, route },
                    environment: past.series.environment().clone(),
                })?;
            }
            changes.scores.iter().try_for_each(|row| write.add_forecast_score(row))?;
            changes.breaches.iter().try_for_each(|row| write.add_breach_score(row))?;
            for key in &changes.corrected {
                if let Some(correction) = pasts.corrections.get(key) {
                    write.put_forecast_correction(key, &encode_correction(correction))?;
                }
            }
            for (key, body) in &changes.published {
                write.put_forecast(hour, key, body)?;
            }
            write.retain_forecasts(dataset, oldest, retained)?;
            if hour == hour.floor(DAY) {
                write.prune_forecast_scopes(dataset)?;
            }
            write.put_forecast_progress(dataset, hour)
        })?;
        Ok(())
    }
}

/// A forecast as it is published.
fn keep(
    pasts: &Pasts,
    dataset: Dataset,
    past: &Past,
    measure: ForecastMeasure,
    steps: usize,
    limits: &[Limit],
) -> Kept {
    let raw = past.history.forecast(measure, steps, HORIZON_STEPS);
    let mut shown = raw.clone();
    pasts.correct(dataset, &past.series, measure, &mut shown);
    let leads = LEADS.iter().filter(|lead| **lead <= shown.steps()).map(|&lead| KeptLead {
        steps: u16::try_from(lead).unwrap_or(u16::MAX),
        point: shown.points[lead - 1] as f32,
        raw: raw.quantiles[lead - 1].map(|it| it as f32),
        shown: shown.quantiles[lead - 1].map(|it| it as f32),
    });
    let values = past.history.values(measure, steps);
    let breaches = limits.iter().filter(|limit| !limit.is_crossed(&values)).map(|limit| {
        let odds = odds_of(&shown, past, measure, steps, limit).breach;
        // A run that is over by then has begun so much earlier.
        let at = |steps: usize| {
            let begun = steps.checked_sub(limit.run);
            begun.and_then(|begun| odds.by_step.get(begun)).map_or(f32::NAN, |it| *it as f32)
        };
        KeptBreach {
            value: limit.value,
            is_above: limit.is == hawkeye_forecast::Beyond::Above,
            run: u16::try_from(limit.run).unwrap_or(u16::MAX),
            probabilities: BREACH_STEPS.map(at),
        }
    });
    Kept { leads: leads.collect(), breaches: breaches.collect() }
}

/// Compares what a forecast said about the step that ends now.
fn score_kept(
    pasts: &mut Pasts,
    id: SeriesId,
    key: &ForecastKey,
    kept: &Kept,
    lead: usize,
    hour: Timestamp,
    changes: &mut Hour,
) {
    let Some(measure) = ForecastMeasure::parse(&key.measure) else { return };
    let Some(past) = pasts.scopes.get(&id) else { return };
    let steps = past.history.until(hour);
    if past.history.at(steps) != hour {
        return;
    }
    let values = past.history.values(measure, steps);
    let day = hour.minus(STEP).floor(DAY);
    let lead_s = u32::try_from(lead as u64 * STEP.as_secs()).unwrap_or(u32::MAX);
    for breach in &kept.breaches {
        score_breach(breach, &values, lead, (day, key, lead_s), changes);
    }
    let Some(&actual) = values.last().filter(|it| it.is_finite()) else { return };
    let Some(of_lead) = kept.leads.iter().find(|it| usize::from(it.steps) == lead) else { return };
    let wide = |row: &Row| row.map(f64::from);
    let (raw, shown) = (wide(&of_lead.raw), wide(&of_lead.shown));
    let naive = yesterday(&past.history, &values);
    if let Some(naive) = naive {
        changes.scores.push(ForecastScoreRow {
            day,
            key: key.clone(),
            lead_s,
            score: ForecastScore {
                compared: 1,
                within_50: score::held(&shown, actual, 0.5),
                within_80: score::held(&shown, actual, 0.8),
                within_95: score::held(&shown, actual, 0.95),
                error: (f64::from(of_lead.point) - actual).abs(),
                error_naive: (naive - actual).abs(),
                loss: score::quantile_loss(&shown, actual),
            },
        });
    }
    let correction =
        pasts.corrections.entry(key.clone()).or_insert_with(|| Correction::new(CORRECTION_WINDOW));
    correction.observe(&raw, f64::from(of_lead.point), actual);
    changes.corrected.push(key.clone());
}

/// The newest value a day ago.
fn yesterday(history: &History, values: &[f64]) -> Option<f64> {
    let place = values.len().checked_sub(1 + history.per_day())?;
    Some(values[place]).filter(|it| it.is_finite())
}

fn score_breach(
    breach: &KeptBreach,
    values: &[f64],
    lead: usize,
    (day, key, horizon_s): (Timestamp, &ForecastKey, u32),
    changes: &mut Hour,
) {
    let Some(at) = BREACH_STEPS.iter().position(|steps| *steps == lead) else { return };
    let Some(since) = values.len().checked_sub(lead) else { return };
    let window = &values[since..];
    // What nobody saw can neither be a breach nor none.
    if window.iter().filter(|it| it.is_finite()).count() * 2 < window.len() {
        return;
    }
    let side = if breach.is_above { hawkeye_forecast::Side::Above } else { hawkeye_forecast::Side::Below };
    let threshold = Threshold { value: breach.value, side, run: usize::from(breach.run) };
    let happened = threshold.first_run(window).is_some();
    let probability = f64::from(breach.probabilities[at]);
    if probability.is_nan() {
        return;
    }
    changes.breaches.push(BreachScoreRow {
        day,
        key: key.clone(),
        horizon_s,
        tenth: ((probability * 10.0) as u8).min(9),
        predictions: 1,
        breaches: u64::from(happened),
        probability,
        squared: (probability - f64::from(u8::from(happened))).powi(2),
    });
}

pub(super) fn encode_correction(correction: &Correction) -> Vec<u8> {
    postcard::to_allocvec(&correction.widths()).unwrap_or_default()
}

pub(super) fn decode_correction(body: &[u8]) -> Option<Correction> {
    postcard::from_bytes(body).ok().map(|widths| Correction::from_widths(CORRECTION_WINDOW, widths))
}
