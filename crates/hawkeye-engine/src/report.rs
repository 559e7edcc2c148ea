//! How detection does: what it watches, what it promised, and what people's verdicts say about it.

use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, Verdict};
use hawkeye_detect::SignalReport;
use hawkeye_model::{Dataset, Severity, Timestamp};
use statrs::distribution::{ContinuousCDF, Gamma};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::verdict::EFFECT;

/// Of 30 days, for the counts of verdicts.
const JUDGED_MAX: usize = 100_000;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub series_watched: usize,
    pub series_learning: usize,
    pub series_max: usize,
    /// Everything before was looked at.
    pub watermark: Option<Timestamp>,
    /// Everything before is in the catalog, in all data sets that have something.
    pub committed: Option<Timestamp>,
    pub lag: Duration,
    pub open: usize,
    pub promised_per_week: f64,
    /// `None` before the first verdict.
    pub measured: Option<Measured>,
    pub confirmed: u64,
    pub false_positive: u64,
    pub unjudged: u64,
    pub signals: Vec<SignalReport>,
}

/// False alarms a week by people's verdicts, with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    pub per_week: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Engine {
    /// # Errors
    /// When the catalog cannot be read.
    pub fn status(&self) -> Result<Status, EngineError> {
        let now = self.clock.now();
        let mut status = Status {
            series_watched: 0,
            series_learning: 0,
            series_max: self.config.series_max,
            watermark: self.watermark(),
            committed: self.committed(),
            lag: self.lag(),
            open: 0,
            promised_per_week: 0.0,
            measured: None,
            confirmed: 0,
            false_positive: 0,
            unjudged: 0,
            signals: Vec::new(),
        };
        for dataset in Dataset::ALL {
            let report = self.watching(dataset).state().watcher.report();
            status.series_watched += report.series_watched;
            status.series_learning += report.series_learning;
            status.open += report.open;
            status.promised_per_week = report.promised_per_week;
            // Of both data sets the one that has seen more tells the thresholds.
            let seen = |signals: &[SignalReport]| signals.iter().map(|it| it.peaks_seen).sum::<u64>();
            if status.signals.is_empty() || seen(&report.signals) > seen(&status.signals) {
                status.signals = report.signals;
            }
        }
        self.count_verdicts(&mut status, now)?;
        Ok(status)
    }

    /// The end of the newest window that was looked at.
    fn watermark(&self) -> Option<Timestamp> {
        let of = |dataset| self.watching(dataset).state().watcher.watermark();
        Dataset::ALL.into_iter().filter_map(of).max()
    }

    fn committed(&self) -> Option<Timestamp> {
        Dataset::ALL.into_iter().filter_map(|dataset| self.watching(dataset).state().committed).min()
    }

    pub(crate) fn lag(&self) -> Duration {
        self.watermark().map_or(Duration::ZERO, |watermark| self.clock.now().since(watermark))
    }

    fn count_verdicts(&self, status: &mut Status, now: Timestamp) -> Result<(), EngineError> {
        let query = AnomalyQuery {
            onset: Some((now.minus(EFFECT), Timestamp::MAX)),
            severities: vec![Severity::Medium, Severity::High, Severity::Critical],
            limit: JUDGED_MAX,
            ..AnomalyQuery::default()
        };
        let count = |verdict: Option<Verdict>| {
            let query = AnomalyQuery { verdicts: vec![verdict], limit: 1, ..query.clone() };
            self.catalog.read(|read| Ok(read.anomalies(&query)?.total))
        };
        status.confirmed = count(Some(Verdict::Confirmed))? + count(Some(Verdict::ExpectedChange))?;
        status.false_positive = count(Some(Verdict::FalsePositive))?;
        status.unjudged = count(None)?;
        let weeks = EFFECT.as_secs_f64() / WEEK.as_secs_f64();
        status.measured = measured(status.confirmed, status.false_positive, status.unjudged, weeks);
        Ok(())
    }
}

/// Those judged false, a week. The interval goes from what chance allows for these alone, to these and all that nobody
/// judged: few verdicts say little, and are not stretched over what they do not cover.
fn measured(confirmed: u64, wrong: u64, unjudged: u64, weeks: f64) -> Option<Measured> {
    if confirmed + wrong == 0 {
        return None;
    }
    let per_week = wrong as f64 / weeks;
    let lower = poisson_bound(wrong as f64, 0.025) / weeks;
    let upper = poisson_bound((wrong + unjudged) as f64 + 1.0, 0.975) / weeks;
    Some(Measured { per_week, lower, upper })
}

/// Garwood's exact bounds of a Poisson mean: the quantile of a gamma distribution with the count as its shape.
fn poisson_bound(shape: f64, quantile: f64) -> f64 {
    match Gamma::new(shape, 1.0) {
        Ok(gamma) => gamma.inverse_cdf(quantile),
        // A count of zero is compatible with any small mean.
        Err(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_measured_before_a_verdict() {
        assert_eq!(measured(0, 0, 7, 4.0), None);
    }

    #[test]
    fn the_interval_is_exact() {
        // Garwood's interval for ten events: 4.80 to 18.39.
        let measured = measured(0, 10, 0, 1.0).expect("judged");
        assert_eq!(measured.per_week, 10.0);
        assert!((measured.lower - 4.795).abs() < 0.01, "{measured:?}");
        assert!((measured.upper - 18.39).abs() < 0.01, "{measured:?}");
    }

    #[test]
    fn what_nobody_judged_widens_it() {
        let measured = measured(5, 0, 10, 1.0).expect("judged");
        assert_eq!((measured.per_week, measured.lower), (0.0, 0.0));
        assert!(measured.upper > 15.0);
    }
}
