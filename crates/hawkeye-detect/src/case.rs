//! An anomaly while it is open: what it has cost so far, how bad it is, and when it is over.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, Band, CloseReason, Histogram, Measure, Rollup, Series, Severity, Signal,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::course::Course;
use crate::detector::Detector;
use crate::find::{Finding, QUANTILES, Test};
use crate::recent::Counts;
use crate::settings::MinChange;
use crate::watch::{TestReport, WINDOW};
use crate::{names, severity, words};

/// Calm windows in a row that end an anomaly.
const CALM_WINDOWS: u32 = 5;

/// Windows without a request after which there is nothing left to judge.
const GONE_WINDOWS: u32 = 60;

/// Windows after which a steady anomaly is the new normal: three days.
const NEW_NORMAL_WINDOWS: u32 = 3 * 1_440;

/// A spike that lasts this many windows is a level shift.
const SHIFT_WINDOWS: u32 = 60;

/// Requests from which on a quantile of them is evidence: some of them must lie above it.
const QUANTILE_REQUESTS_MIN: [u64; QUANTILES.len()] = [10, 60, 300];

/// Bands reach this many standard deviations from what is expected.
pub(crate) const BAND_DEVIATIONS: f64 = 3.0;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: u64,
    test: Test,
    #[serde(with = "names::kind")]
    pub(crate) kind: AnomalyKind,
    #[serde(with = "names::severity")]
    pub(crate) severity: Severity,
    #[serde(with = "names::measure")]
    pub(crate) measure: Measure,
    pub(crate) onset_us: i64,
    pub(crate) detected_us: i64,
    pub(crate) updated_us: i64,
    pub(crate) observed: f64,
    pub(crate) band: (f64, f64, f64),
    pub(crate) score_peak: f64,
    pub(crate) threshold: f64,
    pub(crate) deployment: Option<(String, i64)>,
    /// Since the onset.
    pub(crate) windows: u32,
    pub(crate) requests: u64,
    pub(crate) hits: u64,
    pub(crate) expected: f64,
    pub(crate) hurt: f64,
    /// An error code that is new here.
    pub(crate) code: Option<u16>,
    /// Of the requests since it was settled.
    #[serde(with = "names::histogram")]
    pub(crate) latency: Histogram,
    calm: u32,
    gone: u32,
    pub(crate) course: Course,
    pub(crate) tests: Vec<TestReport>,
    /// What was last told: severity, harm.
    #[serde(with = "names::severity")]
    told_severity: Severity,
    told_hurt: f64,
    told_windows: u32,
}

/// What a window did to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Unchanged,
    Told,
    Over(CloseReason),
}

/// A finding that crossed the threshold, with all that was seen beside it.
pub(crate) struct Opening<'a> {
    pub(crate) at: Timestamp,
    pub(crate) finding: &'a Finding,
    pub(crate) score: f64,
    pub(crate) threshold: f64,
    pub(crate) tests: Vec<TestReport>,
    pub(crate) course: Course,
    pub(crate) deployment: Option<(String, i64)>,
}

impl Case {
    pub(crate) fn open(series: &Series, detector: &Detector, rollup: &Rollup, opening: Opening<'_>) -> Self {
        let test = opening.finding.test;
        let detected = opening.at.plus(WINDOW);
        let windows = windows_since_onset(detector, test, opening.finding);
        let mut case = Self {
            id: AnomalyId::new(series.id(), test.signal(), detected).0,
            test,
            kind: kind_of(detector, opening.finding),
            severity: Severity::Low,
            measure: Measure::ErrorRate,
            onset_us: opening.at.minus(WINDOW * (windows - 1)).micros(),
            detected_us: detected.micros(),
            updated_us: detected.micros(),
            observed: 0.0,
            band: (0.0, 0.0, 0.0),
            score_peak: opening.score,
            threshold: opening.threshold,
            deployment: opening.deployment,
            windows: 0,
            requests: 0,
            hits: 0,
            expected: 0.0,
            hurt: 0.0,
            code: (test == Test::NewErrorCode).then(|| detector.newest_code()).flatten(),
            latency: Histogram::default(),
            calm: 0,
            gone: 0,
            course: opening.course,
            tests: opening.tests,
            told_severity: Severity::Low,
            told_hurt: 0.0,
            told_windows: 0,
        };
        for back in (0..windows as usize).rev() {
            if let Some(counts) = detector.recent.back(back) {
                case.count(detector, counts);
            }
        }
        case.latency.merge(&rollup.latency);
        case.measure_up(detector);
        case.told();
        case
    }

