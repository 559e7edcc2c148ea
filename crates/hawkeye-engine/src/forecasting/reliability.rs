//! How good published forecasts were: sums of scores by measure, by how far ahead, and by day.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{BreachScoreRow, ForecastKey, ForecastScopeRow, ForecastScore, Place};
use hawkeye_forecast::ForecastMeasure;
use hawkeye_model::{EndpointId, Timestamp};

use super::{Prediction, key, passes};
use crate::engine::Engine;
use crate::error::EngineError;

const DAY: Duration = Duration::from_secs(86_400);
const TENTHS: usize = 10;

/// A record is that of a week.
const LATELY_DAYS: u32 = 7;

/// What forecasts said against what came.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Record {
    /// Values that were compared.
    pub values: u64,
    within_50: f64,
    within_80: f64,
    within_95: f64,
    error: f64,
    error_naive: f64,
    loss: f64,
}

/// Which forecasts; empty lists let everything pass.
#[derive(Debug, Clone, PartialEq)]
pub struct ReliabilityQuery {
    pub from: Timestamp,
    pub to: Timestamp,
    pub places: Vec<Place>,
    pub endpoints: Vec<EndpointId>,
    pub services: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reliability {
    pub all: Record,
    pub measures: BTreeMap<ForecastMeasure, Record>,
    /// By seconds ahead.
    pub leads: BTreeMap<u32, Record>,
    pub days: BTreeMap<Timestamp, Record>,
    pub breaches: Breaches,
}

/// Predicted breaches against breaches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Breaches {
    pub predictions: u64,
    pub breaches: u64,
    squared: f64,
    /// By tenths of the probability: predictions, breaches, summed probability.
    pub tenths: [(u64, u64, f64); TENTHS],
}

impl Record {
    pub(super) fn add(&mut self, score: &ForecastScore) {
        self.values += score.compared;
        self.within_50 += score.within_50;
        self.within_80 += score.within_80;
        self.within_95 += score.within_95;
        self.error += score.error;
        self.error_naive += score.error_naive;
        self.loss += score.loss;
    }

    /// Share of values within the 50, 80 and 95 % intervals.
    #[must_use]
    pub fn coverage(&self) -> [f64; 3] {
        [self.within_50, self.within_80, self.within_95].map(|within| within / self.values.max(1) as f64)
    }

    /// Absolute error over that of repeating the day before.
    #[must_use]
    pub fn error_ratio(&self) -> Option<f64> {
        (self.error_naive > 0.0).then(|| self.error / self.error_naive)
    }

    /// Quantile loss over that of repeating the day before without an interval, which is its absolute error.
    #[must_use]
    pub fn loss_ratio(&self) -> Option<f64> {
        (self.error_naive > 0.0).then(|| self.loss / self.error_naive)
    }
}

impl Breaches {
    fn add(&mut self, row: &BreachScoreRow) {
        self.predictions += row.predictions;
        self.breaches += row.breaches;
        self.squared += row.squared;
        let tenth = &mut self.tenths[usize::from(row.tenth).min(TENTHS - 1)];
        tenth.0 += row.predictions;
        tenth.1 += row.breaches;
        tenth.2 += row.probability;
    }

    /// Mean squared difference of probability and outcome.
    #[must_use]
    pub fn brier(&self) -> Option<f64> {
        (self.predictions > 0).then(|| self.squared / self.predictions as f64)
    }

    /// Mean distance of predicted and observed shares, by predictions.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        let distance = |(_, breaches, probability): &(u64, u64, f64)| (probability - *breaches as f64).abs();
        let sum: f64 = self.tenths.iter().map(distance).sum();
        (self.predictions > 0).then(|| sum / self.predictions as f64)
    }
}

