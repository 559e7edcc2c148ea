//! What forecasts are measured by. Unknown values (`NAN`) are left out.

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

/// How much of a value lies within a central interval: one or nothing, unless many quantiles are the same as the value
/// (a rate that is mostly zero). Then it is the share of those quantiles that the interval has (randomised PIT), so that
/// a forecast that is right holds as often as it says.
#[must_use]
pub fn held(quantiles: &[f64; LEVELS.len()], actual: f64, coverage: f64) -> f64 {
    let (low, high) = (0.5 - coverage / 2.0, 0.5 + coverage / 2.0);
    let below = quantiles.partition_point(|quantile| *quantile < actual);
    let above = quantiles.partition_point(|quantile| *quantile <= actual);
    if above <= below + 1 {
        let inside = |probability: f64| LEVELS.iter().position(|level| (level - probability).abs() < 1e-9);
        let (first, last) = (inside(low).unwrap_or(0), inside(high).unwrap_or(LEVELS.len() - 1));
        return f64::from(u8::from(quantiles[first] <= actual && actual <= quantiles[last]));
    }
    let from = if below == 0 { 0.0 } else { LEVELS[below - 1] };
    let to = LEVELS.get(above).copied().unwrap_or(1.0);
    ((to.min(high) - from.max(low)) / (to - from)).max(0.0)
}

/// `mean |y - f|`.
#[must_use]
pub fn mean_absolute_error(points: &[f64], actual: &[f64]) -> f64 {
    mean_known(points.iter().zip(actual).map(|(point, actual)| (actual - point).abs()))
}

/// `mean 200 |y - f| / (|y| + |f|)`, in percent; two zeros are no error.
#[must_use]
pub fn smape(points: &[f64], actual: &[f64]) -> f64 {
    mean_known(points.iter().zip(actual).map(|(point, actual)| {
        let size = actual.abs() + point.abs();
        if size == 0.0 { 0.0 } else { 200.0 * (actual - point).abs() / size }
    }))
}

/// What errors are divided by in MASE and MSIS: `mean |y_t - y_(t - season)|` of the history.
#[must_use]
pub fn mase_scale(history: &[f64], season: usize) -> f64 {
    let later = history.iter().skip(season);
    mean_known(history.iter().zip(later).map(|(was, is)| (is - was).abs()))
}

/// The mean scaled interval score of central intervals: their width, and `2 / alpha` times what lies outside, over
/// `scale`.
#[must_use]
pub fn msis(intervals: &[(f64, f64)], actual: &[f64], alpha: f64, scale: f64) -> f64 {
    let scores = intervals.iter().zip(actual).map(|(&(low, high), &actual)| {
        // A comparison with an unknown value is false, so it is added where it would be lost.
        let outside = (low - actual).max(0.0) + (actual - high).max(0.0) + 0.0 * actual;
        high - low + 2.0 / alpha * outside
    });
    mean_known(scores) / scale
}

/// The share of values within their intervals.
#[must_use]
pub fn coverage(intervals: &[(f64, f64)], actual: &[f64]) -> f64 {
    let known = intervals.iter().zip(actual).filter(|it| !it.1.is_nan());
    mean_known(known.map(|(&(low, high), &actual)| f64::from(u8::from(low <= actual && actual <= high))))
}

/// `mean (p - o)^2` of probabilities and what happened.
#[must_use]
pub fn brier(probabilities: &[f64], happened: &[bool]) -> f64 {
    mean_known(probabilities.iter().zip(happened).map(|(p, &it)| (p - f64::from(u8::from(it))).powi(2)))
}

/// Probabilities that were alike, and how often what they spoke of happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    pub count: usize,
    pub probability: f64,
    pub frequency: f64,
}

