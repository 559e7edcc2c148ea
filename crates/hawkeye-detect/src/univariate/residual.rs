//! The seasonal robust residual: how far a value is from what this series does at this time of day.
//!
//! ```text
//! base_t = usual value at this time of day over two weeks (0 before three days are known)
//! e_t    = x_t - base_t - m_t
//! m     += a * clamp(e_t, +-4 s)                follows slow shifts, not incidents
//! s     += b * (min(|e_t|, 6 s) - s)            mean absolute deviation, incidents clipped
//! w     += c * (|e_t| - w)                      the same unclipped and slower: a floor for series that rest at 0
//! z_t    = |e_t| / (1.25 s + 0.3 w + 0.001 |expected|)
//! score  = z_t / (1 + the z that this series' own hourly peaks often reach)
//! ```
//!
//! 1.25 turns a mean absolute deviation into a standard deviation (sqrt(pi / 2)). All rates are per minute, so that
//! windows of any width work with the same numbers.

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::peaks::Peaks;
use super::seasonal::Seasonal;

/// Share of the way that the level goes towards the series in a minute: a shift is followed within an hour.
const LEVEL_PER_MINUTE: f32 = 0.05;
const LEVEL_CLAMP: f32 = 4.0;
/// The scale's memory, about a day and a half.
const SCALE_PER_MINUTE: f32 = 1.0 / 2_000.0;
/// But never less than this many windows: hourly series have few.
const SCALE_WINDOWS_MIN: f32 = 100.0;
const SCALE_CLIP: f32 = 6.0;
/// The unclipped scale's memory: two weeks.
const SPREAD_PER_MINUTE: f32 = 1.0 / 20_160.0;
const SPREAD_SHARE: f32 = 0.3;
/// The least share of the spread that the clips of level and scale leave room for.
const SPREAD_REVIVES: f32 = 0.3;
const DEVIATION_TO_SIGMA: f32 = 1.25;
/// Deviations of a thousandth of the value are no news, however still the series is.
const RELATIVE_FLOOR: f32 = 1e-3;
/// Windows before the scale means something.
const WINDOWS_MIN: u32 = 30;
/// Values are clamped to this, so that squares and sums stay finite.
const VALUE_MAX: f64 = 1e15;
/// The top of the bins of hourly peaks.
const Z_MAX: f32 = 262_144.0;
/// The year 75,000; arithmetic on later times could overflow.
const LATEST: Timestamp = Timestamp::from_micros(i64::MAX / 4);
/// As far in the past.
const EARLIEST_US: i64 = i64::MIN / 4;

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ResidualConfig {
    /// Deviations of about this size are no news, in the unit of the series.
    pub scale_min: f32,
}

/// Whether a value may change what is expected. `No` while an anomaly is open: an incident is not the new normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learn {
    Yes,
    No,
}

/// What the detector would find normal at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    pub expected: f64,
    /// One standard deviation, as far as it is known.
    pub scale: f64,
    /// True when the time of day is taken into account, which needs three days.
    pub seasonal: bool,
    pub windows_learnt: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub expected: f64,
    /// The value minus what was expected.
    pub residual: f64,
    /// The residual in standard deviations, without its sign.
    pub z: f32,
    /// z for this series: divided by what its own peaks often reach. 0 while too little is known.
    pub score: f32,
    /// How probable it is that an hour of this series begins an alarm at this z: alarms at `N / 168` or less make
    /// about N a week. 1 while too little is known.
    pub tail_probability: f32,
}

/// One signal of one series. About 2.3 KiB.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Residual {
    config: ResidualConfig,
    seasonal: Seasonal,
    peaks: Peaks,
    /// Microseconds of the last window; `EARLIEST_US` before the first.
    last_us: i64,
    windows_learnt: u32,
    /// Whether the level stands on a seasonal base.
    based: bool,
    level: f32,
    deviation: f32,
    spread: f32,
}

impl Residual {
    #[must_use]
    pub fn new(config: ResidualConfig) -> Self {
        Self {
            config,
            seasonal: Seasonal::default(),
            peaks: Peaks::default(),
            last_us: EARLIEST_US,
            windows_learnt: 0,
            based: false,
            level: 0.0,
            deviation: 0.0,
            spread: 0.0,
        }
    }

