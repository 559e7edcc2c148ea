//! Scores alarms on service series by events.
//!
//! An event is a run of labelled points. It is found when a point at or above the threshold lies in it. An alarm
//! outside events is false; alarms closer than an hour to an event's end or to the previous alarm are not counted
//! again. The first half of each series is for learning only.

use hawkeye_model::Timestamp;

use crate::data::LabelledSeries;

/// Alarms that follow each other more closely than this are one.
pub(crate) const QUIET_S: i64 = 3_600;
/// The strict variant: an event must be found in its first ten minutes.
const PROMPT_S: i64 = 600;
const WEEK_S: f64 = 7.0 * 86_400.0;

/// The scores of one series, cut down to what the sweep over thresholds needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scored {
    events: Vec<EventScore>,
    outside: Vec<Outside>,
    weeks: f64,
}

/// A point outside events, in time order. Within an hour after an event's end an alarm is not counted, but it is a
/// "previous alarm" for those that follow.
#[derive(Debug, Clone, Copy)]
struct Outside {
    at_s: i64,
    score: f32,
    counts: bool,
}

#[derive(Debug, Clone, Default)]
struct EventScore {
    best: f32,
    best_prompt: f32,
    /// Seconds since the event's start and the highest score until then, rising.
    records: Vec<(i64, f32)>,
}

/// What one threshold gives over all series.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) threshold: f32,
    pub(crate) events: usize,
    pub(crate) found: usize,
    pub(crate) found_promptly: usize,
    pub(crate) false_alarms: usize,
    pub(crate) weeks: f64,
    pub(crate) delay_minutes_median: f64,
}

impl Outcome {
    pub(crate) fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.false_alarms).max(1) as f64
    }
    pub(crate) fn recall(&self) -> f64 {
        self.found as f64 / self.events.max(1) as f64
    }
    pub(crate) fn f1(&self) -> f64 {
        2.0 * self.found as f64 / (self.found + self.false_alarms + self.events).max(1) as f64
    }
    pub(crate) fn f1_prompt(&self) -> f64 {
        2.0 * self.found_promptly as f64
            / (self.found_promptly + self.false_alarms + self.events).max(1) as f64
    }
    pub(crate) fn false_alarms_per_week(&self) -> f64 {
        self.false_alarms as f64 / self.weeks.max(f64::MIN_POSITIVE)
    }
}

impl Scored {
    /// `scores` holds one score for each point of the series.
    pub(crate) fn new(series: &LabelledSeries, scores: &[f32]) -> Self {
        let half = series.len() / 2;
        let mut scored = Self::default();
        let seconds = |at: Timestamp| at.micros() / 1_000_000;
        if let (Some(&first), Some(&last)) = (series.times.get(half), series.times.last()) {
            scored.weeks = (seconds(last) - seconds(first)) as f64 / WEEK_S;
        }
        let (mut event_start, mut event_end) = (None, i64::MIN / 2);
        let rows = series.times.iter().zip(scores).zip(&series.labels);
        for ((&at, &score), &labelled) in rows.skip(half) {
            let at = seconds(at);
            if labelled {
                if event_start.is_none() {
                    event_start = Some(at);
                    scored.events.push(EventScore { best: f32::MIN, best_prompt: f32::MIN, records: vec![] });
                }
                let since = at - event_start.unwrap_or(at);
                if let Some(event) = scored.events.last_mut() {
                    if score > event.best {
                        event.best = score;
                        event.records.push((since, score));
                    }
                    if since < PROMPT_S {
                        event.best_prompt = event.best_prompt.max(score);
                    }
                }
                event_end = at;
            } else {
                event_start = None;
                scored.outside.push(Outside { at_s: at, score, counts: at - event_end >= QUIET_S });
            }
        }
        scored
    }

    /// Whether no point of the measured half is labelled.
    pub(crate) fn is_unlabelled(&self) -> bool {
        self.events.is_empty()
    }

    /// Alarms outside events, those less than an hour after the previous one left out.
    pub(crate) fn false_alarms(&self, threshold: f32) -> usize {
        let (mut count, mut previous) = (0, i64::MIN / 2);
        for point in self.outside.iter().filter(|point| point.score >= threshold) {
            count += usize::from(point.counts && point.at_s - previous >= QUIET_S);
            previous = point.at_s;
        }
        count
    }
}

