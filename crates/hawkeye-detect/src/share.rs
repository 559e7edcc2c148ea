//! What share of a series' requests usually fails, or is slow, and how much that share wanders by itself.
//!
//! Hits and trials are summed with slow forgetting. The wandering is the intra-class correlation `rho` of a
//! beta-binomial, by moments: `sum((k - np)^2 - np(1-p)) / sum(n(n-1)p(1-p))`. Windows far outside teach only up to a
//! limit, so that an incident that nobody has noticed yet hardly moves the baseline.

use serde::{Deserialize, Serialize};

use crate::tail::share_surprise;

/// What was learnt halves its weight in a day of minutes, so that a slow change of habit is followed.
const KEEP: f64 = 0.999_518_8; // 2^(-1/1440)

/// Trials that the prior mean stands for: a new series needs about as many of its own to be believed.
const PRIOR_TRIALS: f64 = 100.0;

/// Before there is evidence, a share is taken to wander by this much (a concentration of about 300).
const PRIOR_RHO: f64 = 0.003;

/// The evidence that the prior wandering stands for, in units of `n(n-1)p(1-p)`.
const PRIOR_PAIRS: f64 = 50.0;

/// Deviations beyond so many standard deviations teach no more than this.
const CLIP: f64 = 4.0;

/// Counts this close to what is expected are not worth an exact test.
const SCREEN: f64 = 2.0;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Share {
    prior: f32,
    hits: f32,
    trials: f32,
    excess: f32,
    pairs: f32,
}

impl Share {
    pub(crate) fn new(prior: f64) -> Self {
        Self { prior: prior as f32, hits: 0.0, trials: 0.0, excess: 0.0, pairs: 0.0 }
    }

    /// The usual share.
    pub(crate) fn mean(&self) -> f64 {
        let prior = f64::from(self.prior) * PRIOR_TRIALS;
        (f64::from(self.hits) + prior) / (f64::from(self.trials) + PRIOR_TRIALS)
    }

    pub(crate) fn rho(&self) -> f64 {
        let rho = (f64::from(self.excess) + PRIOR_RHO * PRIOR_PAIRS) / (f64::from(self.pairs) + PRIOR_PAIRS);
        rho.clamp(1e-5, 0.5)
    }

    /// `a + b` of the predictive Beta: limited by the wandering and by what has been seen.
    fn concentration(&self) -> f64 {
        (1.0 / self.rho() - 1.0).min(f64::from(self.trials) + PRIOR_TRIALS)
    }

    /// The standard deviation of the number of hits among `n`.
    pub(crate) fn deviation(&self, n: u64) -> f64 {
        let (n, mean) = (n as f64, self.mean());
        let dispersion = 1.0 + (n - 1.0).max(0.0) / (self.concentration() + 1.0);
        (n * mean * (1.0 - mean) * dispersion).sqrt()
    }

    /// How surprising so many hits are; 0 when they are not many.
    pub(crate) fn surprise(&self, hits: u64, n: u64) -> f64 {
        let mean = self.mean();
        let excess = hits as f64 - n as f64 * mean;
        if excess <= 0.0 || excess <= SCREEN * self.deviation(n) {
            return 0.0;
        }
        share_surprise(hits, n, mean, self.concentration())
    }

    pub(crate) fn learn(&mut self, hits: u64, n: u64) {
        if n == 0 {
            return;
        }
        let (mean, total, deviation) = (self.mean(), n as f64, self.deviation(n));
        let expected = total * mean;
        let reach = CLIP * (deviation * deviation + 1.0).sqrt();
        let distance = (hits as f64 - expected).clamp(-reach, reach);
        let variance = expected * (1.0 - mean);
        let keep = |sum: f32, new: f64| (f64::from(sum) * KEEP + new) as f32;
        self.hits = keep(self.hits, (expected + distance).max(0.0));
        self.trials = keep(self.trials, total);
        self.excess = keep(self.excess, distance * distance - variance);
        self.pairs = keep(self.pairs, total * (total - 1.0) * mean * (1.0 - mean));
    }

    /// Takes the share of these requests for the usual one from now on.
    pub(crate) fn accept(&mut self, hits: u64, n: u64) {
        if n > 0 {
            let trials = self.trials.max(n as f32);
            self.hits = (hits as f64 / n as f64 * f64::from(trials)) as f32;
            self.trials = trials;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taught(windows: usize, hits: u64, n: u64) -> Share {
        let mut share = Share::new(0.01);
        (0..windows).for_each(|_| share.learn(hits, n));
        share
    }

    #[test]
    fn the_share_is_learnt() {
        assert!((taught(2_000, 2, 100).mean() - 0.02).abs() < 1e-3);
    }

    #[test]
    fn a_single_failure_of_a_quiet_endpoint_is_nothing() {
        assert!(taught(1_000, 0, 3).surprise(1, 3) < 8.0);
    }

    #[test]
    fn a_burst_of_a_quiet_endpoint_is_something() {
        assert!(taught(1_000, 0, 3).surprise(8, 15) > 25.0);
    }

    #[test]
    fn a_wandering_share_surprises_less() {
        let steady = taught(1_000, 5, 100);
        let mut wandering = Share::new(0.01);
        (0..1_000).for_each(|at| wandering.learn(if at % 100 < 10 { 50 } else { 0 }, 100));
        assert!(wandering.rho() > 5.0 * steady.rho(), "{} {}", wandering.rho(), steady.rho());
        assert!(wandering.surprise(40, 100) < steady.surprise(40, 100) / 4.0);
    }

    #[test]
    fn an_incident_hardly_teaches() {
        let mut share = taught(5_000, 1, 1_000);
        (0..5).for_each(|_| share.learn(900, 1_000));
        assert!(share.mean() < 0.01, "{}", share.mean());
    }
}
