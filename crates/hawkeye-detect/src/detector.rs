//! One series: what is usual, what the last hour brought, and what is learnt from it.
//!
//! [`Detector::observe`] takes the sums of one window; then [`crate::find`] tests; then [`Detector::learn`] learns what
//! may be learnt. Signals with an open anomaly do not learn.

use hawkeye_model::{Histogram, Rollup, Signal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::baseline::{Baseline, LATENCY_RATE, TRAFFIC_RATE};
use crate::dispersion::Dispersion;
use crate::find::QUANTILES;
use crate::recent::{Counts, Recent, SPANS};
use crate::settings::MinChange;
use crate::share::Share;

/// Added before the root of a count is taken: makes the noise of small counts even (Anscombe 1948).
const ANSCOMBE: f64 = 0.375;

/// Windows of traffic after which the longest sum is one of expected windows.
const LEARN_DISPERSION: u32 = 60;

/// Windows after which an error code is no longer new.
const CODE_AGE: u32 = 60;

/// Requests whose quantiles are learnt together: three lie above the p95.
const BATCH_REQUESTS: u64 = 60;

/// Codes that are new at the same time; more are not told apart.
const NEW_CODES_MAX: usize = 8;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Detector {
    /// Windows learnt from in all.
    pub(crate) windows: u32,
    pub(crate) traffic: Baseline,
    /// By span of [`SPANS`]: what wanders from minute to minute evens out over an hour.
    pub(crate) dispersion: [Dispersion; SPANS.len()],
    /// Windows learnt from in which traffic may have been nothing.
    traffic_windows: u32,
    /// Of the logarithm of the quantiles in microseconds.
    pub(crate) latency: [Baseline; QUANTILES.len()],
    pub(crate) slow: [Share; QUANTILES.len()],
    pub(crate) fast: Share,
    pub(crate) errors: Share,
    pub(crate) client_errors: Share,
    pub(crate) new_codes: Share,
    pub(crate) recent: Recent,
    /// Since the last request.
    pub(crate) silent_windows: u32,
    pub(crate) silent_requests: f64,
    /// Latencies since quantiles were last learnt.
    #[serde(with = "crate::names::histogram")]
    batch: Histogram,
    batch_windows: u32,
    pub(crate) last_quantiles: [f32; QUANTILES.len()],
    /// Server error codes from 500 to 599 that are known, a bit each.
    known_codes: u128,
    /// (code, window in which it was first seen).
    young_codes: Vec<(u16, u32)>,
}

/// Which signals may learn from a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lessons {
    pub(crate) traffic: bool,
    pub(crate) errors: bool,
    pub(crate) client_errors: bool,
    pub(crate) latency: bool,
}

impl Detector {
    pub(crate) fn new() -> Self {
        Self {
            windows: 0,
            traffic: Baseline::new(TRAFFIC_RATE),
            dispersion: SPANS.map(Dispersion::over),
            traffic_windows: 0,
            latency: QUANTILES.map(|_| Baseline::new(LATENCY_RATE)),
            slow: [Share::new(0.3), Share::new(0.03), Share::new(0.01)],
            fast: Share::new(0.05),
            errors: Share::new(0.005),
            client_errors: Share::new(0.02),
            new_codes: Share::new(0.001),
            recent: Recent::new(),
            silent_windows: 0,
            silent_requests: 0.0,
            batch: Histogram::default(),
            batch_windows: 0,
            last_quantiles: [0.0; QUANTILES.len()],
            known_codes: 0,
            young_codes: Vec::new(),
        }
    }

