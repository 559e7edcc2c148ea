//! Means, medians and quantiles of slices, with and without weights.

pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The slice is sorted by it. Zero for an empty slice.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    sorted_median(values)
}

pub(crate) fn sorted_median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    match n {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// The quantile between the two nearest values by interpolation (Hyndman and Fan's type 7).
pub(crate) fn sorted_quantile(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = probability.clamp(0.0, 1.0) * last as f64;
    let below = (at as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

/// The piecewise linear function through the points, its first and last value beyond them.
pub(crate) fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let above = xs.partition_point(|&it| it < x);
    if above == 0 {
        return ys.first().copied().unwrap_or(0.0);
    }
    if above == xs.len() {
        return ys[above - 1];
    }
    let width = xs[above] - xs[above - 1];
    let share = if width > 0.0 { (x - xs[above - 1]) / width } else { 1.0 };
    ys[above - 1] + share * (ys[above] - ys[above - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: f64) {
        assert_eq!(median(&mut values.to_vec()), expected);
    }

    #[test]
    fn medians() {
        check(&[], 0.0);
        check(&[3.0], 3.0);
        check(&[3.0, 1.0], 2.0);
        check(&[3.0, 1.0, 9.0], 3.0);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(sorted_quantile(&[0.0, 1.0, 2.0], 0.25), 0.5);
        assert_eq!(sorted_quantile(&[0.0, 1.0, 2.0], 1.0), 2.0);
        assert_eq!(interpolate(0.5, &[0.0, 1.0], &[2.0, 4.0]), 3.0);
        assert_eq!(interpolate(-1.0, &[0.0, 1.0], &[2.0, 4.0]), 2.0);
        assert_eq!(interpolate(7.0, &[0.0, 1.0], &[2.0, 4.0]), 4.0);
    }
}