    /// Another window while the case is open.
    pub(crate) fn follow(
        &mut self,
        detector: &Detector,
        rollup: &Rollup,
        at: Timestamp,
        (score, threshold): (f64, f64),
        least: MinChange,
    ) -> Progress {
        let counts = *detector.recent.over(1);
        self.updated_us = at.plus(WINDOW).micros();
        self.course.push(score, threshold);
        let is_calm = self.is_calm(detector, least);
        self.gone = if counts.requests == 0 { self.gone + 1 } else { 0 };
        self.calm = match is_calm {
            Some(true) => self.calm + 1,
            Some(false) => 0,
            None => self.calm,
        };
        if self.calm >= CALM_WINDOWS {
            return Progress::Over(CloseReason::Recovered);
        }
        if self.signal() != Signal::Traffic && self.gone >= GONE_WINDOWS {
            return Progress::Over(CloseReason::Unwatched);
        }
        if self.windows >= NEW_NORMAL_WINDOWS {
            return Progress::Over(CloseReason::NewNormal);
        }
        if is_calm != Some(true) {
            self.count(detector, &counts);
            if self.latency.count() < 50_000_000 {
                self.latency.merge(&rollup.latency);
            }
            if score > self.score_peak {
                (self.score_peak, self.threshold) = (score, threshold);
            }
            self.measure_up(detector);
        }
        if self.kind == AnomalyKind::LatencySpike && self.windows >= SHIFT_WINDOWS {
            self.kind = AnomalyKind::LatencyShift;
        }
        let is_worse = self.severity > self.told_severity || self.hurt > 1.2 * self.told_hurt + 5.0;
        // Once in ten minutes also when nothing is worse: it is still there.
        if is_worse || self.windows >= self.told_windows + 10 {
            self.told();
            return Progress::Told;
        }
        Progress::Unchanged
    }

    fn told(&mut self) {
        (self.told_severity, self.told_hurt, self.told_windows) = (self.severity, self.hurt, self.windows);
    }

    pub(crate) fn signal(&self) -> Signal {
        self.kind.signal()
    }

    fn count(&mut self, detector: &Detector, counts: &Counts) {
        let (hits, usual) = hits_of(detector, self.test, counts);
        let expected = usual * f64::from(counts.requests);
        self.windows += 1;
        self.requests += u64::from(counts.requests);
        self.hits += u64::from(hits);
        match self.test {
            Test::Drop | Test::Silence => {
                self.expected += counts.due();
                self.hurt = (self.hurt + counts.due() - f64::from(counts.requests)).max(0.0);
            }
            Test::Surge => self.expected += counts.due_most(),
            Test::Fast => self.expected += expected,
            _ => {
                self.expected += expected;
                self.hurt = (self.hurt + f64::from(hits) - expected).max(0.0);
            }
        }
    }

    /// Brings observed, band and severity up to date.
    fn measure_up(&mut self, detector: &Detector) {
        (self.measure, self.observed, self.band) = match self.test {
            Test::Failing | Test::NewErrorCode => self.share(Measure::ErrorRate, detector.errors.mean(), {
                detector.errors.deviation(self.requests.max(1))
            }),
            Test::ClientFailing => {
                let errors = &detector.client_errors;
                self.share(Measure::ClientErrorRate, errors.mean(), errors.deviation(self.requests.max(1)))
            }
            Test::Slow(at) | Test::Drift(at) => self.latency(detector, at),
            Test::Fast => self.latency(detector, 0),
            Test::Drop | Test::Silence | Test::Surge => {
                let windows = f64::from(self.windows.max(1));
                let expected = self.expected / windows;
                let reach = BAND_DEVIATIONS
                    * (expected + detector.dispersion(self.windows as usize) * expected * expected).sqrt();
                let band = ((expected - reach).max(0.0), expected, expected + reach);
                (Measure::RequestsPerMinute, self.requests as f64 / windows, band)
            }
        };
        if self.test == Test::Failing || self.test == Test::NewErrorCode {
            self.observed = self.hits as f64 / self.requests.max(1) as f64;
        }
        let severity = severity::severity(self);
        self.severity = self.severity.max(severity);
    }