pub(crate) fn outcome(all: &[Scored], threshold: f32) -> Outcome {
    let mut outcome = Outcome { threshold, ..Outcome::default() };
    let mut delays_s = Vec::new();
    for scored in all {
        outcome.weeks += scored.weeks;
        outcome.events += scored.events.len();
        outcome.false_alarms += scored.false_alarms(threshold);
        for event in &scored.events {
            outcome.found += usize::from(event.best >= threshold);
            outcome.found_promptly += usize::from(event.best_prompt >= threshold);
            delays_s.extend(event.records.iter().find(|record| record.1 >= threshold).map(|record| record.0));
        }
    }
    delays_s.sort_unstable();
    outcome.delay_minutes_median = delays_s.get(delays_s.len() / 2).map_or(f64::NAN, |&s| s as f64 / 60.0);
    outcome
}

/// Outcomes at the thresholds that change which events are found, at most `STEPS` of them, rising.
pub(crate) fn sweep(all: &[Scored]) -> Vec<Outcome> {
    const STEPS: usize = 200;
    let mut bests: Vec<f32> = all.iter().flat_map(|s| s.events.iter().map(|event| event.best)).collect();
    bests.retain(|best| best.is_finite() && *best > 0.0);
    bests.sort_unstable_by(f32::total_cmp);
    // Below the lowest fifth of the events' scores nothing is worth its false alarms; the sweep stays cheap.
    let bests = &bests[bests.len() / 20..];
    let lowest = bests.first().copied().unwrap_or(f32::MAX);
    let reduced: Vec<Scored> = all
        .iter()
        .map(|scored| Scored {
            outside: scored.outside.iter().copied().filter(|point| point.score >= lowest).collect(),
            ..scored.clone()
        })
        .collect();
    let step = (bests.len() / STEPS).max(1);
    bests.iter().step_by(step).map(|&threshold| outcome(&reduced, threshold)).collect()
}

pub(crate) fn best_f1(outcomes: &[Outcome]) -> Outcome {
    outcomes.iter().copied().max_by(|a, b| a.f1().total_cmp(&b.f1())).unwrap_or_default()
}

/// The highest recall that costs at most this many false alarms per series and week.
pub(crate) fn recall_at(outcomes: &[Outcome], false_alarms_per_week: f64) -> f64 {
    outcomes
        .iter()
        .filter(|o| o.false_alarms_per_week() <= false_alarms_per_week)
        .map(Outcome::recall)
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series of 2,000 minutes with one event at minutes 1,500 to 1,519, and a score of 1 at `alarms`.
    fn check(alarms: &[usize], found: usize, found_promptly: usize, false_alarms: usize) {
        let series = LabelledSeries {
            name: "one".to_owned(),
            times: (0..2_000).map(|minute| Timestamp::from_secs(minute * 60)).collect(),
            values: vec![0.0; 2_000],
            labels: (0..2_000).map(|minute| (1_500..1_520).contains(&minute)).collect(),
        };
        let mut scores = vec![0.0; 2_000];
        alarms.iter().for_each(|&minute| scores[minute] = 1.0);
        let outcome = outcome(&[Scored::new(&series, &scores)], 1.0);
        assert_eq!(
            (outcome.found, outcome.found_promptly, outcome.false_alarms),
            (found, found_promptly, false_alarms)
        );
        assert_eq!(outcome.events, 1);
    }

    #[test]
    fn an_event_is_found_by_any_of_its_points() {
        check(&[], 0, 0, 0);
        check(&[1_500], 1, 1, 0);
        check(&[1_519], 1, 0, 0);
        check(&[1_509, 1_519], 1, 1, 0);
    }

    #[test]
    fn alarms_in_a_row_are_one_and_the_hour_after_an_event_is_free() {
        check(&[1_100, 1_159, 1_218], 0, 0, 1);
        check(&[1_100, 1_160], 0, 0, 2);
        check(&[1_578], 0, 0, 0);
        check(&[1_579], 0, 0, 1);
        check(&[1_570, 1_600], 0, 0, 0);
    }

    #[test]
    fn the_first_half_is_for_learning() {
        check(&[10, 999], 0, 0, 0);
        check(&[1_000], 0, 0, 1);
    }
}
