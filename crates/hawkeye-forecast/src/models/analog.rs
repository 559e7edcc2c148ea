//! What followed the most similar days: the last days, less the level of the last one, are compared with the same
//! hours of earlier days, `D = sum rho^i diff_i^2 / sum rho^i`; the three nearest count `1 - 0.9 D / D_3` each.
//!
//! Weeks that begin on other days would be compared with the last one while there are fewer than three of them, so
//! then what followed a week ago follows again.

use crate::stats::mean;

const NEAREST: usize = 3;
/// With fewer earlier windows the last day is repeated.
const FEWEST: usize = 4;
const WEEK: usize = 7;
const YOUNG_DAYS: usize = 21;

/// `z` ends where the steps begin and holds more than two days.
pub(crate) fn predict(z: &[f64], m: usize, days: usize, decay: f64, out: &mut [f64]) {
    let (origin, length) = (z.len(), days * m);
    let nearest_end = out.len().div_ceil(m);
    let windows = (origin.saturating_sub(length) / m + 1).saturating_sub(nearest_end);
    if days == WEEK && (8 * m..YOUNG_DAYS * m).contains(&origin) {
        let week = &z[origin - WEEK * m..];
        let shift = mean(&z[origin - m..]) - mean(&z[origin - (WEEK + 1) * m..origin - WEEK * m]);
        for (out, value) in out.iter_mut().zip(week.iter().cycle()) {
            *out = value + shift;
        }
        return;
    }
    if windows < FEWEST {
        for (step, out) in out.iter_mut().enumerate() {
            *out = z[origin - m + step % m];
        }
        return;
    }
    let level = mean(&z[origin - m..]);
    // (distance, end of the window, level of its last day), nearest first.
    let mut best = [(f64::INFINITY, 0_usize, 0.0); NEAREST];
    let total: f64 =
        (0..length).scan(1.0, |weight, _| Some(std::mem::replace(weight, *weight * decay))).sum();
    for window in 0..windows {
        let end = origin - m * (nearest_end + window);
        let its_level = mean(&z[end - m..end]);
        let bound = best[NEAREST - 1].0 * total;
        let distance =
            distance(&z[origin - length..], &z[end - length..end], its_level - level, decay, bound) / total;
        if distance < best[NEAREST - 1].0 {
            best[NEAREST - 1] = (distance, end, its_level);
            best.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
    }
    let farthest = best[NEAREST - 1].0 + 1e-12;
    let mut total = 0.0;
    out.fill(0.0);
    for (distance, end, its_level) in best.into_iter().filter(|it| it.0.is_finite()) {
        let weight = 1.0 - 0.9 * distance / farthest;
        total += weight;
        for (out, value) in out.iter_mut().zip(&z[end..]) {
            *out += weight * (value - its_level);
        }
    }
    for out in out {
        *out = *out / f64::max(total, f64::MIN_POSITIVE) + level;
    }
}

/// The weighted sum of squared differences, from the last value backwards; given up beyond the bound.
fn distance(last: &[f64], earlier: &[f64], shift: f64, decay: f64, bound: f64) -> f64 {
    const CHUNK: usize = 24;
    let (mut sum, mut weight) = (0.0, 1.0);
    for (last, earlier) in last.rchunks(CHUNK).zip(earlier.rchunks(CHUNK)) {
        for (a, b) in last.iter().zip(earlier).rev() {
            let difference = a - b + shift;
            sum += weight * difference * difference;
            weight *= decay;
        }
        if sum > bound {
            return f64::INFINITY;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_same_day_follows_again() {
        // Days alternate between two shapes; after the first comes the second.
        let day = |d: usize, t: usize| if d.is_multiple_of(2) { t as f64 } else { 5.0 - t as f64 };
        let z: Vec<f64> = (0..11).flat_map(|d| (0..6).map(move |t| day(d, t))).collect();
        let mut out = [0.0; 6];
        predict(&z, 6, 1, 0.95, &mut out);
        for (t, value) in out.iter().enumerate() {
            assert!((value - day(1, t)).abs() < 1e-9, "{out:?}");
        }
    }

    #[test]
    fn a_young_week_is_repeated_at_the_new_level() {
        let mut z: Vec<f64> = (0_u8..18).map(|t| f64::from(t % 14)).collect();
        z.iter_mut().skip(16).for_each(|it| *it += 5.0);
        let mut out = [0.0; 2];
        predict(&z, 2, 7, 0.99, &mut out);
        assert_eq!(out, [9.0, 10.0]);
    }

    #[test]
    fn the_last_day_is_repeated_when_there_are_few() {
        let mut out = [0.0; 5];
        predict(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 3, 1, 0.95, &mut out);
        assert_eq!(out, [5.0, 6.0, 7.0, 5.0, 6.0]);
    }
}
