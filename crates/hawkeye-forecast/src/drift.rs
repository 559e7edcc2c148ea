//! Drifts: a value that has been leaving its season for hours, slowly and steadily, will go on for a while.
//!
//! Forecasts of seasons return to what is usual, which is right for nearly everything but a leak. What is left after the
//! season (the median of the same time on the last days) is compared with three stories about the last hours: nothing
//! happened, it jumped, it has grown from zero since an onset (a hinge). Only when the hinge explains them best, far
//! beyond luck, the forecast is moved: the growth goes on and fades, `level = s (W + sum phi^j)`.

use crate::forecast::Forecast;
use crate::paths::LEVEL_SCORES;

/// Days whose same time is the season.
const SEASON_DAYS: usize = 7;
/// Days that say how much is left by chance.
const NOISE_DAYS: usize = 4;
/// Onsets that are tried, as shares of a day before now.
const ONSETS: [f64; 6] = [1.0 / 12.0, 1.0 / 8.0, 1.0 / 6.0, 1.0 / 4.0, 1.0 / 3.0, 1.0 / 2.0];
/// A hinge through fewer steps is luck.
const STEPS_MIN: usize = 6;
/// Standard errors of the slope: many series are looked at, often, with several onsets.
const SCORE_MIN: f64 = 4.0;
/// Half of the growth is gone after this share of a day.
const HALF_LIFE: f64 = 1.0 / 4.0;
/// No drift grows more than it has grown already.
const GROWTH_MAX: f64 = 2.0;
/// Neighbouring steps are less independent than this only in series that do not move at all.
const CORRELATION_MAX: f64 = 0.9;
/// Standard deviations in a median deviation, for normal values.
const NORMAL_MEDIAN_DEVIATION: f64 = 1.4826;
/// A day of so many steps is as fine as it gets: a minute.
const PER_DAY_MAX: usize = 1_440;

/// A steady departure from the season.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Steps since it began.
    pub since: usize,
    /// Where it has come: a factor of what is usual, or a distance from it if values are not all positive.
    pub now: f64,
    pub is_factor: bool,
    /// Standard errors by which its slope is not zero.
    pub score: f64,
}

/// Moves a forecast of the steps after `values` along a drift, if there is one.
pub fn follow_drift(forecast: &mut Forecast, values: &[f64], per_day: usize) -> Option<Drift> {
    let left = Left::new(values, per_day)?;
    let hinge = left.hinge()?;
    let is_factor = left.is_log;
    let positive = forecast.quantiles.iter().flatten().chain(&forecast.points).all(|value| *value > 0.0);
    if is_factor && !positive {
        return None;
    }
    let own = left.own(forecast);
    let fading = 0.5_f64.powf(1.0 / (HALF_LIFE * per_day as f64));
    let (mut further, mut weight) = (0.0, 1.0);
    for (point, row) in forecast.points.iter_mut().zip(&mut forecast.quantiles) {
        weight *= fading;
        further += weight;
        let steps = (hinge.since as f64 + further).min(GROWTH_MAX * hinge.since as f64);
        // The forecast may have followed some of it by itself.
        let shift = hinge.slope * steps - own;
        let shift = if shift * hinge.slope > 0.0 { shift } else { 0.0 };
        let unsure = hinge.error * steps;
        *point = left.back(left.there(*point) + shift);
        for (quantile, score) in row.iter_mut().zip(LEVEL_SCORES) {
            *quantile = left.back(left.there(*quantile) + shift + score * unsure);
        }
    }
    let now = left.back(hinge.slope * hinge.since as f64);
    Some(Drift { since: hinge.since, now, is_factor, score: (hinge.slope / hinge.error).abs() })
}

/// What is left of a series without its season.
struct Left<'a> {
    values: &'a [f64],
    per_day: usize,
    is_log: bool,
    /// Of the last hours, the usual level taken off, single spikes smoothed.
    recent: Vec<f64>,
    /// The usual level.
    level: f64,
    /// Standard deviation as if all steps were independent.
    noise: f64,
}

struct Hinge {
    since: usize,
    slope: f64,
    /// Standard error of the slope.
    error: f64,
}

