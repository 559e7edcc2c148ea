//! From a number of false alarms a week to the score that an alarm needs.
//!
//! Noise makes peaks of the score. Their rate above a level falls exponentially in a well calibrated score, so the
//! peaks below the alarm level tell how often noise alone would cross it:
//!
//! ```text
//! rate(level) = rate(LOOK) * exp(-(level - LOOK) / slope)      peaks a week of one series and signal
//! ```
//!
//! `rate(LOOK)` is counted and `slope` is the mean excess of the peaks over `LOOK`, corrected for those beyond the
//! alarm level that are left out because they are taken for real (maximum likelihood of a truncated exponential).
//! Both start from what a perfect score would give. Peaks are counted after all gates and once for an episode, and for
//! all series of a signal together, since one series has too few. Verdicts move the thresholds of a series and its kin
//! instead: see `judge`.
//!
//! Coles: An Introduction to Statistical Modeling of Extreme Values, chapter 4 (peaks over threshold).

use hawkeye_model::Signal;
use serde::{Deserialize, Serialize};

/// Peaks from here on are counted. Lower ones are too many to be told apart from each other.
pub(crate) const LOOK: f64 = 6.0;

/// Nothing below this is an alarm, whatever the budget, and nothing above is needed.
pub const THRESHOLD_MIN: f64 = 7.0;
pub const THRESHOLD_MAX: f64 = 60.0;

/// Peaks above [`LOOK`] that a week of one series and signal is taken to bring before anything was counted.
/// About what simulated healthy traffic brings.
const PRIOR_RATE: f64 = 0.08;

/// Weeks of a series that the prior stands for.
const PRIOR_WEEKS: f64 = 20.0;

const PRIOR_SLOPE: f64 = 2.0;

/// Peaks that the prior slope stands for.
const PRIOR_PEAKS: f64 = 10.0;

const SLOPE_RANGE: (f64, f64) = (1.0, 6.0);

/// An alarm level nearer to [`LOOK`] than this leaves too little to see the slope.
const ROOM_MIN: f64 = 6.0;

/// What was counted halves its weight in four weeks.
const KEEP_A_WINDOW: f64 = 0.999_982_81; // 2^(-1/40320)

/// What noise does in one signal of all series.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Noise {
    /// Weeks of watched series.
    weeks: f64,
    peaks: f64,
    /// Sum of the peaks' excess over [`LOOK`].
    excess: f64,
    /// Peaks counted in all, without forgetting.
    pub(crate) seen: u64,
}

impl Noise {
    /// Another window of so many series has passed.
    pub(crate) fn pass(&mut self, series: usize, windows_per_week: f64) {
        self.weeks = self.weeks * KEEP_A_WINDOW + series as f64 / windows_per_week;
        self.peaks *= KEEP_A_WINDOW;
        self.excess *= KEEP_A_WINDOW;
    }

    pub(crate) fn count(&mut self, peak: f64) {
        self.seen += 1;
        self.peaks += 1.0;
        self.excess += (peak - LOOK).clamp(0.0, THRESHOLD_MAX);
    }

    /// Peaks above `level` a week, of one series.
    pub(crate) fn rate(&self, level: f64, alarm_level: f64) -> f64 {
        let rate = (self.peaks + PRIOR_RATE * PRIOR_WEEKS) / (self.weeks + PRIOR_WEEKS);
        rate * (-(level - LOOK).max(0.0) / self.slope(alarm_level)).exp()
    }

    /// The mean excess as it would be if nothing beyond the alarm level had been left out.
    fn slope(&self, alarm_level: f64) -> f64 {
        let mean = (self.excess + PRIOR_SLOPE * PRIOR_PEAKS) / (self.peaks + PRIOR_PEAKS);
        // mean = slope - room / (exp(room / slope) - 1). Where little room was left, the peaks do not tell their slope.
        let room = (alarm_level - LOOK).max(ROOM_MIN);
        let mut slope = mean;
        for _ in 0..20 {
            slope = (mean + room / (room / slope).exp_m1()).clamp(SLOPE_RANGE.0, SLOPE_RANGE.1);
        }
        slope
    }
}

/// The noise of all signals, and the levels that follow.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Budget {
    noise: [Noise; Signal::ALL.len()],
    /// The level that was in force when the peaks were counted.
    level: f64,
}

impl Budget {
    pub(crate) fn noise(&mut self, signal: Signal) -> &mut Noise {
        &mut self.noise[signal as usize]
    }

    /// False alarms a week at a level, by signal, of so many series.
    pub(crate) fn rates(&self, level: f64, series: usize) -> [f64; Signal::ALL.len()] {
        let alarm_level = if self.level > 0.0 { self.level } else { level };
        self.noise.each_ref().map(|noise| noise.rate(level, alarm_level) * series as f64)
    }

    /// The level at which so many series together give so many false alarms a week. `signals` says which of the
    /// signals share the budget.
    pub(crate) fn level_for(&self, false_alarms_per_week: f64, series: usize, signals: &[Signal]) -> f64 {
        let (mut low, mut high) = (THRESHOLD_MIN, THRESHOLD_MAX);
        for _ in 0..30 {
            let middle = (low + high) / 2.0;
            let rates = self.rates(middle, series.max(1));
            let rate: f64 = signals.iter().map(|&signal| rates[signal as usize]).sum();
            if rate > false_alarms_per_week { low = middle } else { high = middle }
        }
        high
    }

    /// The level from now on is in force for counting.
    pub(crate) fn set_level(&mut self, level: f64) {
        self.level = level;
    }

    pub(crate) fn seen(&self, signal: Signal) -> u64 {
        self.noise[signal as usize].seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_budget_and_more_series_need_a_higher_score() {
        let budget = Budget::default();
        let level = |alarms, series| budget.level_for(alarms, series, &Signal::ALL);
        assert!(level(0.2, 100) > level(1.0, 100));
        assert!(level(1.0, 100) > level(5.0, 100));
        assert!(level(1.0, 1_000) > level(1.0, 100));
    }

    /// Peaks at the quantiles of an exponential, some weeks of a hundred series.
    fn taught(slope: f64, peaks: u32) -> Noise {
        let mut noise = Noise::default();
        for _ in 0..2 * 10_080 {
            noise.pass(100, 10_080.0);
        }
        for at in 0..peaks {
            let share = (f64::from(at) + 0.5) / f64::from(peaks);
            noise.count(LOOK - slope * share.ln());
        }
        noise
    }

    #[test]
    fn the_rate_is_that_of_the_peaks() {
        let noise = taught(3.0, 4_000);
        let weeks = noise.weeks;
        // Two hundred, of which the older have lost weight.
        assert!((weeks - 169.0).abs() < 2.0, "{weeks}");
        let expected = 4_000.0 / (weeks + PRIOR_WEEKS) * (-10.0f64 / 3.0).exp();
        let actual = noise.rate(LOOK + 10.0, 60.0);
        assert!((actual / expected - 1.0).abs() < 0.1, "{actual} {expected}");
    }

    #[test]
    fn leaving_alarms_out_does_not_hide_noise() {
        let (whole, mut cut) = (taught(3.0, 4_000), taught(3.0, 0));
        let alarm_level = LOOK + 6.0;
        for at in 0..4_000u32 {
            let peak = LOOK - 3.0 * ((f64::from(at) + 0.5) / 4_000.0).ln();
            if peak < alarm_level {
                cut.count(peak);
            }
        }
        let (whole, cut) = (whole.rate(20.0, 60.0), cut.rate(20.0, alarm_level));
        assert!((whole / cut - 1.0).abs() < 0.3, "{whole} {cut}");
    }
}
