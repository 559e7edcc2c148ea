//! What a number usually is at this time: two weeks of the same time of day, a level that follows slow shifts, and its usual noise.
//!
//! ```text
//! expected = base + level                      base: usual value at this time of day, 0 before three days are known
//! level   += a * clamp(x - expected, ±3 s)     a = 0.02 or 0.05 a minute: follows slow shifts, not incidents
//! s       += b * (min(|x - expected|, 6 s) - s)
//! slow     = the same with a time constant of four days: what drift is measured against
//! hour     = mean of x - base - slow over about half an hour; its own usual size says when it is odd
//! ```
//!
//! Values come on a scale on which noise is about even: latencies as logarithms, counts as roots.

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::univariate::seasonal::Seasonal;

/// Per minute: a shift of latencies is followed within the hour. Measured best on web services.
pub(crate) const LATENCY_RATE: f32 = 0.02;

/// Per minute: mornings and weekends must be followed faster.
pub(crate) const TRAFFIC_RATE: f32 = 0.05;

/// Per minute: four days.
const SLOW_RATE: f32 = 1.0 / 5_760.0;

/// Per minute: the noise is that of the last day or so.
const SCALE_RATE: f32 = 1.0 / 2_000.0;

/// Per minute: half an hour.
const HOUR_RATE: f32 = 1.0 / 30.0;

/// A quiet series has one value in an hour: then the mean is that of the last eight or so, or it would be all noise.
const HOUR_SHARE_MAX: f32 = 1.0 / 8.0;

/// A mean absolute deviation times this is a standard deviation of normal noise: `sqrt(pi / 2)`.
const TO_DEVIATION: f32 = 1.253;

/// Noise is never taken to be less: buckets of the histogram are this wide, and nothing is exact.
const SCALE_MIN: f32 = 0.005;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Baseline {
    rate: f32,
    season: Seasonal,
    is_seasonal: bool,
    /// The usual value in the window in progress; 0 without seasons.
    base: f32,
    level: f32,
    scale: f32,
    slow: f32,
    hour: f32,
    hour_scale: f32,
    /// Values and windows since `slow` began anew.
    slow_values: u32,
    slow_windows: u32,
    /// Windows learnt from, and values.
    learnt: u32,
    values: u32,
}

