//! The plainest models: the median of the same time of day over the last seven days, of the same time of the week over
//! the last four, and the median of the last day.

use crate::stats::{mean, median};

const DAYS: usize = 7;
const WEEKS: usize = 4;

pub(crate) fn median_day(z: &[f64], m: usize, out: &mut [f64]) {
    let days = DAYS.min(z.len() / m);
    if days == 0 {
        return level(z, z.len(), out);
    }
    let mut same = [0.0; DAYS];
    for step in 0..out.len() {
        out[step] = if step < m {
            for (day, value) in same[..days].iter_mut().enumerate() {
                *value = z[z.len() - m * (day + 1) + step];
            }
            median(&mut same[..days])
        } else {
            out[step - m]
        };
    }
}

/// Each week as it differed from the day before it. `z` holds more than a week and a day.
pub(crate) fn median_week(z: &[f64], m: usize, out: &mut [f64]) {
    let week = 7 * m;
    let weeks = WEEKS.min((z.len() - m) / week);
    let level_before = |end: usize| mean(&z[end - m..end]);
    let levels: [f64; WEEKS] =
        std::array::from_fn(
            |back| {
                if back < weeks { level_before(z.len() - week * (back + 1)) } else { 0.0 }
            },
        );
    let level = level_before(z.len());
    let mut same = [0.0; WEEKS];
    for (step, out) in out.iter_mut().enumerate() {
        for (back, value) in same[..weeks].iter_mut().enumerate() {
            *value = z[z.len() - week * (back + 1) + step % week] - levels[back];
        }
        *out = level + median(&mut same[..weeks]);
    }
}

pub(crate) fn level(z: &[f64], m: usize, out: &mut [f64]) {
    out.fill(median(&mut z[z.len().saturating_sub(m)..].to_vec()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_of_medians_is_repeated_at_the_new_level() {
        let mut z: Vec<f64> = (0_u8..30).map(|t| f64::from(t % 14)).collect();
        z.iter_mut().skip(28).for_each(|it| *it += 5.0);
        let mut out = [0.0; 2];
        median_week(&z, 2, &mut out);
        assert_eq!(out, [7.0, 8.0]);
    }

    #[test]
    fn a_day_of_medians_repeats() {
        let mut out = [0.0; 3];
        median_day(&[1.0, 9.0, 2.0, 8.0, 3.0, 7.0], 2, &mut out);
        assert_eq!(out, [2.0, 8.0, 2.0]);
        level(&[1.0, 9.0, 2.0, 8.0], 2, &mut out);
        assert_eq!(out, [5.0; 3]);
    }
}
