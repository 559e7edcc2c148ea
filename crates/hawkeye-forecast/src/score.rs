//! What forecasts are measured by.

use crate::forecast::LEVELS;

/// The mean over [`LEVELS`] of `2 (y - q) (level - 1{y < q})`: an approximation of the continuous ranked probability
/// score.
#[must_use]
pub fn quantile_loss(quantiles: &[f64; LEVELS.len()], actual: f64) -> f64 {
    let losses = quantiles.iter().zip(LEVELS).map(|(quantile, level)| {
        let above = actual - quantile;
        2.0 * if above < 0.0 { (level - 1.0) * above } else { level * above }
    });
    losses.sum::<f64>() / LEVELS.len() as f64
}
