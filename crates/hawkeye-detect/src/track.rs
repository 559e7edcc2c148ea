//! One signal of one series over time: its calibration, what people said about it, and its open anomaly.
//!
//! A window alarms when its score is half as high again as the threshold, or when it and one of the two windows before
//! it reach the threshold. Both are one number, so that noise can be counted on the same scale:
//! `alarm score = max(score / 1.5, the second highest of the last three)`.

use hawkeye_model::Signal;
use serde::{Deserialize, Serialize};

use crate::budget::{LOOK, Noise};
use crate::calibration::Calibration;
use crate::case::Case;
use crate::course::Course;

/// A single window must be this many times as odd as two.
const ALONE: f64 = 1.2;

/// Quiet windows after which a peak of noise is over.
const QUIET_WINDOWS: u8 = 30;

/// From this alarm score on a window is suspicious and teaches nothing ...
const SUSPICIOUS: f64 = 5.0;

/// ... for at most so many windows: what goes on longer without an alarm is how things are.
const SUSPICIOUS_WINDOWS: u8 = 45;

/// Windows of the score before an anomaly that its course begins with.
const BEFORE: usize = 30;

/// What verdicts change halves in three weeks of minutes.
const OFFSET_KEEP: f32 = 0.999_977_08; // 2^(-1/30240)

/// Verdicts move a threshold at most this far.
pub(crate) const OFFSET_RANGE: (f64, f64) = (-4.0, 12.0);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Track {
    pub(crate) calibration: Calibration,
    /// What people's verdicts add to the threshold.
    offset: f32,
    /// Scores of the last two windows.
    last: [f32; 2],
    /// Scores of the last windows, a ring.
    before: Vec<f32>,
    /// Where the oldest is once the ring is full.
    oldest: u8,
    /// The highest alarm score of the episode of noise in progress; 0 when there is none.
    peak: f32,
    quiet: u8,
    /// Suspicious windows in a row.
    suspicious: u8,
    pub(crate) open: Option<Box<Case>>,
}

impl Track {
    pub(crate) fn new() -> Self {
        Self {
            calibration: Calibration::new(),
            offset: 0.0,
            last: [0.0; 2],
            before: Vec::new(),
            oldest: 0,
            peak: 0.0,
            quiet: 0,
            suspicious: 0,
            open: None,
        }
    }

    pub(crate) fn offset(&self) -> f64 {
        f64::from(self.offset)
    }

    pub(crate) fn set_offset(&mut self, offset: f64) {
        self.offset = offset.clamp(OFFSET_RANGE.0, OFFSET_RANGE.1) as f32;
    }

    /// The alarm score of a window with this score.
    pub(crate) fn alarm_score(&mut self, score: f64) -> f64 {
        let [one, two] = self.last.map(f64::from);
        let highest = score.max(one).max(two);
        let second = if score == highest { one.max(two) } else { score.max(one.min(two)) };
        self.last = [score as f32, self.last[0]];
        self.offset *= OFFSET_KEEP;
        // An odd window alone is no alarm when it is past: the window itself must be odd.
        let alarm = (score / ALONE).max(second.min(score));
        self.suspicious = if alarm >= SUSPICIOUS { self.suspicious.saturating_add(1) } else { 0 };
        if self.before.len() < BEFORE {
            self.before.push(alarm as f32);
        } else {
            self.before[usize::from(self.oldest)] = alarm as f32;
            self.oldest = (self.oldest + 1) % BEFORE as u8;
        }
        alarm
    }

    /// Counts episodes of noise: peaks of the alarm score that did not become anomalies.
    /// While something is open nearby, oddness is no noise.
    pub(crate) fn count_noise(&mut self, alarm: f64, is_shadowed: bool, noise: &mut Noise) {
        if is_shadowed {
            self.forget_noise();
        } else if alarm >= LOOK {
            self.peak = self.peak.max(alarm as f32);
            self.quiet = 0;
        } else if self.peak > 0.0 {
            self.quiet += 1;
            if self.quiet >= QUIET_WINDOWS {
                noise.count(f64::from(self.peak));
                self.peak = 0.0;
            }
        }
    }

    /// The episode in progress became an anomaly: no noise.
    pub(crate) fn forget_noise(&mut self) {
        (self.peak, self.quiet) = (0.0, 0);
        self.calibration.forget_episode();
    }

    /// The anomaly is over: its scores are past.
    pub(crate) fn settle(&mut self) {
        (self.last, self.suspicious) = ([0.0; 2], 0);
        self.forget_noise();
    }

    pub(crate) fn may_learn(&self) -> bool {
        self.open.is_none() && !(1..=SUSPICIOUS_WINDOWS).contains(&self.suspicious)
    }

    /// The course of the score up to now.
    pub(crate) fn course(&self, threshold: f64) -> Course {
        let mut course = Course::default();
        let (newer, older) = self.before.split_at(usize::from(self.oldest));
        older.iter().chain(newer).for_each(|score| course.push(f64::from(*score), threshold));
        course
    }
}

/// A track for each signal.
pub(crate) type Tracks = [Track; Signal::ALL.len()];