    /// What is normal at any time, also in the future.
    #[must_use]
    pub fn expect(&self, at: Timestamp) -> Expectation {
        let base = if self.based { self.seasonal.usual(at) } else { None };
        let expected = base.unwrap_or(0.0) + self.level;
        Expectation {
            expected: f64::from(expected),
            scale: f64::from(self.scale(expected)),
            seasonal: base.is_some(),
            windows_learnt: self.windows_learnt,
        }
    }

    /// Scores a value and learns from it. Not a number counts as no value; a time before the last one as the last.
    pub fn update(&mut self, at: Timestamp, value: f64, learn: Learn) -> Score {
        let at = at.clamp(Timestamp::from_micros(self.last_us), LATEST);
        self.seasonal.advance(at);
        let base = self.seasonal.usual_now(at);
        if value.is_nan() {
            return Score {
                expected: self.expect(at).expected,
                residual: 0.0,
                z: 0.0,
                score: 0.0,
                tail_probability: 1.0,
            };
        }
        let x = value.clamp(-VALUE_MAX, VALUE_MAX) as f32;
        self.stand_on(base, x);
        let expected = base.unwrap_or(0.0) + self.level;
        let e = x - expected;
        let z = (e.abs() / self.scale(expected)).min(Z_MAX);
        let known = self.windows_learnt >= WINDOWS_MIN;
        let score = if known { z / (1.0 + self.peaks.usual()) } else { 0.0 };
        let tail_probability = if known { self.peaks.probability(z) } else { 1.0 };
        if learn == Learn::Yes {
            self.learn(at, x, e);
            if known {
                self.peaks.learn(at, z);
            }
        }
        self.last_us = at.micros();
        Score { expected: f64::from(expected), residual: f64::from(e), z, score, tail_probability }
    }

    /// Memory of this series, heap included.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.seasonal.heap_bytes() + self.peaks.heap_bytes()
    }

    fn scale(&self, expected: f32) -> f32 {
        let noise = DEVIATION_TO_SIGMA * self.deviation + SPREAD_SHARE * self.spread;
        noise + RELATIVE_FLOOR * expected.abs() + self.config.scale_min + f32::MIN_POSITIVE
    }

    /// When the seasonal base appears or goes, the level takes over what was expected until then.
    fn stand_on(&mut self, base: Option<f32>, x: f32) {
        if self.windows_learnt == 0 {
            self.level = x - base.unwrap_or(0.0);
        } else if base.is_some() != self.based {
            self.level = base.map_or(x, |base| self.level - base);
        }
        self.based = base.is_some();
    }

    fn learn(&mut self, at: Timestamp, x: f32, e: f32) {
        self.seasonal.learn(x);
        self.windows_learnt = self.windows_learnt.saturating_add(1);
        // While young, every window counts the same, whatever the rates say.
        let young = 1.0 / self.windows_learnt as f32;
        let minutes =
            if self.last_us == EARLIEST_US { 1.0 } else { minutes_between(self.last_us, at.micros()) };
        // A series that rested has no deviation; the spread lets it start again.
        let typical = self.deviation.max(SPREAD_REVIVES * self.spread);
        let clamp = LEVEL_CLAMP * typical;
        self.level += rate(LEVEL_PER_MINUTE, minutes).max(young) * e.clamp(-clamp, clamp);
        let clip = if self.windows_learnt <= WINDOWS_MIN { f32::MAX } else { SCALE_CLIP * typical };
        let scale_rate = rate(SCALE_PER_MINUTE, minutes).min(1.0 / SCALE_WINDOWS_MIN).max(young);
        self.deviation += scale_rate * (e.abs().min(clip) - self.deviation);
        self.spread += rate(SPREAD_PER_MINUTE, minutes).min(1.0 / SCALE_WINDOWS_MIN).max(young)
            * (e.abs() - self.spread);
    }
}

fn minutes_between(earlier_us: i64, later_us: i64) -> f32 {
    (later_us.saturating_sub(earlier_us) as f32 / 60e6).clamp(0.0, 1_440.0)
}

/// The share for a span of minutes when one minute has the share `per_minute`: 1 - (1 - a)^minutes, to first order
/// above a minute's fraction and never more than 1.
fn rate(per_minute: f32, minutes: f32) -> f32 {
    1.0 - (-per_minute * minutes).exp()
}
