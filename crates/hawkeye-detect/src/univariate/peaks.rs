//! How odd a score is for this series: the history of its own hourly peaks.
//!
//! A series that is often odd must be odder to count. Single windows do not tell how often: oddities come in bursts,
//! and a burst is one alarm. So the history keeps the highest z of each hour in logarithmic bins and forgets by
//! halving. Beyond the 85 % quantile u the tail is a Pareto distribution (peaks over threshold, Hill's estimator):
//!
//! P(peak >= z) = 0.15 * ((1 + z) / (1 + u))^-slope
//!
//! The slope is drawn strongly to what is common to service series: a steep or a flat tail of one series is mostly
//! its incidents. What the common slope gets wrong is corrected by counting: how many alarms the promise of five a
//! week would have raised, and how many it did raise.
//!
//! Siffer et al.: Anomaly detection in streams with extreme value theory, 2017.

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

const HOUR_US: i64 = 3_600_000_000;
const BINS_PER_OCTAVE: f32 = 4.0;
/// Quarter octaves from `LOWEST` upwards; 160 bytes.
const BINS: usize = 80;
const LOWEST: f32 = 0.25;
/// Four weeks of hours; then every count is halved, so the memory is two to four weeks long.
const HOURS_MAX: u32 = 672;
/// The quantile of hourly peaks beyond which the tail begins: about the fourth highest hour of a day.
const TAIL_BEGINS: f32 = 0.85;
/// The usual slope of the labelled web service series, and the weight of that experience in hours of the tail.
const SLOPE_PRIOR: f32 = 4.5;
const SLOPE_PRIOR_HOURS: f32 = 400.0;
/// No single hour says more about the slope than this.
const LOG_EXCESS_MAX: f32 = 2.0;
/// The promise that is checked: five alarms a week. Rarer ones cannot be counted within weeks.
const CHECKED: f32 = 5.0 / 168.0;
/// Weight of the assumption that the promise holds, in alarms.
const CHECKED_PRIOR: f32 = 5.0;
/// Before a day of hours the quantile means nothing.
const PROMISED_FROM_HOURS: u32 = 24;
/// Before three days of hours the tail is too young to be checked.
const CHECKED_FROM_HOURS: u32 = 72;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Peaks {
    counts: Vec<u16>,
    hours: u32,
    /// The hour in progress since 1970; `i64::MIN` before the first value.
    hour: i64,
    peak: f32,
    /// The quantile at `TAIL_BEGINS`.
    usual: f32,
    slope: f32,
    /// Hours in which the promise was checked, and alarms that it raised; hours in a row are one alarm.
    checked_hours: f32,
    alarms: f32,
    alarming: bool,
}

impl Default for Peaks {
    fn default() -> Self {
        Self {
            counts: vec![0; BINS],
            hours: 0,
            hour: i64::MIN,
            peak: 0.0,
            usual: 0.0,
            slope: SLOPE_PRIOR,
            checked_hours: 0.0,
            alarms: 0.0,
            alarming: false,
        }
    }
}

impl Peaks {
    /// Takes the z of one window into the history.
    pub(crate) fn learn(&mut self, at: Timestamp, z: f32) {
        let hour = at.micros().div_euclid(HOUR_US);
        if hour > self.hour {
            if self.hour != i64::MIN {
                self.end_hour(self.peak);
            }
            (self.hour, self.peak) = (hour, 0.0);
        }
        self.peak = self.peak.max(z);
    }

    /// The level that the highest hour in seven reaches; 0 before the first hour ended.
    pub(crate) fn usual(&self) -> f32 {
        self.usual
    }

    /// How probable it is that an hour begins an alarm at this z, at most 1. `N / 168` makes N alarms a week.
    pub(crate) fn probability(&self, z: f32) -> f32 {
        let kept = (CHECKED_PRIOR + self.alarms) / (CHECKED_PRIOR + CHECKED * self.checked_hours);
        (self.tail(z) * kept).min(1.0)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u16>()
    }

    fn tail(&self, z: f32) -> f32 {
        let ratio = (1.0 + z) / (1.0 + self.usual);
        if self.hours < PROMISED_FROM_HOURS || ratio < 1.0 {
            1.0
        } else {
            (1.0 - TAIL_BEGINS) * (-self.slope * ratio.ln()).exp()
        }
    }

    fn end_hour(&mut self, peak: f32) {
        if self.hours >= CHECKED_FROM_HOURS {
            let alarming = self.tail(peak) <= CHECKED;
            self.alarms += f32::from(u8::from(alarming && !self.alarming));
            self.alarming = alarming;
            self.checked_hours += 1.0;
        }
        if let Some(count) = self.counts.get_mut(bin(peak)) {
            *count = count.saturating_add(1);
        }
        self.hours += 1;
        if self.hours >= HOURS_MAX {
            self.forget();
        }
        self.usual = self.quantile(TAIL_BEGINS);
        self.slope = self.fitted_slope();
    }

    fn forget(&mut self) {
        self.counts.iter_mut().for_each(|count| *count /= 2);
        self.hours = self.counts.iter().map(|&count| u32::from(count)).sum();
        self.alarms /= 2.0;
        self.checked_hours /= 2.0;
    }

    fn fitted_slope(&self) -> f32 {
        let (mut hours, mut excess) = (0.0, 0.0);
        for (bin, &count) in self.counts.iter().enumerate() {
            let z = edge(bin as f32 + 0.5);
            if count > 0 && z > self.usual {
                hours += f32::from(count);
                excess += f32::from(count) * ((1.0 + z) / (1.0 + self.usual)).ln().min(LOG_EXCESS_MAX);
            }
        }
        (SLOPE_PRIOR_HOURS + hours) / (SLOPE_PRIOR_HOURS / SLOPE_PRIOR + excess)
    }

    fn quantile(&self, share: f32) -> f32 {
        let mut above = self.hours as f32 * (1.0 - share);
        for (bin, &count) in self.counts.iter().enumerate().rev() {
            let count = f32::from(count);
            if count > above {
                return edge(bin as f32 + 1.0 - above / count);
            }
            above -= count;
        }
        LOWEST
    }
}

fn bin(z: f32) -> usize {
    ((z.max(LOWEST) / LOWEST).log2() * BINS_PER_OCTAVE).min(BINS as f32 - 1.0) as usize
}

fn edge(bin: f32) -> f32 {
    LOWEST * (bin / BINS_PER_OCTAVE).exp2()
}
