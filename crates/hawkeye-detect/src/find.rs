//! The tests: what each of them sees in the last windows, how surprising that is, and whether it is large enough to
//! matter.
//!
//! Every test counts requests, so that three requests a minute weigh as little as they should: failures, requests
//! slower than usual by more than the least change, requests that should have come. Only drift compares levels.

use hawkeye_model::Signal;
use serde::{Deserialize, Serialize};

use crate::detector::Detector;
use crate::recent::Counts;
use crate::settings::MinChange;
use crate::tail::{excess_surprise, shortfall_surprise};

/// Fewer slow requests than this are anecdotes.
const SLOW_REQUESTS_MIN: f64 = 10.0;

/// Client errors are mostly the callers' business: they must be many more before they count.
const CLIENT_ERROR_FACTOR: f64 = 4.0;

/// Missing requests below this prove nothing; a total outage is seen once 20 are missing.
const MISSING_REQUESTS_MIN: f64 = 15.0;

/// What must be left of the traffic is multiplied by this over an hour.
const LONG_DROP_FACTOR: f64 = 0.6;

/// A surge is only worth a line when it is one.
const SURGE_REQUESTS_MIN: f64 = 100.0;

/// A failing share must also be this many times the usual.
const ERROR_RATIO_MIN: f64 = 1.5;

/// Half an hour must be this many standard deviations of half hours away before drift is thought of.
const DRIFT_SCREEN: f64 = 2.0;

/// Drift must be larger by this factor than sudden changes ...
const DRIFT_FACTOR: f64 = 1.4;

/// ... and be seen in at least two batches of requests within the hour.
const DRIFT_REQUESTS_MIN: u32 = 120;

/// Windows of history that each kind of test needs.
const LEARN_ERRORS: u32 = 10;
const LEARN_LATENCY: u32 = 45;
const LEARN_TRAFFIC: u32 = 60;
const LEARN_DRIFT: u32 = 360;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Test {
    Failing,
    NewErrorCode,
    ClientFailing,
    /// Requests slower than the usual p50, p95 or p99: the position in [`QUANTILES`].
    Slow(usize),
    Fast,
    Drift(usize),
    Drop,
    Silence,
    Surge,
}

/// The quantiles whose usual values are known.
pub(crate) const QUANTILES: [f64; 3] = [0.50, 0.95, 0.99];

impl Test {
    pub(crate) const fn signal(self) -> Signal {
        match self {
            Self::Failing | Self::NewErrorCode => Signal::ErrorRate,
            Self::ClientFailing => Signal::ClientErrorRate,
            Self::Slow(_) | Self::Fast | Self::Drift(_) => Signal::Latency,
            Self::Drop | Self::Silence | Self::Surge => Signal::Traffic,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Failing => "share of failed requests",
            Self::NewErrorCode => "new error code",
            Self::ClientFailing => "share of client errors",
            Self::Slow(0) => "share slower than the usual p50",
            Self::Slow(1) => "share slower than the usual p95",
            Self::Slow(_) => "share slower than the usual p99",
            Self::Fast => "share much faster than usual",
            Self::Drift(0) => "drift of p50 over half an hour",
            Self::Drift(_) => "drift of p95 over half an hour",
            Self::Drop => "missing requests",
            Self::Silence => "no request at all",
            Self::Surge => "more requests than usual",
        }
    }
}

/// Why a finding does not count, however surprising.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Learning,
    FewRequests,
    SmallChange,
}

impl Obstacle {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Learning => "still learning what is usual",
            Self::FewRequests => "too few requests to tell",
            Self::SmallChange => "the change is smaller than the least that counts",
        }
    }
}

/// What one test saw over some windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    pub(crate) test: Test,
    pub(crate) windows: usize,
    /// A share, requests a window, or milliseconds.
    pub(crate) observed: f64,
    pub(crate) expected: f64,
    pub(crate) surprise: f64,
    pub(crate) obstacle: Option<Obstacle>,
}

/// How large a change must be, now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gates {
    pub(crate) least: MinChange,
    /// By signal. In maintenance, or right after a deployment, changes must be larger.
    pub(crate) widening: [f64; Signal::ALL.len()],
}

impl Gates {
    fn widening(&self, test: Test) -> f64 {
        self.widening[test.signal() as usize]
    }
}

/// As long as the time of day explains nothing, latencies must change so much more.
const EARLY_WIDENING: f64 = 1.5;

