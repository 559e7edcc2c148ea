//! How much each model counts and what they say together.
//!
//! `E_i` is the mean absolute error over past origins, each origin counting .935 of the next one;
//! `w_i = (E_min / E_i)^(3 K / (K + 6))` for K origins, so that few of them decide little; nothing below .05. The point is a weighted mean after a quarter of the weight is cut off at
//! each end.

use crate::grid::Grid;

const AGING: f64 = 0.935;
const POWER: f64 = 3.0;
const FEW: f64 = 6.0;
const LEAST: f64 = 0.05;
const TRIM: f64 = 0.25;

/// Shares that sum to one; `truth` has a row for each past origin and `NAN` where nothing is known.
pub(crate) fn weigh(predictions: &[&Grid], truth: &Grid) -> Vec<f64> {
    let errors: Vec<f64> = predictions.iter().map(|grid| aged_error(grid, truth) + 1e-12).collect();
    let least = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let power = POWER * truth.rows() as f64 / (truth.rows() as f64 + FEW);
    let mut weights: Vec<f64> = errors.iter().map(|error| (least / error).powf(power)).collect();
    for weight in &mut weights {
        if weight.is_nan() || *weight < LEAST {
            *weight = 0.0;
        }
    }
    normalise(weights)
}

pub(crate) fn equal(models: usize) -> Vec<f64> {
    vec![1.0 / models.max(1) as f64; models]
}

fn normalise(mut weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 || total.is_nan() {
        return equal(weights.len());
    }
    for weight in &mut weights {
        *weight /= total;
    }
    weights
}

fn aged_error(grid: &Grid, truth: &Grid) -> f64 {
    let (mut sum, mut total, mut weight) = (0.0, 0.0, 1.0);
    for origin in (0..truth.rows()).rev() {
        let (mut error, mut count) = (0.0, 0.0_f64);
        for (truth, value) in truth.row(origin).iter().zip(grid.row(origin)) {
            if !truth.is_nan() {
                error += (truth - value).abs();
                count += 1.0;
            }
        }
        sum += weight * error / count.max(1.0);
        total += weight;
        weight *= AGING;
    }
    sum / f64::max(total, f64::MIN_POSITIVE)
}

/// All models together, for every origin.
pub(crate) fn combine(predictions: &[&Grid], weights: &[f64]) -> Grid {
    let Some(first) = predictions.first() else { return Grid::new(0, 0, 0.0) };
    let mut out = Grid::new(first.rows(), first.steps(), 0.0);
    let counted: Vec<usize> = (0..weights.len()).filter(|&model| weights[model] > 0.0).collect();
    let mut sorted: Vec<(f64, f64)> = Vec::with_capacity(counted.len());
    for row in 0..out.rows() {
        for step in 0..out.steps() {
            sorted.clear();
            sorted.extend(counted.iter().map(|&model| (predictions[model].row(row)[step], weights[model])));
            sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            out.row_mut(row)[step] = trimmed_mean(&sorted);
        }
    }
    out
}

/// Pairs of value and weight, by value; the weights sum to one.
fn trimmed_mean(sorted: &[(f64, f64)]) -> f64 {
    let (mut before, mut sum, mut total) = (0.0_f64, 0.0, 0.0);
    for &(value, weight) in sorted {
        let low = before.clamp(TRIM, 1.0 - TRIM);
        before += weight;
        let kept = before.clamp(TRIM, 1.0 - TRIM) - low;
        sum += kept * value;
        total += kept;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sorted: &[(f64, f64)], expected: f64) {
        assert!((trimmed_mean(sorted) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_quarter_is_cut_off_at_each_end() {
        check(&[(1.0, 1.0)], 1.0);
        check(&[(0.0, 0.25), (5.0, 0.5), (900.0, 0.25)], 5.0);
        check(&[(0.0, 0.5), (10.0, 0.5)], 5.0);
    }

    #[test]
    fn the_better_model_counts_more_and_the_worst_nothing() {
        let truth = Grid::new(3, 2, 10.0);
        let at = |value| Grid::new(3, 2, value);
        let (good, fair, bad) = (at(11.0), at(12.0), at(90.0));
        let weights = weigh(&[&good, &fair, &bad], &truth);
        // After three origins the power is one: half the error counts twice.
        let ratio = 2.0;
        assert!((weights[0] - ratio / (1.0 + ratio)).abs() < 1e-9 && weights[2] == 0.0, "{weights:?}");
    }
}
