//! Intervals from the errors of a backtest, in one scale.
//!
//! An error is divided by the usual error so many steps ahead (`sigma_s`, never falling with s) and by that of the time
//! of day (`phi_q`, drawn to one by half a phase's weight); what is left, `u`, is pooled. A quantile is
//! `f^-1(f(point) + Q_q sigma_s phi_q)`, with `Q` the weighted quantiles of `u`, widened by Student's t for few origins
//! and by youth, the tails most.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::forecast::LEVELS;
use crate::grid::Grid;
use crate::stats::{interpolate, mean};
use crate::transform::Transform;

const AGING: f64 = 0.97;
/// Share of a day on each side over which the error of a step is averaged.
const SMOOTHING: f64 = 1.0 / 6.0;
const PHASE_PRIOR: f64 = 0.5;
const LEAST_PHASE: f64 = 0.05;
/// Degrees of freedom beyond the number of independent windows.
const DEGREES: f64 = 0.5;
/// How much more youth widens what lies outside the central 80 %.
const TAIL: f64 = 1.5;
/// The quantiles within: pooling makes them a little too wide, 82 % of what came lay within 80 %.
const CENTRAL: f64 = 0.98;

/// A backtest: predictions and what came true (`NAN` where unknown), a row for each origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past<'a> {
    pub(crate) points: &'a Grid,
    pub(crate) truth: &'a Grid,
    pub(crate) origins: &'a [usize],
    pub(crate) stride: usize,
    pub(crate) per_day: usize,
}

/// The spread of errors in one scale.
#[derive(Debug, Clone)]
pub(crate) struct Spread {
    transform: Transform,
    by_step: Vec<f64>,
    by_phase: Vec<f64>,
    quantiles: [f64; LEVELS.len()],
    /// Standardised errors, a row for each origin.
    pub(crate) errors: Grid,
    weights: Vec<f64>,
}

impl Spread {
    /// From the first `rows` origins. `youth` is how much wider than usual intervals are.
    pub(crate) fn learn(past: Past<'_>, rows: usize, transform: Transform, youth: f64) -> Self {
        let (steps, m) = (past.truth.steps(), past.per_day);
        let mut errors = Grid::new(rows, steps, f64::NAN);
        let weights: Vec<f64> = (0..rows).map(|row| AGING.powi((rows - 1 - row) as i32)).collect();
        let mut size = 0.0;
        for row in 0..rows {
            for step in 0..steps {
                let point = transform.there(past.points.row(row)[step]);
                size += point.abs();
                errors.row_mut(row)[step] = transform.there(past.truth.row(row)[step]) - point;
            }
        }
        let least = 1e-9 * (1.0 + size / (rows * steps).max(1) as f64);
        let by_step = by_step(&errors, &weights, m, least);
        for row in 0..rows {
            for (error, sigma) in errors.row_mut(row).iter_mut().zip(&by_step) {
                *error /= sigma;
            }
        }
        let by_phase = by_phase(&errors, &weights, &past.origins[..rows], m);
        for row in 0..rows {
            for (step, error) in errors.row_mut(row).iter_mut().enumerate() {
                *error /= by_phase[(past.origins[row] + step) % m];
            }
        }
        let mut pool: Vec<(f64, f64)> = Vec::with_capacity(rows * steps);
        for (row, weight) in weights.iter().enumerate() {
            pool.extend(errors.row(row).iter().filter(|it| !it.is_nan()).map(|&it| (it, *weight)));
        }
        let windows = (rows * past.stride) as f64 / steps.max(1) as f64;
        let factors = student_factors(windows.max(2.0) + DEGREES);
        let pooled = weighted_quantiles(&mut pool);
        let quantiles = std::array::from_fn(|level| {
            let outer = LEVELS[level].min(1.0 - LEVELS[level]) < 0.09;
            let widening = if outer { 1.0 + youth * TAIL } else { CENTRAL * (1.0 + youth) };
            pooled[level] * factors[level] * widening
        });
        Self { transform, by_step, by_phase, quantiles, errors, weights }
    }

    pub(crate) fn transform(&self) -> Transform {
        self.transform
    }

    /// The quantiles of a step in the unit of the series, not yet sorted.
    pub(crate) fn around(&self, point: f64, step: usize, origin: usize) -> [f64; LEVELS.len()] {
        let factor = self.by_step[step] * self.by_phase[(origin + step) % self.by_phase.len()];
        let point = self.transform.there(point);
        self.quantiles.map(|quantile| self.transform.back(point + quantile * factor))
    }

