//! What a watcher knows, for those who ask: bands for charts, evidence of an anomaly, why there is none, and what the
//! budget promises.

use std::time::Duration;

use hawkeye_model::{AnomalyId, Band, Measure, SeriesId, Signal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::case::BAND_DEVIATIONS;
use crate::detector::Detector;
use crate::find::{Gates, find};
use crate::watch::{TestReport, WINDOW, Watched, Watcher, report};

/// Latencies are judged after so many windows with requests.
const LEARNING_WINDOWS: u32 = 60;

/// What is usual, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectations {
    pub is_seasonal: bool,
    pub is_learning: bool,
    pub measures: Vec<(Measure, Vec<Option<Band>>)>,
}

/// Why an anomaly is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Microseconds since 1970.
    pub start_us: i64,
    pub step_us: i64,
    pub scores: Vec<f32>,
    pub thresholds: Vec<f32>,
    pub tests: Vec<TestReport>,
    pub is_seasonal: bool,
    pub windows_learnt: u32,
    pub is_learning: bool,
}

/// One test of the last window, and whether it raised an alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    pub signal: Signal,
    pub test: String,
    pub windows: u32,
    pub observed: f64,
    pub expected: f64,
    pub score: f64,
    pub threshold: f64,
    pub passed: bool,
    /// Why it did or did not count.
    pub reason: String,
}

/// The state of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub series_watched: usize,
    pub series_learning: usize,
    pub open: usize,
    pub promised_per_week: f64,
    /// What noise alone is expected to raise, at the thresholds in force.
    pub noise_per_week: f64,
    pub signals: Vec<SignalReport>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignalReport {
    pub signal: Signal,
    pub threshold: f64,
    pub noise_per_week: f64,
    /// Episodes of noise that were counted.
    pub peaks_seen: u64,
}

impl Watcher {
    /// What is usual of a series at `n` steps from `start` on, by what is known now; also for times to come.
    #[must_use]
    pub fn expect(
        &self,
        series: SeriesId,
        start: Timestamp,
        step: Duration,
        n: usize,
    ) -> Option<Expectations> {
        let watched = self.series.get(&series)?;
        let detector = &watched.detector;
        let middles: Vec<Timestamp> = (0..n).map(|at| start.plus(step * at as u32).plus(step / 2)).collect();
        let of = |band: &dyn Fn(Timestamp) -> Option<Band>| middles.iter().map(|&at| band(at)).collect();
        let latency = |quantile: usize, at| detector.latency_band(quantile, at);
        let measures = vec![
            (Measure::RequestsPerMinute, of(&|at| detector.traffic_band(at))),
            (Measure::ErrorRate, of(&|at| detector.error_band(at))),
            (Measure::LatencyMsP50, of(&|at| latency(0, at))),
            (Measure::LatencyMsP95, of(&|at| latency(1, at))),
            (Measure::LatencyMsP99, of(&|at| latency(2, at))),
        ];
        Some(Expectations {
            is_seasonal: detector.traffic.is_seasonal(),
            is_learning: detector.windows < LEARNING_WINDOWS,
            measures,
        })
    }

    /// The evidence of an anomaly that is open, or ended in the last window.
    #[must_use]
    pub fn evidence(&self, id: AnomalyId) -> Option<Evidence> {
        self.series.values().find_map(|watched| {
            let open = watched.tracks.iter().filter_map(|it| it.open.as_deref());
            let case = open.chain(&watched.ended).find(|it| it.id == id.0)?;
            let (scores, thresholds) = case.course.points().iter().copied().unzip();
            Some(Evidence {
                start_us: case.course_start().micros(),
                step_us: case.course_step().as_micros() as i64,
                scores,
                thresholds,
                tests: case.tests.clone(),
                is_seasonal: watched.detector.latency[1].is_seasonal(),
                windows_learnt: watched.detector.windows,
                is_learning: watched.detector.windows < LEARNING_WINDOWS,
            })
        })
    }

    /// What every test saw in the last window, and why it did or did not count.
    #[must_use]
    pub fn explain(&self, series: SeriesId) -> Option<Vec<Gate>> {
        let watched = self.series.get(&series)?;
        let gates = Gates { least: self.settings.min_change, widening: [1.0; Signal::ALL.len()] };
        let mut findings = Vec::new();
        find(&watched.detector, gates, true, true, &mut findings);
        Some(
            findings
                .iter()
                .map(|finding| {
                    let signal = finding.test.signal();
                    let track = &watched.tracks[signal as usize];
                    let threshold = self.threshold(&watched.series, signal, track.offset());
                    let seen = report(finding, track, signal, threshold);
                    let reason = match () {
                        () if track.open.is_some() => "an anomaly is open".into(),
                        () if !seen.note.is_empty() => seen.note,
                        () if seen.score < threshold => "within what chance does at this budget".into(),
                        () => "odd; a second window like it raises the alarm".into(),
                    };
                    Gate {
                        signal,
                        test: seen.name,
                        windows: seen.windows,
                        observed: seen.observed,
                        expected: seen.expected,
                        score: seen.score,
                        threshold,
                        passed: seen.fired,
                        reason,
                    }
                })
                .collect(),
        )
    }

    #[must_use]
    pub fn report(&self) -> Report {
        let rates = self.budget.rates(self.levels.all, self.series.len());
        let signals = Signal::ALL.map(|signal| SignalReport {
            signal,
            threshold: self.levels.all,
            noise_per_week: rates[signal as usize],
            peaks_seen: self.budget.seen(signal),
        });
        let is_learning = |watched: &&Watched| watched.detector.windows < LEARNING_WINDOWS;
        Report {
            series_watched: self.series.len(),
            series_learning: self.series.values().filter(is_learning).count(),
            open: self.open().count(),
            promised_per_week: self.settings.false_alarms_per_week,
            noise_per_week: rates.iter().sum(),
            signals: signals.to_vec(),
        }
    }
}

impl Detector {
    fn latency_band(&self, quantile: usize, at: Timestamp) -> Option<Band> {
        let baseline = &self.latency[quantile];
        let usual = f64::from(baseline.expected_at(at)?);
        let reach = BAND_DEVIATIONS * f64::from(baseline.deviation());
        let ms = |log: f64| log.exp() / 1_000.0;
        Some(Band { lower: ms(usual - reach), expected: ms(usual), upper: ms(usual + reach) })
    }

    /// Requests a minute.
    fn traffic_band(&self, at: Timestamp) -> Option<Band> {
        let root = self.traffic.expected_at(at)?;
        let reach = BAND_DEVIATIONS as f32 * self.traffic.deviation();
        let per_minute = 60.0 / WINDOW.as_secs_f64();
        Some(Band {
            lower: self.requests_of(root - reach) * per_minute,
            expected: self.requests_of(root) * per_minute,
            upper: self.requests_of(root + reach) * per_minute,
        })
    }

    fn error_band(&self, at: Timestamp) -> Option<Band> {
        let requests = self.requests_of(self.traffic.expected_at(at)?).max(1.0);
        let mean = self.errors.mean();
        let reach = BAND_DEVIATIONS * self.errors.deviation(requests as u64) / requests;
        Some(Band { lower: 0.0, expected: mean, upper: (mean + reach).min(1.0) })
    }
}
