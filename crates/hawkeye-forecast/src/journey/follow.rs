//! How far sessions came on a known journey, and why they did not come further.
//!
//! A step is completed when it was answered well at least once or when the next step was reached. Who was answered well
//! and did not go on left by choice, as far as anybody can tell; who was not was failed.

use super::discovery::Limits;
use super::sessions::{Visit, sessions, sorted};

/// One step of a journey that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowStep {
    pub place: u32,
    /// The next step may come without it.
    pub is_optional: bool,
}

/// What became of the sessions at one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Followed {
    /// `completed + failed`
    pub reached: u64,
    /// Answered well, or went on anyway.
    pub completed: u64,
    /// Never answered well.
    pub failed: u64,
    /// Of those completed: reached a later step. At the last step all that completed.
    pub went_on: u64,
    /// Of those completed: did not go on, and the session is over.
    pub left: u64,
    /// Of those completed: did not go on yet.
    pub pending: u64,
}

/// Counts the sessions at each step of a journey of which no step is optional. Visits need no order.
#[must_use]
pub fn follow(visits: &[Visit], places: &[u32], limits: &Limits) -> Vec<Followed> {
    let steps: Vec<FollowStep> =
        places.iter().map(|&place| FollowStep { place, is_optional: false }).collect();
    follow_steps(visits, &steps, limits)
}

/// Counts the sessions at each step of a journey. Visits need no order.
#[must_use]
pub fn follow_steps(visits: &[Visit], steps: &[FollowStep], limits: &Limits) -> Vec<Followed> {
    let visits = sorted(visits);
    let newest_ms = visits.iter().map(|visit| visit.at_ms).max().unwrap_or(0);
    let mut counts = vec![Followed::default(); steps.len()];
    for session in sessions(&visits, limits) {
        let last_ms = session.last().map_or(newest_ms, |visit| visit.at_ms);
        let is_over = newest_ms.saturating_sub(last_ms) > limits.gap_ms;
        let mut run = Run::new(steps);
        for visit in session {
            if run.is_finished() && steps.first().is_some_and(|first| first.place == visit.place) {
                run.add_to(&mut counts, is_over);
                run = Run::new(steps);
            }
            run.step(visit);
        }
        run.add_to(&mut counts, is_over);
    }
    counts
}

/// One walk through the journey.
struct Run<'a> {
    steps: &'a [FollowStep],
    /// By step: whether it was answered well; `None` when it was not reached.
    answers: Vec<Option<bool>>,
    /// The furthest step.
    at: Option<usize>,
}

impl<'a> Run<'a> {
    fn new(steps: &'a [FollowStep]) -> Self {
        Self { steps, answers: vec![None; steps.len()], at: None }
    }

    /// The last step was answered well.
    fn is_finished(&self) -> bool {
        self.answers.last() == Some(&Some(true))
    }

    fn step(&mut self, visit: &Visit) {
        let from = self.at.unwrap_or(0);
        // The furthest step again, or one that only optional steps separate from it.
        for at in from..self.steps.len() {
            let step = self.steps[at];
            if step.place == visit.place {
                let answer = self.answers[at].get_or_insert(false);
                *answer |= visit.is_ok;
                self.at = Some(at);
                return;
            }
            let may_pass = step.is_optional || (self.at == Some(at));
            if !may_pass {
                return;
            }
        }
    }

