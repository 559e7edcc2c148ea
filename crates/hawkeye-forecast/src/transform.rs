//! The scale on which models and intervals work: logarithms for what cannot be negative, the values themselves
//! otherwise.
//!
//! `z = ln y` when all are positive; `z = ln(y + c)` with `c` a tenth of the median positive value when some are zero.
//! The way back never goes below zero.

use crate::stats::median;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Transform {
    Identity,
    Log { offset: f64 },
}

impl Transform {
    pub(crate) fn of(values: &[f64]) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let mut positive: Vec<f64> = values.iter().copied().filter(|&it| it > 0.0).collect();
        if least < 0.0 || positive.is_empty() {
            return Self::Identity;
        }
        Self::Log { offset: if least > 0.0 { 0.0 } else { 0.1 * median(&mut positive) } }
    }

    pub(crate) fn there(self, value: f64) -> f64 {
        match self {
            Self::Identity => value,
            // The smallest normal number stands for zero, so that no logarithm is infinite.
            Self::Log { offset } if value.is_nan() => value + offset,
            Self::Log { offset } => (value.max(0.0) + offset).max(f64::MIN_POSITIVE).ln(),
        }
    }

    pub(crate) fn back(self, value: f64) -> f64 {
        match self {
            Self::Identity => value,
            // Far beyond anything seen, yet a number that can be added up.
            Self::Log { offset } => (value.min(230.0).exp() - offset).max(0.0),
        }
    }

    pub(crate) fn all(self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|&it| self.there(it)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: Transform) {
        let transform = Transform::of(values);
        assert_eq!(transform, expected);
        for &value in values {
            assert!((transform.back(transform.there(value)) - value).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_never_negative_is_seen_in_logarithms() {
        check(&[1.0, 2.0], Transform::Log { offset: 0.0 });
        check(&[0.0, 20.0], Transform::Log { offset: 2.0 });
        check(&[0.0, 0.0], Transform::Identity);
        check(&[-1.0, 2.0], Transform::Identity);
        check(&[], Transform::Identity);
    }

    #[test]
    fn nothing_becomes_infinite() {
        let transform = Transform::Log { offset: 0.0 };
        assert!(transform.there(0.0).is_finite() && transform.back(1e9).is_finite());
        assert!(transform.there(f64::NAN).is_nan());
    }
}