impl<'a> Left<'a> {
    fn new(values: &'a [f64], per_day: usize) -> Option<Self> {
        let longest = per_day / 2;
        let history = NOISE_DAYS * per_day + longest;
        if per_day > PER_DAY_MAX || longest < STEPS_MIN || values.len() < history + 2 * per_day {
            return None;
        }
        let from = values.len() - history;
        let oldest = from.saturating_sub(SEASON_DAYS * per_day);
        let known = values[oldest..].iter().filter(|value| value.is_finite());
        let is_log = known.clone().all(|value| *value > 0.0);
        let mut left = Self { values, per_day, is_log, recent: Vec::new(), level: 0.0, noise: 0.0 };
        let all: Vec<f64> = (from..values.len()).map(|at| left.there(values[at]) - left.season(at)).collect();
        let (past, recent) = all.split_at(NOISE_DAYS * per_day);
        left.level = median(past[past.len() - per_day..].to_vec())?;
        let spread = NORMAL_MEDIAN_DEVIATION * median(past.iter().map(|it| it.abs()).collect())?;
        let correlation = neighbours(past).clamp(0.0, CORRELATION_MAX);
        left.noise = spread * ((1.0 + correlation) / (1.0 - correlation)).sqrt();
        left.recent = (0..recent.len())
            .map(|at| {
                let around = &recent[at.saturating_sub(1)..(at + 2).min(recent.len())];
                median(around.to_vec()).map_or(f64::NAN, |value| value - left.level)
            })
            .collect();
        (left.noise > 0.0).then_some(left)
    }

    fn there(&self, value: f64) -> f64 {
        if self.is_log { value.ln() } else { value }
    }

    fn back(&self, value: f64) -> f64 {
        if self.is_log { value.exp() } else { value }
    }

    /// The median of the same time on the days before, neighbours included.
    fn season(&self, at: usize) -> f64 {
        let first = at.saturating_sub(self.values.len() - 1).div_ceil(self.per_day).max(1);
        let mut same = Vec::with_capacity(3 * SEASON_DAYS);
        for day in first..first + SEASON_DAYS {
            let Some(middle) = at.checked_sub(day * self.per_day) else { break };
            let around = &self.values[middle.saturating_sub(1)..(middle + 2).min(self.values.len())];
            same.extend(around.iter().map(|value| self.there(*value)));
        }
        median(same).unwrap_or(f64::NAN)
    }

    /// How far a forecast leaves the season by itself in its next hours.
    fn own(&self, forecast: &Forecast) -> f64 {
        let soon = forecast.points.iter().take((self.per_day / 6).max(1)).enumerate();
        let from = self.values.len();
        let left = soon.map(|(at, point)| self.there(*point) - self.season(from + at) - self.level);
        median(left.collect()).unwrap_or(0.0)
    }

    /// The best hinge, if it is better than any jump and beyond luck.
    fn hinge(&self) -> Option<Hinge> {
        let mut best: Option<(f64, Hinge)> = None;
        let mut jump = f64::INFINITY;
        for share in ONSETS {
            let since = ((share * self.per_day as f64) as usize).min(self.recent.len());
            if since < STEPS_MIN {
                continue;
            }
            let (before, after) = self.recent.split_at(self.recent.len() - since);
            let quiet: f64 = known(before).map(|value| value * value).sum();
            let count = known(after).count() as f64;
            let mean = known(after).sum::<f64>() / count;
            jump = jump.min(quiet + known(after).map(|value| (value - mean).powi(2)).sum::<f64>());
            let points = after.iter().zip(1..).filter(|point| point.0.is_finite());
            let points = points.map(|(value, step)| (f64::from(step), *value));
            let squares: f64 = points.clone().map(|(step, _)| step * step).sum();
            let slope = points.clone().map(|(step, value)| step * value).sum::<f64>() / squares;
            let misfit = quiet + points.map(|(step, value)| (value - slope * step).powi(2)).sum::<f64>();
            // Half of the steps must be known.
            if 2.0 * count >= since as f64 && best.as_ref().is_none_or(|it| misfit < it.0) {
                best = Some((misfit, Hinge { since, slope, error: self.noise / squares.sqrt() }));
            }
        }
        let (misfit, hinge) = best?;
        let is_sure = (hinge.slope / hinge.error).abs() >= SCORE_MIN;
        (misfit < jump && is_sure).then_some(hinge)
    }
}

