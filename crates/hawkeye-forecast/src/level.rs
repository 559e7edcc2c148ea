//! Series of less than three days: from one value on.
//!
//! The level is the median of the last day. From one day on its shape is added, smoothed, days before it counting .7
//! each, and multiplied by `w = e_level^3 / (e_level^3 + e_shape^3)`: how much less wrong the day before was than its
//! level, where the two can be compared, and before that how smooth the day is. A quantile is the point and half the sum
//! of two spreads of the same mean error: that of the values seen, and a normal one. While less than a day has been seen,
//! what the rest of it may bring is added in quadrature: half the level for a whole unseen day.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::forecast::{Forecast, LEVELS, Method, Trust};
use crate::stats::{mean, median, sorted_quantile};
use crate::transform::Transform;

/// Steps around one that are averaged, as a share of a day on each side.
const SMOOTHING: f64 = 0.04;
const AGING: f64 = 0.7;
const POWER: i32 = 3;
/// The evidence that smoothness is worth, in days of comparisons.
const PRIOR_DAYS: f64 = 0.25;
/// How wrong the level is expected to be before it was compared, in deviations of the day; and the shape at least.
const LEVEL_ERROR: f64 = 0.6;
const LEAST_SHAPE_ERROR: f64 = 0.05;
/// How much wider than errors were intervals are: errors are few and followed each other.
const WIDER: f64 = 1.4;
const WIDER_FIRST_DAY: f64 = 1.2;
/// The spread of an unseen day, in logarithms; a fifth of it where there are none.
const UNSEEN: f64 = 0.5;
/// A normal variable lies 1.25 standard errors per mean absolute error from zero.
const NORMAL: f64 = 1.25;

/// `values` have no gaps. Everything is `NAN` when there are none.
pub(crate) fn forecast(values: &[f64], steps: usize, per_day: usize, transform: Transform) -> Forecast {
    let mut forecast = Forecast {
        points: vec![f64::NAN; steps],
        quantiles: vec![[f64::NAN; LEVELS.len()]; steps],
        method: Method::Level,
        shares: Vec::new(),
        scores: None,
        backtest: None,
        trust: Trust::Untested,
    };
    if values.is_empty() {
        return forecast;
    }
    let z = transform.all(values);
    let level = level_of(&z[z.len().saturating_sub(per_day)..]);
    let middle = level_of(&z);
    let mut deviations: Vec<f64> = z.iter().map(|it| it - middle).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    let size = mean(&deviations.iter().map(|it| it.abs()).collect::<Vec<_>>());
    let (shape, error) = if z.len() >= per_day && per_day > 1 && size > 0.0 {
        repeated(&z, per_day, size)
    } else {
        (vec![0.0; per_day], WIDER_FIRST_DAY * size)
    };
    let unseen = UNSEEN * (1.0 - z.len() as f64 / per_day as f64).max(0.0);
    let unseen = if transform == Transform::Identity { 0.2 * unseen * level.abs() } else { unseen };
    let row = spread(&deviations, error, size, unseen);
    // Logarithms let outliers explode.
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ceiling = match transform {
        Transform::Identity => f64::INFINITY,
        Transform::Log { .. } => (high + 2.0 * (high - low)).max(high * (2.0 * unseen).exp()),
    };
    for step in 0..steps {
        let point = level + shape[step % per_day];
        forecast.points[step] = transform.back(point);
        forecast.quantiles[step] = row.map(|it| transform.back(point + it).min(ceiling));
    }
    forecast
}

fn level_of(z: &[f64]) -> f64 {
    median(&mut z.to_vec())
}

/// Distances of the quantiles from the point, in order.
fn spread(deviations: &[f64], error: f64, size: f64, unseen: f64) -> [f64; LEVELS.len()] {
    let factor = if size > 0.0 { error / size } else { 0.0 };
    let normal = Normal::standard();
    let mut row = LEVELS.map(|level| {
        let score = normal.inverse_cdf(level);
        if score.abs() < 1e-9 {
            return 0.0;
        }
        let seen = f64::midpoint(factor * sorted_quantile(deviations, level), NORMAL * error * score);
        seen.hypot(unseen * score) * score.signum()
    });
    row.sort_unstable_by(f64::total_cmp);
    row
}

