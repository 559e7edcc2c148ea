//! How much traffic wanders beyond what chance alone does: the dispersion of a negative binomial, by moments.
//!
//! `variance = mean + dispersion * mean^2`, so `dispersion = sum((k - m)^2 - m) / sum(m^2)`, slowly forgetting.

use serde::{Deserialize, Serialize};

/// Halves in two days of windows.
const KEEP: f64 = 0.999_759_4; // 2^(-1/2880)
const PRIOR: f64 = 0.02;
/// The evidence that the prior stands for, in squared requests.
const PRIOR_SQUARES: f64 = 500.0;
const CLIP: f64 = 4.0;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispersion {
    /// Windows that are summed up.
    span: u8,
    excess: f32,
    squares: f32,
}

impl Dispersion {
    /// Of sums over so many windows.
    pub(crate) fn over(span: usize) -> Self {
        Self { span: span.min(255) as u8, excess: 0.0, squares: 0.0 }
    }

    pub(crate) fn value(&self) -> f64 {
        let excess = f64::from(self.excess) + PRIOR * PRIOR_SQUARES;
        (excess / (f64::from(self.squares) + PRIOR_SQUARES)).clamp(1e-4, 10.0)
    }

    pub(crate) fn learn(&mut self, count: f64, mean: f64) {
        let keep = KEEP.powi(i32::from(self.span));
        let deviation = (mean + self.value() * mean * mean + 1.0).sqrt();
        let distance = (count - mean).clamp(-CLIP * deviation, CLIP * deviation);
        self.excess = (f64::from(self.excess) * keep + distance * distance - mean) as f32;
        self.squares = (f64::from(self.squares) * keep + mean * mean) as f32;
    }
}
