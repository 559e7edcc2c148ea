//! Intervals that learn from the forecasts that were shown: online conformal correction.
//!
//! Each central interval has a logarithm `l`, and its half-width is multiplied by `exp(l)`. After each value
//! `l += eta (missed - alpha) / window`, so that a whole scored window moves it by `eta` times what its share of misses is
//! off. `eta` is .2 for 80 % and .4 for 95 %; `l` stays within -.7 and 1.2.

use crate::forecast::{Forecast, LEVELS, Method};

const PAIRS: usize = LEVELS.len() / 2;
const LEAST: f64 = -0.7;
const MOST: f64 = 1.2;

/// Kept for each series.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    window: f64,
    widths: [f64; PAIRS],
}

impl Correction {
    /// `window` values are scored together as a rule: the steps of a forecast.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self { window: window.max(1) as f64, widths: [0.0; PAIRS] }
    }

    /// The logarithms as they were kept; what is not a number is nothing.
    #[must_use]
    pub fn from_widths(window: usize, widths: [f64; PAIRS]) -> Self {
        let sane = |it: f64| if it.is_finite() { it.clamp(LEAST, MOST) } else { 0.0 };
        Self { widths: widths.map(sane), ..Self::new(window) }
    }

    /// The logarithms by which half-widths are multiplied, the widest interval first.
    #[must_use]
    pub fn widths(&self) -> [f64; PAIRS] {
        self.widths
    }

    /// `row` and `point` are as the forecaster gave them, before [`Self::apply`].
    pub fn observe(&mut self, row: &[f64; LEVELS.len()], point: f64, actual: f64) {
        if actual.is_nan() || point.is_nan() || row.iter().any(|it| it.is_nan()) {
            return;
        }
        let corrected = self.row(row);
        for (pair, width) in self.widths.iter_mut().enumerate() {
            let alpha = 2.0 * LEVELS[pair];
            let eta = 0.4 * (0.05 / alpha).sqrt();
            let missed = actual < corrected[pair] || corrected[LEVELS.len() - 1 - pair] < actual;
            let off = f64::from(u8::from(missed)) - alpha;
            *width = (*width + eta * off / self.window).clamp(LEAST, MOST);
        }
    }

    /// Nothing that could not be negative becomes negative, and no rate exceeds one.
    pub fn apply(&self, forecast: &mut Forecast) {
        let never_negative = forecast.quantiles.iter().flatten().all(|it| *it >= 0.0);
        let low = if never_negative { 0.0 } else { f64::NEG_INFINITY };
        let high = if forecast.method == Method::Rate { 1.0 } else { f64::INFINITY };
        for row in &mut forecast.quantiles {
            *row = self.row(row).map(|it| it.max(low).min(high));
        }
    }

    /// One row corrected, around its median, which stays.
    #[must_use]
    pub fn row(&self, row: &[f64; LEVELS.len()]) -> [f64; LEVELS.len()] {
        let middle = row[PAIRS];
        if !middle.is_finite() {
            return *row;
        }
        let mut corrected: [f64; LEVELS.len()] = std::array::from_fn(|level| {
            let pair = level.min(LEVELS.len() - 1 - level);
            let factor = self.widths.get(pair).map_or(1.0, |width| width.exp());
            middle + (row[level] - middle) * factor
        });
        corrected.sort_unstable_by(f64::total_cmp);
        corrected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of a uniform distribution on 0 to 1.
    fn observe(correction: &mut Correction, values: impl Iterator<Item = f64>) {
        for value in values {
            correction.observe(&LEVELS, 0.5, value);
        }
    }

    #[test]
    fn the_right_width_stays() {
        let mut correction = Correction::new(24);
        observe(&mut correction, (0..5000).map(|i| f64::from(i * 619 % 1000) / 1000.0));
        assert!(correction.widths().iter().all(|it| it.abs() < 0.1), "{correction:?}");
    }

    #[test]
    fn what_is_too_narrow_widens_up_to_a_limit() {
        let mut correction = Correction::new(1);
        observe(&mut correction, std::iter::repeat_n(9.0, 100));
        assert_eq!(correction.widths(), [MOST; PAIRS]);
        observe(&mut correction, std::iter::repeat_n(0.5, 500));
        assert_eq!(correction.widths(), [LEAST; PAIRS]);
        observe(&mut correction, [f64::NAN].into_iter());
        assert_eq!(correction.widths(), [LEAST; PAIRS]);
    }

    #[test]
    fn rows_stay_sorted_and_within_their_bounds() {
        let widths = [1.2, -0.7, 1.2, -0.7, 1.2, -0.7, 0.0];
        let mut forecast = crate::forecast(&[1.0, 2.0, 3.0, 1.0, 2.0, 9.0], 3, 24);
        Correction::from_widths(24, widths).apply(&mut forecast);
        assert!(forecast.quantiles.iter().all(|row| row.is_sorted() && row[0] >= 0.0), "{forecast:?}");
    }
}