    /// The standardised errors as standard normal scores, by weighted rank.
    pub(crate) fn normal_scores(&self) -> Vec<f64> {
        let mut order: Vec<usize> =
            (0..self.errors.values().len()).filter(|&it| !self.errors.values()[it].is_nan()).collect();
        order.sort_unstable_by(|&a, &b| self.errors.values()[a].total_cmp(&self.errors.values()[b]));
        let weight = |index: usize| self.weights[index / self.errors.steps()];
        let total: f64 = order.iter().map(|&index| weight(index)).sum();
        let mut scores = vec![f64::NAN; self.errors.values().len()];
        let (normal, mut before) = (Normal::standard(), 0.0);
        for index in order {
            let probability = (before + 0.5 * weight(index)) / total;
            scores[index] = normal.inverse_cdf(probability.clamp(1e-6, 1.0 - 1e-6));
            before += weight(index);
        }
        scores
    }
}

fn by_step(errors: &Grid, weights: &[f64], m: usize, least: f64) -> Vec<f64> {
    let steps = errors.steps();
    let half = ((m as f64 * SMOOTHING).round_ties_even() as usize).max(1);
    // Running sums of weighted errors and of weights, so that each window costs one difference.
    let (mut sums, mut totals) = (vec![0.0; steps + 1], vec![0.0; steps + 1]);
    for step in 0..steps {
        let (mut sum, mut total) = (0.0, 0.0);
        for (row, weight) in weights.iter().enumerate() {
            let error = errors.row(row)[step];
            if !error.is_nan() {
                sum += weight * error.abs();
                total += weight;
            }
        }
        sums[step + 1] = sums[step] + sum;
        totals[step + 1] = totals[step] + total;
    }
    let mut highest = least;
    let sigma = (0..steps).map(|step| {
        let (low, high) = (step.saturating_sub(half), (step + half + 1).min(steps));
        highest = highest.max((sums[high] - sums[low]) / f64::max(totals[high] - totals[low], 1e-12));
        highest
    });
    sigma.collect()
}

fn by_phase(errors: &Grid, weights: &[f64], origins: &[usize], m: usize) -> Vec<f64> {
    let (mut sums, mut totals) = (vec![0.0; m], vec![0.0; m]);
    for ((row, &origin), weight) in origins.iter().enumerate().zip(weights) {
        for (step, error) in errors.row(row).iter().enumerate().filter(|it| !it.1.is_nan()) {
            sums[(origin + step) % m] += weight * error.abs();
            totals[(origin + step) % m] += weight;
        }
    }
    let overall = sums.iter().sum::<f64>() / f64::max(totals.iter().sum(), f64::MIN_POSITIVE);
    let around =
        |values: &[f64], phase: usize| values[(phase + m - 1) % m] + values[phase] + values[(phase + 1) % m];
    let prior = PHASE_PRIOR * 3.0 * mean(&totals);
    let phase = (0..m).map(|phase| {
        let spread = (around(&sums, phase) + prior * overall) / (around(&totals, phase) + prior);
        let relative = spread / overall.max(1e-300);
        if relative.is_finite() { relative.max(LEAST_PHASE) } else { 1.0 }
    });
    phase.collect()
}

/// How much wider Student's t is than the normal at each level.
fn student_factors(degrees: f64) -> [f64; LEVELS.len()] {
    let degrees = (degrees * 100.0).round() / 100.0;
    let Ok(student) = StudentsT::new(0.0, 1.0, degrees) else { return [1.0; LEVELS.len()] };
    let normal = Normal::standard();
    let mut factors = [1.0; LEVELS.len()];
    for level in 0..LEVELS.len() / 2 {
        let factor = student.inverse_cdf(LEVELS[level]) / normal.inverse_cdf(LEVELS[level]);
        factors[level] = factor;
        factors[LEVELS.len() - 1 - level] = factor;
    }
    factors
}

/// The weighted quantiles at [`LEVELS`] of pairs of value and weight.
fn weighted_quantiles(pool: &mut [(f64, f64)]) -> [f64; LEVELS.len()] {
    if pool.is_empty() {
        return [0.0; LEVELS.len()];
    }
    pool.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = pool.iter().map(|it| it.1).sum();
    let mut before = 0.0;
    let mut places = Vec::with_capacity(pool.len());
    for (_, weight) in pool.iter() {
        places.push((before + 0.5 * weight) / total);
        before += weight;
    }
    let values: Vec<f64> = pool.iter().map(|it| it.0).collect();
    LEVELS.map(|level| interpolate(level, &places, &values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_is_wider_the_fewer_there_are() {
        let (few, many) = (student_factors(3.0), student_factors(1e6));
        assert!((few[0] - 3.182_446 / 1.959_964).abs() < 1e-5, "{few:?}");
        assert!((many[0] - 1.0).abs() < 1e-4 && few[7] == 1.0);
    }

    #[test]
    fn weighted_quantiles_follow_the_weights() {
        let mut pool = [(2.0, 1.0), (1.0, 3.0)];
        let quantiles = weighted_quantiles(&mut pool);
        assert_eq!((quantiles[0], quantiles[14]), (1.0, 2.0));
        assert!((quantiles[7] - 1.25).abs() < 1e-9, "{quantiles:?}");
    }
}
