//! The two plainest models: the median of the same time of day over the last seven days, and the median of the last
//! day.

use crate::stats::median;

const DAYS: usize = 7;

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

pub(crate) fn level(z: &[f64], m: usize, out: &mut [f64]) {
    out.fill(median(&mut z[z.len().saturating_sub(m)..].to_vec()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_medians_repeats() {
        let mut out = [0.0; 3];
        median_day(&[1.0, 9.0, 2.0, 8.0, 3.0, 7.0], 2, &mut out);
        assert_eq!(out, [2.0, 8.0, 2.0]);
        level(&[1.0, 9.0, 2.0, 8.0], 2, &mut out);
        assert_eq!(out, [5.0; 3]);
    }
}
