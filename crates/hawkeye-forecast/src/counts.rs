//! Counts that are mostly zero: negative binomial around a mean that moves (see `dynamic`).
//!
//! `P(y) = C(y + r - 1, y) (r / (r + mu))^r (mu / (r + mu))^y`. Croston's method and Poisson intervals were measured
//! and are unsound here; the ensemble's band degenerates to nothing.

use statrs::function::gamma::ln_gamma;

use crate::discrete::{self, Distribution};
use crate::dynamic::{Dynamic, Events, Family};
use crate::forecast::{Forecast, Method};

pub(crate) struct NegativeBinomial;

impl Family for NegativeBinomial {
    const DISPERSIONS: &'static [f64] = &[0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0, 40.0, 200.0, 1000.0];

    fn log_likelihood(&self, count: f64, exposure: f64, mean: f64, r: f64) -> f64 {
        let mu = (mean * exposure).max(1e-12);
        ln_gamma(count + r) - ln_gamma(r) - ln_gamma(count + 1.0)
            + r * (r / (r + mu)).ln()
            + count * (mu / (r + mu)).ln()
    }
}

/// `counts` are not negative, `NAN` where unknown, and at least one is known.
pub(crate) fn forecast(counts: &[f64], steps: usize, per_day: usize) -> Forecast {
    let exposures: Vec<f64> = counts.iter().map(|it| f64::from(u8::from(!it.is_nan()))).collect();
    let known: Vec<f64> = counts.iter().map(|it| if it.is_nan() { 0.0 } else { *it }).collect();
    let events = Events { counts: &known, exposures: &exposures, per_day, prior: (0.5, per_day as f64) };
    let dynamic = Dynamic::learn(&NegativeBinomial, events, steps);
    let distribution = |mean: f64, _: f64| Distribution::NegativeBinomial { mean, r: dynamic.dispersion };
    discrete::forecast(&dynamic, events, &vec![1.0; steps], Method::Counts, &distribution)
}