    fn add_to(&self, counts: &mut [Followed], is_over: bool) {
        let Some(furthest) = self.at else { return };
        for (at, (count, answer)) in counts.iter_mut().zip(&self.answers).enumerate() {
            let Some(is_ok) = *answer else { continue };
            let went_on = at < furthest || (at + 1 == self.steps.len() && is_ok);
            let completed = is_ok || went_on;
            count.reached += 1;
            count.completed += u64::from(completed);
            count.failed += u64::from(!completed);
            count.went_on += u64::from(went_on);
            count.left += u64::from(completed && !went_on && is_over);
            count.pending += u64::from(completed && !went_on && !is_over);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session as text: a digit is a place that answered well, `!` after it that it did not, `.` an hour.
    fn visits(sessions: &[&str]) -> Vec<Visit> {
        let mut all = Vec::new();
        for (key, text) in sessions.iter().enumerate() {
            let mut at_ms = 0;
            for letter in text.chars() {
                match letter {
                    '.' => at_ms += 3_600_000,
                    '!' => all.last_mut().map_or((), |visit: &mut Visit| visit.is_ok = false),
                    _ => {
                        at_ms += 1_000;
                        let place = letter.to_digit(10).unwrap_or(99);
                        all.push(Visit { key: key as u64, at_ms, place, is_ok: true });
                    }
                }
            }
        }
        // So that all sessions but this one are over.
        all.push(Visit { key: 999, at_ms: 86_400_000, place: 98, is_ok: true });
        all
    }

    /// For each step: reached, completed, failed, went on, left.
    #[track_caller]
    fn check(sessions: &[&str], expected: &[[u64; 5]]) {
        let counts = follow(&visits(sessions), &[1, 2, 3], &Limits::default());
        let counts: Vec<[u64; 5]> =
            counts.iter().map(|it| [it.reached, it.completed, it.failed, it.went_on, it.left]).collect();
        assert_eq!(counts, expected, "{sessions:?}");
    }

    #[test]
    fn who_failed_and_who_left_are_told_apart() {
        check(&["123"], &[[1, 1, 0, 1, 0], [1, 1, 0, 1, 0], [1, 1, 0, 1, 0]]);
        check(&["12"], &[[1, 1, 0, 1, 0], [1, 1, 0, 0, 1], [0; 5]]);
        check(&["12!"], &[[1, 1, 0, 1, 0], [1, 0, 1, 0, 0], [0; 5]]);
        check(&["123!"], &[[1, 1, 0, 1, 0], [1, 1, 0, 1, 0], [1, 0, 1, 0, 0]]);
        check(&["12!2", "12!3"], &[[2, 2, 0, 2, 0], [2, 2, 0, 1, 1], [1, 1, 0, 1, 0]]);
    }

    #[test]
    fn other_calls_and_the_way_back_do_no_harm() {
        check(&["1723"], &[[1, 1, 0, 1, 0], [1, 1, 0, 1, 0], [1, 1, 0, 1, 0]]);
        check(&["12123"], &[[1, 1, 0, 1, 0], [1, 1, 0, 1, 0], [1, 1, 0, 1, 0]]);
        check(&["23", "7"], &[[0; 5], [0; 5], [0; 5]]);
        check(&["13"], &[[1, 1, 0, 0, 1], [0; 5], [0; 5]]);
    }

    #[test]
    fn one_session_may_walk_twice_and_a_pause_ends_it() {
        check(&["123123"], &[[2, 2, 0, 2, 0], [2, 2, 0, 2, 0], [2, 2, 0, 2, 0]]);
        check(&["12.3"], &[[1, 1, 0, 1, 0], [1, 1, 0, 0, 1], [0; 5]]);
    }

    #[test]
    fn an_optional_step_may_be_left_out() {
        let steps = [(1, false), (2, true), (3, false)];
        let steps = steps.map(|(place, is_optional)| FollowStep { place, is_optional });
        let counts = follow_steps(&visits(&["13", "123", "12!3"]), &steps, &Limits::default());
        let reached: Vec<(u64, u64)> = counts.iter().map(|it| (it.reached, it.completed)).collect();
        assert_eq!(reached, [(3, 3), (2, 2), (3, 3)]);
    }

    #[test]
    fn who_may_still_go_on_has_not_left() {
        let mut all = visits(&[]);
        all.push(Visit { key: 1, at_ms: 86_400_000, place: 1, is_ok: true });
        let counts = follow(&all, &[1, 2], &Limits::default());
        assert_eq!((counts[0].left, counts[0].pending), (0, 1));
        assert!(follow(&[], &[], &Limits::default()).is_empty());
    }
}