impl Engine {
    /// # Errors
    /// When the catalog cannot answer.
    pub fn forecast_reliability(&self, query: &ReliabilityQuery) -> Result<Reliability, EngineError> {
        let (from, to) = (query.from.floor(DAY), query.to);
        let (scopes, scores, days, breaches) = self.catalog.read(|read| {
            let (leads, days) =
                (read.forecast_scores(from, to, false)?, read.forecast_scores(from, to, true)?);
            Ok((read.forecast_scopes()?, leads, days, read.breach_scores(from, to)?))
        })?;
        let asked: HashSet<Arc<str>> =
            scopes.iter().filter(|scope| query.matches(scope)).map(|scope| Arc::clone(&scope.id)).collect();
        let mut found = Reliability::default();
        for row in scores.iter().filter(|row| asked.contains(&row.key.scope)) {
            let Some(measure) = ForecastMeasure::parse(&row.key.measure) else { continue };
            found.all.add(&row.score);
            found.measures.entry(measure).or_default().add(&row.score);
            found.leads.entry(row.lead_s).or_default().add(&row.score);
        }
        for row in days.iter().filter(|row| asked.contains(&row.key.scope)) {
            found.days.entry(row.day).or_default().add(&row.score);
        }
        breaches.iter().filter(|row| asked.contains(&row.key.scope)).for_each(|row| found.breaches.add(row));
        Ok(found)
    }
}

impl Engine {
    /// How published forecasts of some scopes did lately, in the same order; `None` where none has come due.
    pub(super) fn records_of(&self, keys: &[ForecastKey]) -> Result<Vec<Option<Record>>, EngineError> {
        let now = self.clock.now();
        let days = (0..=LATELY_DAYS).map(|day| now.floor(DAY).minus(day * DAY));
        let days: Vec<Timestamp> = days.collect();
        Ok(self.catalog.read(|read| {
            keys.iter()
                .map(|key| {
                    let mut record = Record::default();
                    for day in &days {
                        record.add(&read.forecast_score(*day, key)?);
                    }
                    Ok(Some(record).filter(|it| it.values > 0))
                })
                .collect()
        })?)
    }

    /// The same of predictions.
    ///
    /// # Errors
    /// When the catalog cannot answer.
    pub fn prediction_records(&self, of: &[Prediction]) -> Result<Vec<Option<Record>>, EngineError> {
        let keys: Vec<ForecastKey> = of.iter().map(|it| key(it.dataset, &it.series, it.measure)).collect();
        self.records_of(&keys)
    }
}

impl ReliabilityQuery {
    fn matches(&self, scope: &ForecastScopeRow) -> bool {
        let asked = (&*self.places, &*self.endpoints, &*self.services);
        passes(asked, &scope.endpoint, &scope.environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_sum_of_days() {
        let mut record = Record::default();
        let day = ForecastScore {
            compared: 10,
            within_50: 5.0,
            within_80: 8.0,
            within_95: 9.0,
            error: 10.0,
            error_naive: 20.0,
            loss: 5.0,
        };
        record.add(&day);
        record.add(&ForecastScore { within_95: 10.0, ..day });
        assert_eq!(record.values, 20);
        assert_eq!(record.coverage(), [0.5, 0.8, 0.95]);
        assert_eq!((record.error_ratio(), record.loss_ratio()), (Some(0.5), Some(0.25)));
    }

    #[test]
    fn breaches_that_come_as_often_as_was_said_are_calibrated() {
        let row = |tenth, predictions, breaches, probability| BreachScoreRow {
            day: Timestamp::from_secs(0),
            key: hawkeye_catalog::ForecastKey { scope: "s".into(), measure: "error_rate".into() },
            horizon_s: 3_600,
            tenth,
            predictions,
            breaches,
            probability,
            squared: 0.0,
        };
        let mut breaches = Breaches::default();
        breaches.add(&row(3, 10, 3, 3.0));
        assert_eq!(breaches.calibration_error(), Some(0.0));
        breaches.add(&row(9, 10, 5, 9.0));
        assert_eq!(breaches.calibration_error(), Some(0.2));
    }
}
