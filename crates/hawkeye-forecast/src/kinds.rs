//! Which forecaster a series of counts or of rates deserves.

use crate::ensemble::forecast;
use crate::forecast::Forecast;
use crate::level;
use crate::transform::Transform;
use crate::{counts, rates};

/// Counts with a lower mean a step have no use for errors on a continuous scale. Measured: at one a step the ensemble
/// loses a seventh of what the negative binomial scores, at ten they are equal.
const FEW: f64 = 5.0;
const MOSTLY_ZERO: f64 = 0.5;
/// What is larger is a quantity, which comes in no whole numbers that matter.
const LARGEST: f64 = 1e4;
/// Counts that vary less than half as much as independent events do are made by a clock.
const REGULAR: f64 = 0.5;

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
    if rare(&known) {
        return counts::forecast(&counts, steps, per_day);
    }
    forecast(&counts, steps, per_day)
}

/// Whether they are few or mostly zero, and whole numbers that come by chance.
fn rare(known: &[f64]) -> bool {
    let n = known.len() as f64;
    let share = |of: fn(&f64) -> bool| known.iter().filter(|it| of(it)).count() as f64 / n;
    if known.iter().any(|it| *it > LARGEST) || share(|it| it.fract() == 0.0) < 0.9 {
        return false;
    }
    let mean = known.iter().sum::<f64>() / n;
    let variance = known.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n;
    if mean >= 1.0 && variance < REGULAR * mean {
        return false;
    }
    mean < FEW || share(|it| *it == 0.0) > MOSTLY_ZERO
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
