//! Makes surprises of different series comparable: a series that is often odd must be odder to count.
//!
//! Episodes in which the surprise `s = -ln P` rises above `LOOK` are counted, each once with its peak, unless it became
//! an anomaly. If a test's model were perfect, peaks would exceed `LOOK` by 1 on average, and rarely. What they really
//! do gives the score (peaks over threshold with an exponential tail):
//!
//! ```text
//! score = s                                                        for s <= LOOK
//! score = LOOK + (s - LOOK) / excess - ln(1 + episodes a week / USUAL)     beyond, excess >= 1, never below LOOK
//! ```
//!
//! So a score is again `-ln` of a probability, and never more certain than the model itself.

use serde::{Deserialize, Serialize};

/// `-ln 0.01`.
const LOOK: f32 = 4.605;

/// Quiet windows after which an episode is over.
const QUIET_WINDOWS: u8 = 30;

/// Episodes that the perfect model stands for before a series' own count.
const PRIOR_EPISODES: f32 = 8.0;

/// The mean excess is that of the last so many episodes.
const EPISODES_MAX: f32 = 50.0;

/// Episodes a week that are nothing unusual.
const USUAL_A_WEEK: f32 = 7.0;

/// The count of episodes halves its weight in two weeks.
const KEEP: f32 = 0.999_965_6; // 2^(-1/20160)

/// Weeks that a never forgetting count with this rate of forgetting would hold.
const WEEKS: f32 = 2.0 / std::f32::consts::LN_2;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Calibration {
    excess: f32,
    episodes: f32,
    /// Decayed count, and decayed time in the same measure.
    count: f32,
    age: f32,
    peak: f32,
    quiet: u8,
}

impl Calibration {
    pub(crate) fn new() -> Self {
        Self { excess: 1.0, episodes: PRIOR_EPISODES, count: 0.0, age: 0.0, peak: 0.0, quiet: 0 }
    }

    pub(crate) fn score(&self, surprise: f64) -> f64 {
        let look = f64::from(LOOK);
        if surprise <= look {
            return surprise;
        }
        let weeks = (self.age * WEEKS).max(1.0);
        let burden = f64::from((self.count / weeks / USUAL_A_WEEK).ln_1p());
        (look + (surprise - look) / f64::from(self.excess.max(1.0)) - burden).max(look)
    }

    pub(crate) fn learn(&mut self, surprise: f64) {
        self.count *= KEEP;
        self.age = self.age * KEEP + (1.0 - KEEP);
        let surprise = surprise as f32;
        if surprise > LOOK {
            self.peak = self.peak.max(surprise);
            self.quiet = 0;
        } else if self.peak > 0.0 {
            self.quiet += 1;
            if self.quiet >= QUIET_WINDOWS {
                // One wild episode says little about the tail.
                let beyond = (self.peak - LOOK).min(8.0 * self.excess);
                self.episodes = (self.episodes + 1.0).min(EPISODES_MAX);
                self.excess += (beyond - self.excess) / self.episodes;
                self.count += 1.0;
                self.forget_episode();
            }
        }
    }

    /// The episode in progress became an anomaly.
    pub(crate) fn forget_episode(&mut self) {
        (self.peak, self.quiet) = (0.0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An episode a day whose peaks are `-ln` of evenly spread probabilities, times `stretch`, beyond [`LOOK`].
    fn taught(stretch: f64) -> Calibration {
        let mut calibration = Calibration::new();
        for at in 0..100u64 {
            let probability = ((at * 37 % 100) as f64 + 0.5) / 100.0;
            calibration.learn(f64::from(LOOK) - probability.ln() * stretch);
            (0..1_439).for_each(|_| calibration.learn(0.0));
        }
        calibration
    }

    fn check(stretch: f64, surprise: f64, expected: f64) {
        let score = taught(stretch).score(surprise);
        assert!((score - expected).abs() < 2.0, "{score} is not {expected}");
    }

    #[test]
    fn a_perfect_model_is_left_alone() {
        check(1.0, 20.0, 20.0);
        check(1.0, 3.0, 3.0);
    }

    #[test]
    fn an_overconfident_model_is_put_right() {
        check(3.0, 50.0, 20.0);
    }

    #[test]
    fn a_timid_model_stays_timid() {
        check(0.2, 10.0, 10.0);
    }

    #[test]
    fn one_wild_episode_changes_little() {
        let mut calibration = taught(1.0);
        let before = calibration.score(30.0);
        calibration.learn(500.0);
        // Only once it is over.
        assert!((calibration.score(30.0) - before).abs() < 1e-3);
        (0..60).for_each(|_| calibration.learn(0.0));
        assert!(before - calibration.score(30.0) < 5.0);
    }
}