fn known(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.iter().copied().filter(|value| value.is_finite())
}

/// Correlation of neighbouring values.
fn neighbours(values: &[f64]) -> f64 {
    let pairs = values.iter().zip(&values[1..]).filter(|pair| pair.0.is_finite() && pair.1.is_finite());
    let product: f64 = pairs.map(|(one, next)| one * next).sum();
    let square: f64 = known(values).map(|value| value * value).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// Of what is known.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|value| value.is_finite());
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ensemble::forecast;

    const PER_DAY: usize = 48;

    fn noise(at: usize) -> f64 {
        let bits = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((bits ^ (bits >> 32)) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    }

    /// Nine days with a season and a story about the last steps, in logarithms.
    fn series(seed: usize, story: impl Fn(usize) -> f64) -> Vec<f64> {
        let length = 9 * PER_DAY;
        let value = |at: usize| {
            let season = (std::f64::consts::TAU * at as f64 / PER_DAY as f64).sin();
            (4.0 + 0.2 * season + 0.2 * noise(at + seed * 10_000) + story(length - 1 - at)).exp()
        };
        (0..length).map(value).collect()
    }

    #[track_caller]
    fn check(values: &[f64], expected: Option<f64>) -> Forecast {
        let before = forecast(values, 12, PER_DAY);
        let mut after = before.clone();
        let drift = follow_drift(&mut after, values, PER_DAY);
        assert_eq!(drift.is_some(), expected.is_some(), "{drift:?}");
        if let Some((drift, expected)) = drift.zip(expected) {
            assert!((drift.now / expected).ln().abs() < 0.15, "{drift:?} is not {expected}");
        } else {
            assert_eq!(format!("{before:?}"), format!("{after:?}"), "nothing is moved");
        }
        after
    }

    #[test]
    fn growth_goes_on_for_a_while() {
        let growing = series(1, |ago| if ago < 16 { 0.03 * (16 - ago) as f64 } else { 0.0 });
        let after = check(&growing, Some(1.6));
        let now = growing[growing.len() - 1];
        assert!(after.points[0] > now * 0.8 && after.points[11] > after.points[0], "{:?}", after.points);
        assert!(after.quantiles.iter().all(|row| row.is_sorted()));
        let falling = series(2, |ago| if ago < 16 { -0.03 * (16 - ago) as f64 } else { 0.0 });
        check(&falling, Some(0.62));
    }

    #[test]
    fn jumps_spikes_and_nothing_are_no_drift() {
        check(&series(3, |_| 0.0), None);
        check(&series(4, |ago| if ago < 12 { 0.6 } else { 0.0 }), None);
        check(&series(5, |ago| if ago == 3 { 2.0 } else { 0.0 }), None);
        check(&series(6, |ago| if ago > 200 { 0.5 } else { 0.0 }), None);
        check(&[1.0; 10], None);
        check(&[5.0; 9 * PER_DAY], None);
        check(&[f64::NAN; 9 * PER_DAY], None);
    }

    #[test]
    fn luck_is_seldom_a_drift() {
        let empty = forecast(&[], 0, PER_DAY);
        let found = (0..300)
            .filter(|seed| {
                let values = series(*seed, |_| 0.0);
                follow_drift(&mut empty.clone(), &values, PER_DAY).is_some()
            })
            .count();
        assert!(found <= 2, "{found} of 300");
    }

    proptest! {
        #[test]
        fn any_series_is_survived(
            values in prop::collection::vec(prop::num::f64::ANY, 0..250), per_day in 0_usize..40,
        ) {
            let mut after = forecast(&values, 4, per_day);
            follow_drift(&mut after, &values, per_day);
            prop_assert_eq!(after.points.len(), 4);
        }
    }
}
