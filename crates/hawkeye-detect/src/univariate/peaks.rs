//! How odd a score is for this series: the history of its own hourly peaks.
//!
//! A series that is often odd must be odder to count. Single windows do not tell how often: oddities come in bursts,
//! and a burst is one alarm. So the history keeps the highest z of each hour, in logarithmic bins, and forgets by
//! halving. Beyond the 85 % quantile u the tail is a generalised Pareto distribution (peaks over threshold):
//!
//! P(peak >= z) = 0.15 * (1 + xi * (z - u) / sigma)^(-1/xi)
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

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Peaks {
    counts: Vec<u16>,
    hours: u32,
    /// The hour in progress since 1970; `i64::MIN` before the first value.
    hour: i64,
    peak: f32,
    /// The quantile at `TAIL_BEGINS`.
    usual: f32,
}

impl Default for Peaks {
    fn default() -> Self {
        Self { counts: vec![0; BINS], hours: 0, hour: i64::MIN, peak: 0.0, usual: 0.0 }
    }
}

impl Peaks {
    /// Takes the z of one window into the history.
    pub(crate) fn learn(&mut self, at: Timestamp, z: f32) {
        let hour = at.micros().div_euclid(HOUR_US);
        if hour > self.hour {
            if self.hour != i64::MIN {
                self.add(self.peak);
            }
            (self.hour, self.peak) = (hour, 0.0);
        }
        self.peak = self.peak.max(z);
    }

    /// The level that the highest hour in seven reaches; 0 before the first hour ended.
    pub(crate) fn usual(&self) -> f32 {
        self.usual
    }

    fn add(&mut self, peak: f32) {
        if let Some(count) = self.counts.get_mut(bin(peak)) {
            *count = count.saturating_add(1);
        }
        self.hours += 1;
        if self.hours >= HOURS_MAX {
            self.counts.iter_mut().for_each(|count| *count /= 2);
            self.hours = self.counts.iter().map(|&count| u32::from(count)).sum();
        }
        self.usual = self.quantile(TAIL_BEGINS);
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