    /// Takes the sums of the window that starts at `at` into account, without learning.
    pub(crate) fn observe(&mut self, at: Timestamp, rollup: &Rollup, least: MinChange) {
        self.traffic.advance(at);
        self.latency.iter_mut().for_each(|baseline| baseline.advance(at));
        let due =
            self.traffic.range_now().map(|(least, most)| (self.requests_of(least), self.requests_of(most)));
        let (due, due_most) = due.unwrap_or_default();
        let milli = |requests: f64| (requests * 1_000.0).min(f64::from(u32::MAX / 64)) as u32;
        let mut counts = Counts {
            requests: clamped(rollup.requests()),
            server_errors: clamped(rollup.server_errors),
            client_errors: clamped(rollup.client_errors),
            expected_milli: milli(self.expected_requests().unwrap_or(0.0)),
            due_milli: milli(due),
            due_most_milli: milli(due_most),
            ..Counts::default()
        };
        counts.new_codes = self.count_new_codes(&rollup.statuses);
        if let Some(limits) = self.slow_limits_us(least) {
            counts.timed = counts.requests;
            counts.slow = limits.map(|limit| clamped(rollup.latency.count_above(limit as u64)));
            let half = self.latency[0].expected_now().map_or(0.0, |usual| f64::from(usual).exp() / 2.0);
            counts.fast = counts.requests.saturating_sub(clamped(rollup.latency.count_above(half as u64)));
        }
        if counts.requests == 0 {
            self.silent_windows = self.silent_windows.saturating_add(1);
            self.silent_requests += due;
        } else {
            (self.silent_windows, self.silent_requests) = (0, 0.0);
        }
        self.recent.push(counts);
    }

    pub(crate) fn learn(&mut self, rollup: &Rollup, lessons: Lessons) {
        let counts = *self.recent.over(1);
        if lessons.traffic {
            self.traffic_windows = self.traffic_windows.wrapping_add(1);
            if self.traffic.learnt() > 2 * LEARN_DISPERSION {
                for (dispersion, (span, sum)) in self.dispersion.iter_mut().zip(self.recent.sums()) {
                    // Each window counts once in every span.
                    if (self.traffic_windows as usize).is_multiple_of(span) {
                        dispersion.learn(f64::from(sum.requests), f64::from(sum.expected_milli) / 1_000.0);
                    }
                }
            }
            let root = root_of(f64::from(counts.requests));
            self.traffic.learn(root, 1);
            self.traffic.remember(root);
        }
        if counts.requests == 0 {
            return;
        }
        self.windows = self.windows.saturating_add(1);
        let n = u64::from(counts.requests);
        if lessons.errors {
            self.errors.learn(counts.server_errors.into(), n);
            self.new_codes.learn(counts.new_codes.into(), n);
            self.age_codes();
        }
        if lessons.client_errors {
            self.client_errors.learn(counts.client_errors.into(), n);
        }
        if lessons.latency && counts.timed > 0 {
            for (share, hits) in self.slow.iter_mut().zip(counts.slow) {
                share.learn(hits.into(), n);
            }
            self.fast.learn(counts.fast.into(), n);
        }
        self.learn_latency(&rollup.latency, lessons.latency);
    }

    /// Quantiles of three requests say nothing, so requests are collected until there are enough.
    fn learn_latency(&mut self, latency: &Histogram, may_learn: bool) {
        self.batch.merge(latency);
        self.batch_windows = self.batch_windows.saturating_add(1);
        let enough = if self.latency[0].learnt() == 0 { BATCH_REQUESTS / 3 } else { BATCH_REQUESTS };
        if self.batch.count() >= enough {
            let windows = self.batch_windows;
            for (baseline, q) in self.latency.iter_mut().zip(QUANTILES) {
                let value = (self.batch.quantile(q).unwrap_or(1.0).max(1.0) as f32).ln();
                if may_learn { baseline.learn(value, windows) } else { baseline.watch(value, windows) }
            }
            self.last_quantiles =
                QUANTILES.map(|q| (self.batch.quantile(q).unwrap_or(1.0).max(1.0) as f32).ln());
            self.forget_batch();
        }
        if may_learn && self.latency[0].learnt() > 0 {
            for (baseline, value) in self.latency.iter_mut().zip(self.last_quantiles) {
                baseline.remember(value);
            }
        }
    }

    /// What was collected belongs to an anomaly.
    pub(crate) fn forget_batch(&mut self) {
        (self.batch, self.batch_windows) = (Histogram::default(), 0);
    }