/// Appends what the tests find; quiet tests append nothing unless `all` is asked for.
pub(crate) fn find(
    detector: &Detector,
    gates: Gates,
    is_complete: bool,
    all: bool,
    findings: &mut Vec<Finding>,
) {
    let mut add = |finding: Finding| {
        if all || finding.surprise > 0.0 {
            findings.push(finding);
        }
    };
    for (windows, counts) in detector.recent.sums() {
        if counts.requests > 0 {
            failing(detector, gates, windows, counts, &mut add);
        }
        // Before seasons are known, an hour of morning looks like a change.
        let is_sure = windows <= 15 || detector.latency[1].is_seasonal();
        if counts.timed > 0 && is_sure {
            slow(detector, gates, windows, counts, &mut add);
        }
        if is_complete && (windows <= 15 || detector.traffic.is_seasonal()) {
            traffic(detector, gates, windows, counts, &mut add);
        }
    }
    for quantile in 0..2 {
        drift(detector, gates, quantile, &mut add);
    }
    if is_complete {
        silence(detector, &mut add);
    }
}

fn failing(
    detector: &Detector,
    gates: Gates,
    windows: usize,
    counts: &Counts,
    add: &mut impl FnMut(Finding),
) {
    let n = counts.requests;
    let least = gates.least;
    let gate = |test: Test, hits: u32, mean: f64, factor: f64| {
        let widening = gates.widening(test);
        let (share, excess) = (f64::from(hits) / f64::from(n), f64::from(hits) - f64::from(n) * mean);
        let is_large = share - mean >= least.error_share * factor * widening
            && share >= mean * ERROR_RATIO_MIN * widening;
        let is_enough = excess >= least.error_requests * factor * widening;
        let needed = if test == Test::NewErrorCode { LEARN_LATENCY } else { LEARN_ERRORS };
        let learning = (detector.windows < needed).then_some(Obstacle::Learning);
        learning
            .or((!is_enough).then_some(Obstacle::FewRequests))
            .or((!is_large).then_some(Obstacle::SmallChange))
    };
    let mut share = |test, hits: u32, surprise, mean, factor| {
        let observed = f64::from(hits) / f64::from(n);
        add(Finding {
            test,
            windows,
            observed,
            expected: mean,
            surprise,
            obstacle: gate(test, hits, mean, factor),
        });
    };
    let errors = &detector.errors;
    let surprise = errors.surprise(counts.server_errors.into(), n.into());
    share(Test::Failing, counts.server_errors, surprise, errors.mean(), 1.0);
    if windows <= 15 {
        let surprise = detector.new_codes.surprise(counts.new_codes.into(), n.into());
        share(Test::NewErrorCode, counts.new_codes, surprise, detector.new_codes.mean(), 1.0);
    }
    let errors = &detector.client_errors;
    let surprise = errors.surprise(counts.client_errors.into(), n.into());
    share(Test::ClientFailing, counts.client_errors, surprise, errors.mean(), CLIENT_ERROR_FACTOR);
}

fn slow(detector: &Detector, gates: Gates, windows: usize, counts: &Counts, add: &mut impl FnMut(Finding)) {
    let n = counts.timed;
    let early = if detector.latency[1].is_seasonal() { 1.0 } else { EARLY_WIDENING };
    let shares = [
        (Test::Slow(0), counts.slow[0], &detector.slow[0]),
        (Test::Slow(1), counts.slow[1], &detector.slow[1]),
        (Test::Slow(2), counts.slow[2], &detector.slow[2]),
        (Test::Fast, counts.fast, &detector.fast),
    ];
    for (test, hits, usual) in shares {
        let surprise = usual.surprise(hits.into(), n.into());
        let (share, mean) = (f64::from(hits) / f64::from(n), usual.mean());
        let is_enough = f64::from(hits) - f64::from(n) * mean >= SLOW_REQUESTS_MIN;
        // The limit that makes a request slow contains the least change; its share must still be felt.
        let is_large =
            share - mean >= [0.25, 0.06, 0.03, 0.30][position(test)] * gates.widening(test) * early;
        let obstacle = (detector.latency[1].learnt() < LEARN_LATENCY)
            .then_some(Obstacle::Learning)
            .or((!is_enough).then_some(Obstacle::FewRequests))
            .or((!is_large).then_some(Obstacle::SmallChange));
        add(Finding { test, windows, observed: share, expected: mean, surprise, obstacle });
    }
}

