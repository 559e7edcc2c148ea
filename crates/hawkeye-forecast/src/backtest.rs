//! How the forecaster did on the series' own past, and whether that deserves trust.
//!
//! Points are compared from every past origin. Intervals are judged on the later half of the origins, with the errors of
//! the earlier half only: what they were made from would always confirm them.

use crate::conformal::{Past, Spread};
use crate::forecast::{Backtest, LEVELS, Trust};
use crate::score::quantile_loss;
use crate::stats::sorted_quantile;

/// The places in [`LEVELS`] of the central 50, 80 and 95 %.
pub(crate) const CENTRAL: [(usize, usize); 3] = [(4, 10), (2, 12), (0, 14)];
/// About five days of history.
const TRUSTED: usize = 6;
/// Origins that must be judged before intervals are called bad.
const ENOUGH: usize = 3;
const LEAST_COVERAGE: f64 = 0.85;

/// `filled` is the series without gaps; `bands` gives the quantiles of a step from spreads learned from the past.
pub(crate) fn run(
    past: Past<'_>,
    filled: &[f64],
    learn: impl Fn(usize) -> Vec<Spread>,
    band: impl Fn(&[Spread], f64, usize, usize) -> [f64; LEVELS.len()],
) -> Backtest {
    let (m, rows) = (past.per_day, past.truth.rows());
    let judged_from = rows.div_ceil(2);
    let spreads = learn(judged_from);
    let naive_spread = naive_spread(&filled[..past.origins[judged_from]], m);
    let mut result = Backtest {
        origins: rows,
        values: 0,
        coverage: [0.0; 3],
        error: 0.0,
        error_naive: 0.0,
        loss: 0.0,
        loss_naive: 0.0,
    };
    let mut judged = 0.0_f64;
    for row in 0..rows {
        let origin = past.origins[row];
        for (step, (&truth, &point)) in past.truth.row(row).iter().zip(past.points.row(row)).enumerate() {
            if truth.is_nan() {
                continue;
            }
            let naive = filled[origin - m + step % m];
            result.values += 1;
            result.error += (truth - point).abs();
            result.error_naive += (truth - naive).abs();
            if row < judged_from {
                continue;
            }
            judged += 1.0;
            let quantiles = band(&spreads, point, step, origin);
            result.loss += quantile_loss(&quantiles, truth);
            result.loss_naive += quantile_loss(&naive_spread.map(|it| naive + it), truth);
            for (coverage, (low, high)) in result.coverage.iter_mut().zip(CENTRAL) {
                *coverage += f64::from(u8::from(quantiles[low] <= truth && truth <= quantiles[high]));
            }
        }
    }
    let values = (result.values as f64).max(1.0);
    result.error /= values;
    result.error_naive /= values;
    let judged = judged.max(1.0);
    result.loss /= judged;
    result.loss_naive /= judged;
    result.coverage = result.coverage.map(|it| it / judged);
    result
}

/// The quantiles of what repeating the last day got wrong.
fn naive_spread(values: &[f64], m: usize) -> [f64; LEVELS.len()] {
    let mut errors: Vec<f64> = values.iter().zip(values.iter().skip(m)).map(|(was, is)| is - was).collect();
    errors.sort_unstable_by(f64::total_cmp);
    LEVELS.map(|level| sorted_quantile(&errors, level))
}

/// Fewer origins than [`TRUSTED`] prove nothing good.
pub(crate) fn trust(backtest: &Backtest) -> Trust {
    let worse = backtest.error > 1.05 * backtest.error_naive && backtest.loss > backtest.loss_naive;
    let judged = backtest.origins / 2;
    if worse || (judged >= ENOUGH && backtest.coverage[2] < LEAST_COVERAGE) {
        Trust::Poor
    } else if backtest.origins < TRUSTED {
        Trust::Untested
    } else {
        Trust::Good
    }
}