/// The shape of the next day around its level, and the mean error to expect of it. `z` holds a day or more.
fn repeated(z: &[f64], m: usize, size: f64) -> (Vec<f64>, f64) {
    let half = ((m as f64 * SMOOTHING).round() as usize).max(usize::from(m >= 12));
    let last = &z[z.len() - m..];
    let average = mean(last);
    let variance = mean(&last.iter().map(|it| (it - average).powi(2)).collect::<Vec<_>>());
    let noise = mean(&z.windows(2).map(|it| (it[1] - it[0]).powi(2)).collect::<Vec<_>>()) / 2.0;
    // One when the day is nothing but noise.
    let rough = (noise / variance.max(1e-300)).min(1.0);
    let prior = PRIOR_DAYS * m as f64;
    let compared: Vec<(f64, f64, f64)> = (m..z.len())
        .map(|t| {
            let around = &z[(t - m).saturating_sub(half)..(t - m + half + 1).min(t)];
            (z[t], mean(around), level_of(&z[t - m..t]))
        })
        .collect();
    let sum = |error: &dyn Fn(&(f64, f64, f64)) -> f64| compared.iter().map(error).sum::<f64>();
    let by_shape = prior * variance.sqrt() * rough.max(LEAST_SHAPE_ERROR)
        + sum(&|(value, shape, _)| (value - shape).abs());
    let by_level = prior * variance.sqrt() * LEVEL_ERROR + sum(&|(value, _, level)| (value - level).abs());
    let (shape_error, level_error) = (by_shape.powi(POWER), by_level.powi(POWER));
    let weight = level_error / (shape_error + level_error).max(1e-300);
    let error = WIDER * prior * size * rough.max(0.3)
        + sum(&|(value, shape, level)| (value - weight * shape - (1.0 - weight) * level).abs());
    let shape = average_day(z, m, half).into_iter().map(|it| weight * it).collect();
    (shape, WIDER * error / (prior + compared.len() as f64))
}

/// How whole days differed from their levels, the last one first.
fn average_day(z: &[f64], m: usize, half: usize) -> Vec<f64> {
    let (mut sums, mut total, mut weight) = (vec![0.0; m], 0.0, 1.0);
    for day in z.rchunks_exact(m) {
        let level = level_of(day);
        for (step, sum) in sums.iter_mut().enumerate() {
            let around = &day[step.saturating_sub(half)..(step + half + 1).min(m)];
            *sum += weight * (mean(around) - level);
        }
        total += weight;
        weight *= AGING;
    }
    sums.iter().map(|sum| sum / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(t: usize) -> f64 {
        100.0 + 40.0 * (std::f64::consts::TAU * (t % 24) as f64 / 24.0).sin()
    }

    /// The mean error of the next day after so many hours, and whether that is below a limit.
    #[track_caller]
    fn check(hours: usize, limit: f64) {
        let values: Vec<f64> = (0..hours).map(day).collect();
        let forecast = forecast(&values, 24, 24, Transform::of(&values));
        let errors = forecast.points.iter().enumerate().map(|(step, it)| (it - day(hours + step)).abs());
        let error = errors.sum::<f64>() / 24.0;
        assert!(error < limit, "{error}");
    }

    #[test]
    fn the_shape_of_a_day_is_repeated_once_it_was_seen() {
        check(12, 60.0);
        check(24, 8.0);
        check(30, 5.0);
        check(60, 5.0);
    }

    #[test]
    fn noise_has_no_shape() {
        let values: Vec<f64> = (0..48).map(|t| 100.0 + ((t * 7919) % 101) as f64).collect();
        let points = forecast(&values, 24, 24, Transform::of(&values)).points;
        let (low, high) =
            (points.iter().copied().fold(1e9, f64::min), points.iter().copied().fold(0.0, f64::max));
        assert!(high - low < 35.0, "{points:?}");
    }

    #[test]
    fn one_value_promises_little() {
        let row = forecast(&[100.0], 1, 24, Transform::Log { offset: 0.0 }).quantiles[0];
        assert!(row[0] < 60.0 && row[14] > 170.0, "{row:?}");
    }
}