const fn position(test: Test) -> usize {
    match test {
        Test::Slow(quantile) => quantile,
        _ => 3,
    }
}

fn drift(detector: &Detector, gates: Gates, quantile: usize, add: &mut impl FnMut(Finding)) {
    let baseline = &detector.latency[quantile];
    let Some(usual) = baseline.slow_expected_now() else { return };
    let (distance, deviations) = baseline.drift();
    let (distance, deviations) = (f64::from(distance), f64::from(deviations));
    let surprise = if deviations > DRIFT_SCREEN { student_surprise(deviations) } else { 0.0 };
    let expected = f64::from(usual).exp() / 1_000.0;
    let observed = expected * distance.exp();
    // Both the half hour and its end must be far away; being slow to see, drift must be the larger to be worth it.
    let latest = f64::from(detector.last_quantiles[quantile]).exp() / 1_000.0;
    let ratio =
        1.0 + DRIFT_FACTOR * (gates.least.latency_ratio - 1.0) * gates.widening(Test::Drift(quantile));
    let seen = observed.min(latest);
    let is_large = seen >= expected * ratio && seen - expected >= gates.least.latency_ms;
    let is_enough = detector.recent.over(60).timed >= DRIFT_REQUESTS_MIN;
    let obstacle = (!baseline.is_seasonal() || baseline.slow_learnt() < LEARN_DRIFT)
        .then_some(Obstacle::Learning)
        .or((!is_large).then_some(Obstacle::SmallChange))
        .or((!is_enough).then_some(Obstacle::FewRequests));
    add(Finding { test: Test::Drift(quantile), windows: 30, observed, expected, surprise, obstacle });
}

/// About `-ln` of the upper tail of Student's distribution with 30 degrees of freedom: half hours are few, so their
/// deviation is not known well.
fn student_surprise(t: f64) -> f64 {
    15.5 * (t * t / 30.0).ln_1p()
}

fn traffic(
    detector: &Detector,
    gates: Gates,
    windows: usize,
    counts: &Counts,
    add: &mut impl FnMut(Finding),
) {
    let count = f64::from(counts.requests);
    let dispersion = detector.dispersion(windows);
    let deviation = |due: f64| (due + dispersion * due * due).sqrt();
    let learning = (detector.traffic.learnt() < LEARN_TRAFFIC).then_some(Obstacle::Learning);
    // Over an hour the end of a busy day looks like a loss, so more must be missing.
    let long = if windows > 15 { LONG_DROP_FACTOR } else { 1.0 };
    let ratio = gates.least.traffic_ratio * long / gates.widening(Test::Drop);
    let mut found = |test, due: f64, surprise, is_enough: bool, is_large: bool| {
        let obstacle = learning
            .or((!is_enough).then_some(Obstacle::FewRequests))
            .or((!is_large).then_some(Obstacle::SmallChange));
        let per_window = |number: f64| number / windows as f64;
        let (observed, expected) = (per_window(count), per_window(due));
        add(Finding { test, windows, observed, expected, surprise, obstacle });
    };
    let (due, due_most) = (counts.due(), counts.due_most());
    if count < due - 2.0 * deviation(due) {
        let surprise = shortfall_surprise(counts.requests.into(), due, dispersion);
        found(Test::Drop, due, surprise, due - count >= MISSING_REQUESTS_MIN, count <= due * ratio);
    } else if due_most > 0.0 && count > due_most + 2.0 * deviation(due_most) {
        let surprise = excess_surprise(counts.requests.into(), due_most, dispersion);
        let is_enough = count - due_most >= SURGE_REQUESTS_MIN;
        found(Test::Surge, due_most, surprise, is_enough, count * ratio >= due_most);
    }
}

/// The time since the last request has no fixed length: a quiet series needs hours to be missed.
fn silence(detector: &Detector, add: &mut impl FnMut(Finding)) {
    let missing = detector.silent_requests;
    if detector.silent_windows == 0 || missing <= 0.0 {
        return;
    }
    let surprise = shortfall_surprise(0, missing, detector.dispersion(detector.silent_windows as usize));
    let obstacle = (detector.traffic.learnt() < LEARN_TRAFFIC)
        .then_some(Obstacle::Learning)
        .or((missing < MISSING_REQUESTS_MIN).then_some(Obstacle::FewRequests));
    let windows = detector.silent_windows as usize;
    let expected = missing / windows as f64;
    add(Finding { test: Test::Silence, windows, observed: 0.0, expected, surprise, obstacle });
}
