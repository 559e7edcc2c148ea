//! Which forecaster a series of counts or of rates deserves.

use crate::ensemble::forecast;
use crate::forecast::Forecast;
use crate::level;
use crate::transform::Transform;
use crate::{counts, rates};

/// Counts with a lower mean a step, or more zeros, have no use for errors on a continuous scale.
const FEW: f64 = 1.0;
const MOSTLY_ZERO: f64 = 0.5;
/// A count that is larger is a quantity: negative binomial sums would take for ever.
const LARGEST: f64 = 1e6;

/// The counts of the `steps` that follow. Negative and infinite ones are unknown, as `NAN` is. For rare events a point
/// is the mean, which may lie between whole numbers.
#[must_use]
pub fn forecast_counts(values: &[f64], steps: usize, per_day: usize) -> Forecast {
    let per_day = per_day.max(1);
    let counts: Vec<f64> =
        values.iter().map(|&it| if it.is_finite() && it >= 0.0 { it } else { f64::NAN }).collect();
    let known: Vec<f64> = counts.iter().copied().filter(|it| !it.is_nan()).collect();
    if known.is_empty() {
        return level::forecast(&[], steps, per_day, Transform::Identity);
    }
    let zeros = known.iter().filter(|it| **it == 0.0).count() as f64 / known.len() as f64;
    let mean = known.iter().map(|it| it / known.len() as f64).sum::<f64>();
    let largest = known.iter().copied().fold(0.0, f64::max);
    if (mean < FEW || zeros > MOSTLY_ZERO) && largest < LARGEST {
        return counts::forecast(&counts, steps, per_day);
    }
    forecast(&counts, steps, per_day)
}

/// The share `failed / total` of the `steps` that follow, within 0 and 1. A step without a total says nothing.
#[must_use]
pub fn forecast_rate(failed: &[f64], total: &[f64], steps: usize, per_day: usize) -> Forecast {
    let per_day = per_day.max(1);
    let sane = |(&failed, &total): (&f64, &f64)| {
        let known = failed.is_finite() && total.is_finite() && total > 0.0;
        if known { (failed.clamp(0.0, total), total) } else { (0.0, 0.0) }
    };
    let (failed, total): (Vec<f64>, Vec<f64>) = failed.iter().zip(total).map(sane).unzip();
    let known = total.iter().filter(|it| **it > 0.0).count();
    if known == 0 {
        return level::forecast(&[], steps, per_day, Transform::Identity);
    }
    let most = total.iter().copied().fold(0.0, f64::max);
    if failed.iter().map(|it| it / known as f64).sum::<f64>() < FEW && most < 1e12 {
        return rates::forecast(&failed, &total, steps, per_day);
    }
    let shares: Vec<f64> = failed
        .iter()
        .zip(&total)
        .map(|(failed, total)| if *total > 0.0 { failed / total } else { f64::NAN })
        .collect();
    let mut forecast = forecast(&shares, steps, per_day);
    let within = |value: &mut f64| *value = value.clamp(0.0, 1.0);
    forecast.points.iter_mut().for_each(within);
    forecast.quantiles.iter_mut().flatten().for_each(within);
    forecast
}
