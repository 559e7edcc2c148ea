//! How much traffic wanders beyond what chance alone does: the dispersion of a negative binomial, by moments.
//!
//! `variance = mean + dispersion * mean^2`, so `dispersion = sum((k - m)^2 - m) / sum(m^2)`, slowly forgetting.

use serde::{Deserialize, Serialize};

const KEEP: f64 = 0.999_518_8; // Halves in a day of minutes.
const PRIOR: f64 = 0.02;
/// The evidence that the prior stands for, in squared requests.
const PRIOR_SQUARES: f64 = 500.0;
const CLIP: f64 = 4.0;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Dispersion {
    excess: f32,
    squares: f32,
}

impl Dispersion {
    pub(crate) fn value(&self) -> f64 {
        let excess = f64::from(self.excess) + PRIOR * PRIOR_SQUARES;
        (excess / (f64::from(self.squares) + PRIOR_SQUARES)).clamp(1e-4, 10.0)
    }

    pub(crate) fn learn(&mut self, count: f64, mean: f64) {
        let deviation = (mean + self.value() * mean * mean + 1.0).sqrt();
        let distance = (count - mean).clamp(-CLIP * deviation, CLIP * deviation);
        self.excess = (f64::from(self.excess) * KEEP + distance * distance - mean) as f32;
        self.squares = (f64::from(self.squares) * KEEP + mean * mean) as f32;
    }
}