/// Bins of equal width over 0 to 1, without those that are empty.
#[must_use]
pub fn reliability(probabilities: &[f64], happened: &[bool], bins: usize) -> Vec<Bin> {
    let bins = bins.max(1);
    let mut all = vec![Bin { count: 0, probability: 0.0, frequency: 0.0 }; bins];
    for (&p, &it) in probabilities.iter().zip(happened).filter(|it| !it.0.is_nan()) {
        let bin = &mut all[((p.clamp(0.0, 1.0) * bins as f64) as usize).min(bins - 1)];
        bin.count += 1;
        bin.probability += p;
        bin.frequency += f64::from(u8::from(it));
    }
    all.retain(|bin| bin.count > 0);
    for bin in &mut all {
        bin.probability /= bin.count as f64;
        bin.frequency /= bin.count as f64;
    }
    all
}

/// The expected calibration error: the mean distance between what was said and what happened, bin by bin.
#[must_use]
pub fn calibration_error(bins: &[Bin]) -> f64 {
    let total: usize = bins.iter().map(|bin| bin.count).sum();
    let sum: f64 = bins.iter().map(|bin| bin.count as f64 * (bin.probability - bin.frequency).abs()).sum();
    sum / total.max(1) as f64
}

/// `NAN` when nothing is known.
fn mean_known(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) =
        values.filter(|it| !it.is_nan()).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_held(quantiles: [f64; LEVELS.len()], actual: f64, expected: [f64; 3]) {
        for (coverage, expected) in [0.5, 0.8, 0.95].into_iter().zip(expected) {
            let found = held(&quantiles, actual, coverage);
            assert!((found - expected).abs() < 1e-9, "{coverage}: {found} is not {expected}");
        }
    }

    #[test]
    fn a_value_is_held_whole_or_by_the_share_of_its_quantiles() {
        check_held(LEVELS, 0.5, [1.0, 1.0, 1.0]);
        check_held(LEVELS, 0.15, [0.0, 1.0, 1.0]);
        check_held(LEVELS, 0.99, [0.0, 0.0, 0.0]);
        check_held([0.0; LEVELS.len()], 0.0, [0.5, 0.8, 0.95]);
        check_held([0.0; LEVELS.len()], 1.0, [0.0, 0.0, 0.0]);
        // Zero up to 90 %: the median and what lies around it are zeros.
        let mostly_zero = LEVELS.map(|level| if level > 0.9 { 1.0 } else { 0.0 });
        check_held(mostly_zero, 0.0, [0.5 / 0.95, 0.8 / 0.95, 0.925 / 0.95]);
    }

    const N: f64 = f64::NAN;

    #[track_caller]
    fn check(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-12, "{actual} is not {expected}");
    }

    #[test]
    fn errors_of_points() {
        check(mean_absolute_error(&[1.0, 5.0, 9.0], &[2.0, 3.0, N]), 1.5);
        check(smape(&[1.0, 0.0], &[3.0, 0.0]), 50.0);
        check(mase_scale(&[1.0, 2.0, 4.0, 8.0], 2), 4.5);
        assert!(smape(&[1.0], &[N]).is_nan());
    }

    #[test]
    fn errors_of_intervals() {
        check(msis(&[(0.0, 2.0), (0.0, 2.0)], &[1.0, N], 0.05, 2.0), 1.0);
        check(msis(&[(0.0, 2.0)], &[3.0], 0.05, 2.0), 21.0);
        check(coverage(&[(0.0, 2.0), (0.0, 2.0), (0.0, 2.0)], &[1.0, 3.0, N]), 0.5);
        check(quantile_loss(&[0.0; 15], 1.0), 1.0);
        check(quantile_loss(&[1.0; 15], 1.0), 0.0);
    }

    #[test]
    fn errors_of_probabilities() {
        check(brier(&[0.5, 1.0], &[true, true]), 0.125);
        let bins = reliability(&[0.1, 0.15, 0.9, 1.0], &[false, true, true, true], 10);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [2, 2]);
        check(calibration_error(&bins), (2.0 * 0.375 + 2.0 * 0.05) / 4.0);
        check(calibration_error(&[]), 0.0);
    }
}
