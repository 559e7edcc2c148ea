//! How much of a series its time of day and its day of the week explain.
//!
//! **Daily**: the adjusted share of variance that the means of the times of day explain, after the mean of the day around
//! each step is taken off. **Weekly**: the correlation of what is left with a week earlier, where it is higher than with
//! any other day of the week before.

use crate::clean::{clean, fill};
use crate::stats::mean;

/// Strengths between 0 (none) and 1 (nothing else).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seasons {
    pub daily: f64,
    pub weekly: f64,
}

const FEWEST_DAYS: usize = 3;
const FEWEST_WEEKS: usize = 2;

/// Zero where the history is too short: three days, three weeks.
#[must_use]
pub fn seasons(values: &[f64], per_day: usize) -> Seasons {
    let m = per_day.max(1);
    let largest = values.iter().filter(|it| it.is_finite()).fold(0.0_f64, |most, it| most.max(it.abs()));
    if largest == 0.0 || values.len() < FEWEST_DAYS * m {
        return Seasons { daily: 0.0, weekly: 0.0 };
    }
    let known: Vec<f64> =
        values.iter().map(|it| if it.is_finite() { it / largest } else { f64::NAN }).collect();
    let z = clean(&fill(&known, m), m);
    let daily = if m > 1 { explained(&without_level(&z, m), m).1 } else { 0.0 };
    let weekly = if z.len() > (FEWEST_WEEKS + 1) * 7 * m {
        weekly(&explained(&without_level(&z, 7 * m), m).0, m)
    } else {
        0.0
    };
    Seasons { daily, weekly }
}

/// Less the mean of the window around each value; values whose window is not whole are left out.
fn without_level(z: &[f64], window: usize) -> Vec<f64> {
    let mut sum: f64 = z[..window.min(z.len())].iter().sum();
    let half = window / 2;
    (0..(z.len() + 1).saturating_sub(window))
        .map(|start| {
            if start > 0 {
                sum += z[start + window - 1] - z[start - 1];
            }
            z[start + half] - sum / window as f64
        })
        .collect()
}

/// What the means of the phases leave, and the adjusted share of variance that they explain.
fn explained(x: &[f64], m: usize) -> (Vec<f64>, f64) {
    let mut season = vec![0.0; m];
    for (phase, mean_of) in season.iter_mut().enumerate() {
        *mean_of = mean(&x.iter().skip(phase).step_by(m).copied().collect::<Vec<_>>());
    }
    let rest: Vec<f64> = x.iter().enumerate().map(|(t, value)| value - season[t % m]).collect();
    let (before, after) = (variance(x), variance(&rest));
    let freedom = (x.len() as f64 - 1.0) / (x.len() as f64 - m as f64).max(1.0);
    let share = if before > 1e-20 { 1.0 - after / before * freedom } else { 0.0 };
    (rest, share.clamp(0.0, 1.0))
}

fn variance(x: &[f64]) -> f64 {
    let centre = mean(x);
    mean(&x.iter().map(|it| (it - centre).powi(2)).collect::<Vec<_>>())
}

fn weekly(rest: &[f64], m: usize) -> f64 {
    let spread = variance(rest);
    if spread <= 1e-20 {
        return 0.0;
    }
    let correlation = |days: usize| {
        let products: Vec<f64> = rest.iter().zip(rest.iter().skip(days * m)).map(|(a, b)| a * b).collect();
        mean(&products) / spread
    };
    let week = correlation(7);
    let others = (1..7).map(correlation).fold(f64::NEG_INFINITY, f64::max);
    if week > others { week.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four weeks of hours: noise, and what the two strengths ask for.
    #[track_caller]
    fn check(daily: f64, weekend: f64, expected: (bool, bool)) {
        let mut noise = 1_u32;
        let values: Vec<f64> = (0..28 * 24)
            .map(|t| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let angle = std::f64::consts::TAU * f64::from(t % 24) / 24.0;
                let off = if t / 24 % 7 > 4 { weekend } else { 0.0 };
                100.0 + daily * angle.sin() + off + f64::from(noise >> 16) / 65_536.0
            })
            .collect();
        let seasons = seasons(&values, 24);
        assert_eq!((seasons.daily > 0.5, seasons.weekly > 0.5), expected, "{seasons:?}");
    }

    #[test]
    fn seasons_are_found_where_they_are() {
        check(0.0, 0.0, (false, false));
        check(3.0, 0.0, (true, false));
        check(0.0, 5.0, (false, true));
        check(3.0, 5.0, (true, true));
    }

    #[test]
    fn odd_series_have_none() {
        let none = Seasons { daily: 0.0, weekly: 0.0 };
        for values in [&[][..], &[f64::NAN; 200], &[5.0; 2000], &[f64::INFINITY; 900]] {
            assert_eq!(seasons(values, 24), none);
        }
        assert_eq!(seasons(&[1.0, 2.0, 3.0, 4.0], 0).daily, 0.0);
    }
}