    fn share(&self, measure: Measure, mean: f64, deviation: f64) -> (Measure, f64, (f64, f64, f64)) {
        let n = self.requests.max(1) as f64;
        let upper = (mean + BAND_DEVIATIONS * deviation / n).min(1.0);
        (measure, self.hits as f64 / n, (0.0, mean, upper))
    }

    /// The quantile that moved most, of those that the requests can tell; a share of slow requests where they are few.
    fn latency(&self, detector: &Detector, at: usize) -> (Measure, f64, (f64, f64, f64)) {
        let tested = at..=at;
        let told = if matches!(self.test, Test::Slow(_)) { 0..=QUANTILES.len() - 1 } else { tested };
        let moved = told.filter_map(|at| self.quantile(detector, at));
        let ratio = |(_, observed, (_, expected, _)): &(Measure, f64, (f64, f64, f64))| observed / expected;
        moved.max_by(|left, right| ratio(left).total_cmp(&ratio(right))).unwrap_or_else(|| {
            let share = &detector.slow[at];
            self.share(Measure::SlowShare, share.mean(), share.deviation(self.requests.max(1)))
        })
    }

    fn quantile(&self, detector: &Detector, at: usize) -> Option<(Measure, f64, (f64, f64, f64))> {
        if self.latency.count() < QUANTILE_REQUESTS_MIN[at] {
            return None;
        }
        let measure = [Measure::LatencyMsP50, Measure::LatencyMsP95, Measure::LatencyMsP99][at];
        let baseline = &detector.latency[at];
        let is_drift = matches!(self.test, Test::Drift(_));
        let usual = if is_drift { baseline.slow_expected_now() } else { baseline.expected_now() };
        let usual = f64::from(usual?);
        let observed_us = self.latency.quantile(QUANTILES[at])?;
        let reach = BAND_DEVIATIONS * f64::from(baseline.deviation());
        let ms = |log: f64| log.exp() / 1_000.0;
        Some((measure, observed_us / 1_000.0, (ms(usual - reach), ms(usual), ms(usual + reach))))
    }

    /// Whether the last five windows are as usual again; `None` when they do not tell.
    fn is_calm(&self, detector: &Detector, least: MinChange) -> Option<bool> {
        let counts = detector.recent.over(5);
        match self.test {
            Test::Drop | Test::Silence | Test::Surge => {
                let is_surge = self.test == Test::Surge;
                let due = |counts: &Counts| if is_surge { counts.due_most() } else { counts.due() };
                let counts = if due(counts) >= 5.0 { counts } else { detector.recent.over(15) };
                let ratio = f64::from(counts.requests) / due(counts).max(0.5);
                // Half of the way back.
                let border = (least.traffic_ratio + 1.0) / 2.0;
                Some(if is_surge { ratio < 1.0 / border } else { ratio > border })
            }
            Test::Drift(at) => {
                let (distance, _) = detector.latency[at].drift();
                Some(f64::from(distance) < least.latency_ratio.ln() * 0.6)
            }
            test => {
                if counts.requests == 0 {
                    return None;
                }
                let (hits, usual) = hits_of(detector, test, counts);
                let share = f64::from(hits) / f64::from(counts.requests);
                let opened = self.hits as f64 / self.requests.max(1) as f64;
                // A fifth of the way from the usual to what it was, or within what chance does.
                let near = usual + 0.2 * (opened - usual).max(0.0);
                let noise = usual
                    + 2.0 * share_deviation(detector, test, u64::from(counts.requests))
                        / f64::from(counts.requests);
                Some(share <= near.max(noise.min(usual + 0.5 * (opened - usual).max(0.0))))
            }
        }
    }

    pub(crate) fn anomaly(&self, series: &Arc<Series>, closed: Option<CloseReason>) -> Anomaly {
        let (lower, expected, upper) = self.band;
        let updated = Timestamp::from_micros(self.updated_us);
        Anomaly {
            id: AnomalyId(self.id),
            series: Arc::clone(series),
            kind: self.kind,
            severity: self.severity,
            onset: Timestamp::from_micros(self.onset_us),
            detected: Timestamp::from_micros(self.detected_us),
            updated,
            closed: closed.map(|reason| (updated, reason)),
            measure: self.measure,
            observed: self.observed,
            band: Band { lower, expected, upper },
            score_peak: self.score_peak,
            threshold: self.threshold,
            requests: self.requests,
            requests_hurt: self.hurt,
            deployment: self.deployment.as_ref().map(|(version, _)| version.as_str().into()),
            sentence: words::sentence(self, series),
        }
    }