    /// Requests that are expected in the window in progress; `None` before anything was learnt.
    pub(crate) fn expected_requests(&self) -> Option<f64> {
        self.traffic.expected_now().map(|root| self.requests_of(root))
    }

    /// The mean of counts whose root has this mean: `E[x^2] = mean^2 + variance`.
    pub(crate) fn requests_of(&self, root: f32) -> f64 {
        let (root, deviation) = (f64::from(root).max(0.0), f64::from(self.traffic.deviation()));
        let variance = (deviation * deviation).min(0.25 + 0.1 * root * root);
        (root * root + variance - ANSCOMBE).max(0.0)
    }

    /// From how many microseconds on a request is slow, by quantile; `None` before latencies are known.
    pub(crate) fn slow_limits_us(&self, least: MinChange) -> Option<[f64; QUANTILES.len()]> {
        let mut limits = [0.0; QUANTILES.len()];
        for (limit, baseline) in limits.iter_mut().zip(&self.latency) {
            let usual = f64::from(baseline.expected_now()?).exp();
            *limit = (usual * least.latency_ratio).max(usual + least.latency_ms * 1_000.0);
        }
        Some(limits)
    }

    /// An anomaly is over, or nobody watched: what the last hour brought counts no more.
    pub(crate) fn settle(&mut self, signal: Signal, windows: usize) {
        self.recent.settle(signal, windows);
        if signal == Signal::Traffic {
            (self.silent_windows, self.silent_requests) = (0, 0.0);
        }
    }

    /// How much the sum of so many windows wanders.
    pub(crate) fn dispersion(&self, windows: usize) -> f64 {
        let at = SPANS.iter().position(|span| *span >= windows).unwrap_or(SPANS.len() - 1);
        self.dispersion[at].value()
    }

    /// Takes the last windows, those of the anomaly, for the new normal.
    pub(crate) fn accept(&mut self, lessons: Lessons, windows: usize, latency: &Histogram) {
        let (windows, counts) = self.recent.last(windows);
        let n = u64::from(counts.requests);
        if lessons.errors {
            self.errors.accept(counts.server_errors.into(), n);
            self.young_codes.drain(..).for_each(|(code, _)| self.known_codes |= bit(code));
        }
        if lessons.client_errors {
            self.client_errors.accept(counts.client_errors.into(), n);
        }
        if lessons.latency && latency.count() > 0 {
            for (baseline, q) in self.latency.iter_mut().zip(QUANTILES) {
                let usual = latency.quantile(q).unwrap_or(1.0).max(1.0);
                baseline.accept((usual as f32).ln());
            }
        }
        if lessons.traffic {
            self.traffic.accept(root_of(f64::from(counts.requests) / windows.max(1) as f64));
        }
    }

    fn count_new_codes(&mut self, statuses: &[(u16, u64)]) -> u32 {
        let mut requests = 0;
        for &(code, count) in statuses.iter().filter(|(code, _)| (500..600).contains(code)) {
            if self.known_codes & bit(code) != 0 {
                continue;
            }
            if self.young_codes.iter().all(|(young, _)| *young != code)
                && self.young_codes.len() < NEW_CODES_MAX
            {
                self.young_codes.push((code, self.windows));
            }
            requests += count;
        }
        clamped(requests)
    }

    fn age_codes(&mut self) {
        let windows = self.windows;
        let known = &mut self.known_codes;
        self.young_codes.retain(|&(code, since)| {
            let is_old = windows.saturating_sub(since) >= CODE_AGE;
            *known |= if is_old { bit(code) } else { 0 };
            !is_old
        });
    }

    pub(crate) fn newest_code(&self) -> Option<u16> {
        self.young_codes.last().map(|(code, _)| *code)
    }
}

pub(crate) fn root_of(requests: f64) -> f32 {
    (requests + ANSCOMBE).sqrt() as f32
}

const fn bit(code: u16) -> u128 {
    1 << (code - 500)
}

/// Sums over an hour of windows must fit 32 bits.
fn clamped(number: u64) -> u32 {
    number.min(u64::from(u32::MAX / 64)) as u32
}