impl Baseline {
    /// `rate` is the share of a deviation that the level follows in a minute.
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            rate,
            season: Seasonal::default(),
            is_seasonal: false,
            base: 0.0,
            level: 0.0,
            scale: 0.0,
            slow: 0.0,
            hour: 0.0,
            hour_scale: 0.0,
            slow_values: 0,
            slow_windows: 0,
            learnt: 0,
            values: 0,
        }
    }

    /// Must be called once for each window, before anything else.
    pub(crate) fn advance(&mut self, at: Timestamp) {
        self.season.advance(at);
        let base = self.season.usual_now(at);
        if base.is_some() != self.is_seasonal {
            // What is known of the time of day says more than the last hour; without it the last hour is all there is.
            self.level = if base.is_some() { 0.0 } else { self.base + self.level };
            (self.slow, self.hour, self.slow_values, self.slow_windows) = (self.level, 0.0, 0, 0);
            self.is_seasonal = base.is_some();
        }
        self.base = base.unwrap_or(0.0);
    }

    /// What is expected in the window that [`Self::advance`] came to; `None` before anything was learnt.
    pub(crate) fn expected_now(&self) -> Option<f32> {
        (self.learnt > 0).then_some(self.base + self.level)
    }

    /// The least and the most that is expected in this window: by the time of day alone, and by the last hour as well.
    /// After a busy hour a usual one is no loss, and after a quiet one it is no surge.
    pub(crate) fn range_now(&self) -> Option<(f32, f32)> {
        let expected = self.expected_now()?;
        Some(if self.is_seasonal {
            (expected.min(self.base), expected.max(self.base))
        } else {
            (expected, expected)
        })
    }

    /// What is expected at any time, by what is known today.
    pub(crate) fn expected_at(&self, at: Timestamp) -> Option<f32> {
        (self.learnt > 0).then(|| match self.season.usual(at) {
            Some(base) if self.is_seasonal => base + self.level,
            _ => self.level,
        })
    }

    /// What the last days would expect in this window, were they not followed faster.
    pub(crate) fn slow_expected_now(&self) -> Option<f32> {
        (self.learnt > 0).then_some(self.base + self.slow)
    }

    /// The standard deviation of the usual noise.
    pub(crate) fn deviation(&self) -> f32 {
        TO_DEVIATION * self.scale.max(SCALE_MIN)
    }

    /// Windows from which it is known what the last days and half hours are like.
    pub(crate) fn slow_learnt(&self) -> u32 {
        self.slow_windows
    }

    /// How far the last half hour is from the last days, and that in its own usual standard deviations.
    pub(crate) fn drift(&self) -> (f32, f32) {
        let deviation = TO_DEVIATION * self.hour_scale.max(2.0 * SCALE_MIN);
        (self.hour, self.hour / deviation)
    }

    pub(crate) fn is_seasonal(&self) -> bool {
        self.is_seasonal
    }

    pub(crate) fn learnt(&self) -> u32 {
        self.learnt
    }

    /// Takes notice of a value that stands for so many windows, without learning: only the half-hour mean moves.
    pub(crate) fn watch(&mut self, value: f32, windows: u32) {
        if self.learnt > 0 {
            let rate = over(HOUR_RATE, windows).min(HOUR_SHARE_MAX);
            self.hour += rate * (value - self.base - self.slow - self.hour);
        }
    }

    /// Learns from a value that stands for so many windows.
    pub(crate) fn learn(&mut self, value: f32, windows: u32) {
        let rest = value - self.base;
        if self.learnt == 0 {
            (self.level, self.slow) = (rest, rest);
            self.scale = 0.1 * rest.abs().max(SCALE_MIN);
            self.hour_scale = self.scale;
        }
        self.learnt = self.learnt.saturating_add(windows);
        self.values = self.values.saturating_add(1);
        let first = 1.0 / self.values as f32;
        let error = rest - self.level;
        let reach = 3.0 * self.scale.max(SCALE_MIN);
        let is_early = self.values < 15;
        let early = if is_early { f32::INFINITY } else { reach };
        self.level += over(self.rate, windows).max(first) * error.clamp(-early, early);
        let size = if is_early { error.abs() } else { error.abs().min(2.0 * reach) };
        self.scale += over(SCALE_RATE, windows).max(first) * (size - self.scale);
        self.watch(value, windows);
        self.slow_values = self.slow_values.saturating_add(1);
        self.slow_windows = self.slow_windows.saturating_add(windows);
        let (first, is_early) = (1.0 / self.slow_values as f32, self.slow_values < 60);
        let early = if is_early { f32::INFINITY } else { 0.0 };
        let slow_reach = early.max(3.0 * self.hour_scale.max(SCALE_MIN));
        self.slow += over(SLOW_RATE, windows).max(first) * (rest - self.slow).clamp(-slow_reach, slow_reach);
        let size = self.hour.abs();
        let hour_size = if is_early { size } else { size.min(2.5 * self.hour_scale.max(SCALE_MIN)) };
        self.hour_scale += over(SCALE_RATE, windows).max(first) * (hour_size - self.hour_scale);
    }

    /// Remembers a value for this time of day. Called in every window, also with the last known value.
    pub(crate) fn remember(&mut self, value: f32) {
        self.season.learn(value);
    }

    /// Takes this for the usual value at this time from now on.
    pub(crate) fn accept(&mut self, value: f32) {
        let rest = value - self.base;
        (self.level, self.slow, self.hour) = (rest, rest, 0.0);
    }
}

/// A rate per window over several windows.
fn over(rate: f32, windows: u32) -> f32 {
    if windows == 1 { rate } else { 1.0 - (1.0 - rate).powf(windows as f32) }
}
