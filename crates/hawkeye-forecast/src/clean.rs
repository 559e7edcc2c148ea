//! A series without gaps and without outliers, each value seen with what came before it only.
//!
//! **Gaps** take the value of the day before, or a straight line. **Outliers** are drawn in: with the level
//! `L = median of the last day`, the usual distance `p = median of the last 14 at the same time of day` and the
//! surprise `e = z - L - p`, the clean value is `L + p + clamp(e, 4 * 1.4826 * s)`, where `s` follows the median of
//! `|e|`. When last week's distance explains the value better, it is the usual one: a weekend is not an outlier.

use crate::stats::{median, sorted_median};
use crate::window::SortedWindow;

const LIMIT: f64 = 4.0 * 1.4826;
const DAYS: usize = 14;
const RATE: f64 = 0.05;
const LEAST_SPREAD: f64 = 1e-12;

/// Zeros when nothing is known.
pub(crate) fn fill(values: &[f64], per_day: usize) -> Vec<f64> {
    let mut filled = values.to_vec();
    for t in per_day..filled.len() {
        if filled[t].is_nan() {
            filled[t] = filled[t - per_day];
        }
    }
    let mut last: Option<usize> = None;
    for t in 0..filled.len() {
        if filled[t].is_nan() {
            continue;
        }
        let (from, start) = match last {
            None => (filled[t], 0),
            Some(at) => (filled[at], at + 1),
        };
        let (to, gap) = (filled[t], (t + 1 - start) as f64);
        for (index, value) in filled[start..t].iter_mut().enumerate() {
            *value = if last.is_none() { to } else { from + (to - from) * (index + 1) as f64 / gap };
        }
        last = Some(t);
    }
    let (rest, value) = last.map_or((0, 0.0), |at| (at + 1, filled[at]));
    filled[rest..].fill(value);
    filled
}

pub(crate) fn clean(z: &[f64], per_day: usize) -> Vec<f64> {
    let m = per_day;
    let mut out = z.to_vec();
    let (mut distance, mut level) = (vec![0.0; z.len()], vec![0.0; z.len()]);
    let head = &z[..z.len().min(4 * m)];
    let first_level = median(&mut head.to_vec());
    let mut spread = first_spread(head, m) + LEAST_SPREAD;
    let (more, less) = ((0.5 * RATE).exp(), (-0.5 * RATE).exp());
    let mut window = SortedWindow::default();
    let mut same = [0.0; DAYS];
    for t in 0..z.len() {
        level[t] = if t >= m.div_euclid(2).max(1) { sorted_median(window.values()) } else { first_level };
        distance[t] = z[t] - level[t];
        let mut count = 0;
        for past in (0..t).rev().skip(m - 1).step_by(m).take(DAYS) {
            same[count] = distance[past];
            count += 1;
        }
        if count >= 2 {
            let mut usual = median(&mut same[..count]);
            let mut surprise = distance[t] - usual;
            if t >= 8 * m {
                let last_week = out[t - 7 * m] - level[t - 7 * m];
                if (distance[t] - last_week).abs() < surprise.abs() {
                    surprise = distance[t] - last_week;
                    usual = last_week;
                }
            }
            out[t] = level[t] + usual + surprise.clamp(-LIMIT * spread, LIMIT * spread);
            spread = (spread * if surprise.abs() > spread { more } else { less }).max(LEAST_SPREAD);
        }
        window.insert(z[t]);
        if t >= m {
            window.remove(z[t - m]);
        }
    }
    out
}

/// The median distance from the median of the same time of day.
fn first_spread(head: &[f64], per_day: usize) -> f64 {
    let mut distances = Vec::with_capacity(head.len());
    for phase in 0..per_day.min(head.len()) {
        let mut same: Vec<f64> = head[phase..].iter().step_by(per_day).copied().collect();
        let middle = median(&mut same);
        distances.extend(same.iter().map(|it| (it - middle).abs()));
    }
    median(&mut distances)
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: f64 = f64::NAN;

    #[track_caller]
    fn check_filled(values: &[f64], expected: &[f64]) {
        assert_eq!(fill(values, 3), expected);
    }

    #[test]
    fn gaps_take_yesterday_or_a_line() {
        check_filled(&[], &[]);
        check_filled(&[N, N], &[0.0, 0.0]);
        check_filled(&[N, 2.0, N], &[2.0, 2.0, 2.0]);
        check_filled(&[1.0, N, N, 4.0], &[1.0, 2.0, 3.0, 4.0]);
        check_filled(&[1.0, 2.0, 3.0, N, 5.0], &[1.0, 2.0, 3.0, 1.0, 5.0]);
    }

    #[test]
    fn a_spike_is_drawn_in_and_nothing_else() {
        let mut values: Vec<f64> =
            (0_u8..240).map(|t| 10.0 + f64::from(t % 24) + 0.1 * f64::from(t % 7)).collect();
        values[200] = 500.0;
        let cleaned = clean(&values, 24);
        assert!(cleaned[200] < 60.0, "{}", cleaned[200]);
        let moved = (0..240).filter(|&t| t != 200 && (cleaned[t] - values[t]).abs() > 2.0).count();
        assert_eq!(moved, 0);
    }

    #[test]
    fn what_comes_later_changes_nothing_before() {
        let values: Vec<f64> = (0_u8..200).map(|t| f64::from(t % 24) + f64::from(t % 11)).collect();
        assert_eq!(clean(&values, 24)[..150], clean(&values[..150], 24)[..]);
    }
}