    /// The start of the course of the score.
    pub(crate) fn course_start(&self) -> Timestamp {
        let windows = self.course.points().len() as u32 * self.course.stride();
        Timestamp::from_micros(self.updated_us).minus(WINDOW * windows)
    }

    pub(crate) fn course_step(&self) -> Duration {
        WINDOW * self.course.stride()
    }
}

/// How many of the requests a test counts, and which share is usual.
fn hits_of(detector: &Detector, test: Test, counts: &Counts) -> (u32, f64) {
    match test {
        Test::Failing => (counts.server_errors, detector.errors.mean()),
        Test::NewErrorCode => (counts.new_codes, detector.new_codes.mean()),
        Test::ClientFailing => (counts.client_errors, detector.client_errors.mean()),
        Test::Slow(at) | Test::Drift(at) => (counts.slow[at], detector.slow[at].mean()),
        Test::Fast => (counts.fast, detector.fast.mean()),
        Test::Drop | Test::Silence | Test::Surge => (0, 0.0),
    }
}

fn share_deviation(detector: &Detector, test: Test, n: u64) -> f64 {
    match test {
        Test::Failing => detector.errors.deviation(n),
        Test::NewErrorCode => detector.new_codes.deviation(n),
        Test::ClientFailing => detector.client_errors.deviation(n),
        Test::Slow(at) | Test::Drift(at) => detector.slow[at].deviation(n),
        Test::Fast => detector.fast.deviation(n),
        Test::Drop | Test::Silence | Test::Surge => 0.0,
    }
}

/// How many windows ago it began: where the sum of what is beyond the middle between usual and now is largest.
fn windows_since_onset(detector: &Detector, test: Test, finding: &Finding) -> u32 {
    if let Test::Silence = test {
        return (finding.windows as u32).clamp(1, 60);
    }
    let span = if matches!(test, Test::Drift(_)) { 60 } else { finding.windows.min(60) };
    let (mut sum, mut best, mut windows) = (0.0, 0.0, 1);
    for back in 0..span {
        let Some(counts) = detector.recent.back(back) else { break };
        let due = if test == Test::Surge { counts.due_most() } else { counts.due() };
        sum += match test {
            Test::Drop => {
                due * 0.5 * (1.0 + finding.observed / finding.expected.max(1e-9)) - f64::from(counts.requests)
            }
            Test::Surge => {
                f64::from(counts.requests) - due * 0.5 * (1.0 + finding.observed / finding.expected.max(1e-9))
            }
            _ => {
                let (hits, usual) = hits_of(detector, test, counts);
                let share = f64::from(detector.recent.over(span).requests.max(1));
                let (all, _) = hits_of(detector, test, detector.recent.over(span));
                let middle = (usual + f64::from(all) / share) / 2.0;
                f64::from(hits) - middle * f64::from(counts.requests)
            }
        };
        if sum > best {
            (best, windows) = (sum, back as u32 + 1);
        }
    }
    windows
}

fn kind_of(detector: &Detector, finding: &Finding) -> AnomalyKind {
    match finding.test {
        Test::Failing => {
            let excess = finding.observed - finding.expected;
            if excess >= 0.05 { AnomalyKind::ErrorBurst } else { AnomalyKind::ErrorRise }
        }
        Test::NewErrorCode => AnomalyKind::NewErrorCode,
        Test::ClientFailing => AnomalyKind::ClientErrorRise,
        Test::Drift(_) => AnomalyKind::LatencyDrift,
        Test::Fast => AnomalyKind::PatternChange,
        Test::Slow(0) => AnomalyKind::LatencySpike,
        Test::Slow(_) => {
            // When the middle moved as well, the whole endpoint is slow.
            let counts = detector.recent.over(finding.windows);
            let share = f64::from(counts.slow[0]) / f64::from(counts.timed.max(1));
            if share >= 0.6 { AnomalyKind::LatencySpike } else { AnomalyKind::PatternChange }
        }
        Test::Drop => AnomalyKind::TrafficDrop,
        Test::Silence => AnomalyKind::Silence,
        Test::Surge => AnomalyKind::Surge,
    }
}
