//! Shares of few failures: beta-binomial around a share that moves (see `dynamic`).
//!
//! `k ~ BetaBinomial(n, p s, (1 - p) s)`. What is forecast is `k / n` at the number of requests that is usual at that
//! time of day, because three of three and three of a thousand are not the same share. Before anything is seen the
//! share is a thousandth, worth fifty requests.

use statrs::function::gamma::ln_gamma;

use crate::discrete::{self, Distribution};
use crate::dynamic::{Dynamic, Events, Family};
use crate::forecast::{Forecast, Method};
use crate::stats::median;

const PRIOR: (f64, f64) = (0.05, 50.0);
const DAYS: usize = 14;

pub(crate) struct BetaBinomial;

impl Family for BetaBinomial {
    const DISPERSIONS: &'static [f64] = &[3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 1e5, 1e6];

    fn log_likelihood(&self, k: f64, n: f64, mean: f64, s: f64) -> f64 {
        let p = mean.clamp(1e-9, 1.0 - 1e-9);
        let (a, b) = (p * s, (1.0 - p) * s);
        ln_gamma(k + a) - ln_gamma(a) + ln_gamma(n - k + b) - ln_gamma(b) + ln_gamma(s) - ln_gamma(n + s)
    }
}

/// `0 <= failed <= total`, zero of zero where unknown, and at least one total is positive.
pub(crate) fn forecast(failed: &[f64], total: &[f64], steps: usize, per_day: usize) -> Forecast {
    let events = Events { counts: failed, exposures: total, per_day, prior: PRIOR };
    let dynamic = Dynamic::learn(&BetaBinomial, events, steps);
    let distribution = |mean: f64, exposure: f64| Distribution::BetaBinomial {
        n: exposure.round().max(1.0),
        p: mean.clamp(1e-9, 1.0 - 1e-9),
        s: dynamic.dispersion,
    };
    discrete::forecast(&dynamic, events, &usual(total, steps, per_day), Method::Rate, &distribution)
}

/// The median of the positive totals of the same time of day; of all of them where there are none.
fn usual(total: &[f64], steps: usize, m: usize) -> Vec<f64> {
    let recent = &total[total.len().saturating_sub(DAYS * m)..];
    let overall = median(&mut recent.iter().copied().filter(|&it| it > 0.0).collect::<Vec<_>>()).max(1.0);
    let by_step: Vec<f64> = (0..steps.min(m))
        .map(|step| {
            let same = recent.iter().rev().skip(m - 1 - step).step_by(m).copied();
            let mut same: Vec<f64> = same.filter(|&it| it > 0.0).collect();
            if same.is_empty() { overall } else { median(&mut same).max(1.0) }
        })
        .collect();
    (0..steps).map(|step| by_step[step % m]).collect()
}
