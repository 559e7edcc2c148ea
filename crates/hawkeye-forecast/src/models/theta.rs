//! The theta method on what the time of day leaves: an exponentially smoothed level plus half of the least-squares
//! trend, over the last two weeks. The smoothing constant is the one that would have predicted those weeks best.

use crate::stats::mean;

const DAYS: usize = 14;
const CONSTANTS: [f64; 7] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 0.9];

pub(crate) fn predict(z: &[f64], m: usize, out: &mut [f64]) {
    let start = z.len().saturating_sub(DAYS * m);
    let recent = &z[start..];
    let average = mean(recent);
    let (mut season, mut counts) = (vec![0.0; m], vec![0.0_f64; m]);
    for (index, value) in recent.iter().enumerate() {
        season[(start + index) % m] += value - average;
        counts[(start + index) % m] += 1.0;
    }
    for (sum, count) in season.iter_mut().zip(&counts) {
        *sum /= count.max(1.0);
    }
    let rest: Vec<f64> =
        recent.iter().enumerate().map(|(index, value)| value - season[(start + index) % m]).collect();
    let level = smoothed(&rest);
    let middle = (rest.len() as f64 - 1.0) / 2.0;
    let (mut covariance, mut variance) = (0.0, 1e-12);
    for (index, value) in rest.iter().enumerate() {
        let distance = index as f64 - middle;
        covariance += distance * (value - average);
        variance += distance * distance;
    }
    let trend = 0.5 * covariance / variance;
    for (step, out) in out.iter_mut().enumerate() {
        *out = level + trend * (step + 1) as f64 + season[(z.len() + step) % m];
    }
}

/// The level after the last value, with the best constant. All constants go through the values at once.
fn smoothed(values: &[f64]) -> f64 {
    let Some(&first) = values.first() else { return 0.0 };
    let mut levels = [first; CONSTANTS.len()];
    let mut errors = [0.0; CONSTANTS.len()];
    for value in values {
        for ((level, error), constant) in levels.iter_mut().zip(&mut errors).zip(CONSTANTS) {
            *error += (value - *level).abs();
            *level += constant * (value - *level);
        }
    }
    let best = errors.iter().zip(levels).fold((f64::INFINITY, first), |best, (&error, level)| {
        if error < best.0 { (error, level) } else { best }
    });
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_followed_by_half() {
        let z: Vec<f64> = (0_u8..60).map(f64::from).collect();
        let mut out = [0.0; 2];
        predict(&z, 1, &mut out);
        assert!((out[1] - out[0] - 0.5).abs() < 1e-6, "{out:?}");
    }
}
