//! The odds that a value stays beyond a threshold for a while within a horizon.
//!
//! `p = 0.7 model + 0.3 climatology`: the share of paths with a run beyond the threshold, and how often the same time of
//! recent days had one. Whether a threshold is breached right now is no question of odds and belongs to the caller;
//! everything that is known about one series is put together in [`crate::odds`].

use crate::paths::Paths;

/// Weight of climatology beside the model over a day; both errors are smallest near it.
pub(crate) const CLIMATOLOGY_WEIGHT: f64 = 0.3;
/// What yesterday counts against the day before.
const DAY_DECAY: f64 = 0.9;
/// Older days would count less than half a percent together.
const DAYS_MAX: usize = 50;
/// With fewer days a frequency says nothing.
const DAYS_MIN: usize = 3;
/// A day with fewer of its steps known is no witness.
const KNOWN_MIN: f64 = 0.5;

/// What must not happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    pub value: f64,
    pub side: Side,
    /// Consecutive steps beyond the value; at least one.
    pub run: usize,
}

/// On which side of the value it is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Above,
    Below,
}

/// The odds of one threshold over the horizon of some paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    pub probability: f64,
    /// Probability that a run has begun by each step; the last one is `probability`.
    pub by_step: Vec<f64>,
    /// First step of the first run, counted from zero: the median of the paths that have one.
    pub first_step_median: Option<usize>,
    /// One in ten of the paths that have a run begins it by this step.
    pub first_step_early: Option<usize>,
    /// The worst value within the horizon: best case (10 %), median and worst case (90 %).
    pub worst: Option<[f64; 3]>,
}

impl Threshold {
    fn is_beyond(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value > self.value,
            Side::Below => value < self.value,
        }
    }

    /// The first step of the first run that is long enough.
    #[must_use]
    pub fn first_run(&self, values: &[f64]) -> Option<usize> {
        let run = self.run.max(1);
        let mut length = 0;
        for (step, &value) in values.iter().enumerate() {
            length = if self.is_beyond(value) { length + 1 } else { 0 };
            if length == run {
                return Some(step + 1 - run);
            }
        }
        None
    }

    /// Larger is worse.
    fn badness(&self, value: f64) -> f64 {
        match self.side {
            Side::Above => value,
            Side::Below => -value,
        }
    }
}

/// `climatology` is the probability without a forecast, if there is one: see [`climatology`].
#[must_use]
pub fn breach(paths: &Paths, threshold: &Threshold, climatology: Option<f64>) -> Breach {
    weighed(paths, threshold, climatology, CLIMATOLOGY_WEIGHT)
}

/// The same with another weight for climatology.
pub(crate) fn weighed(
    paths: &Paths,
    threshold: &Threshold,
    climatology: Option<f64>,
    climatology_weight: f64,
) -> Breach {
    let climatology = climatology.filter(|probability| (0.0..=1.0).contains(probability));
    let mut begins = vec![0_usize; paths.steps];
    let mut worst = Vec::with_capacity(paths.count);
    for path in paths.iter() {
        if let Some(step) = threshold.first_run(path) {
            begins[step] += 1;
        }
        let of_path = path.iter().map(|&value| threshold.badness(value)).reduce(f64::max);
        worst.extend(of_path.filter(|value| value.is_finite()));
    }
    let breaches: usize = begins.iter().sum();
    let weight = if climatology.is_some() { 1.0 - climatology_weight } else { 1.0 };
    let mut by_step = Vec::with_capacity(paths.steps);
    let mut begun = 0;
    for (step, &count) in begins.iter().enumerate() {
        begun += count;
        let model = begun as f64 / paths.count.max(1) as f64;
        // Climatology knows no steps, so its share comes evenly.
        let elapsed = (step + 1) as f64 / paths.steps as f64;
        by_step.push(weight * model + (1.0 - weight) * climatology.unwrap_or(0.0) * elapsed);
    }
    Breach {
        probability: by_step.last().copied().unwrap_or(0.0),
        by_step,
        first_step_median: step_of(&begins, breaches.div_ceil(2)),
        first_step_early: step_of(&begins, breaches.div_ceil(10)),
        worst: worst_quantiles(worst).map(|worst| worst.map(|value| threshold.badness(value))),
    }
}

/// The step by which so many runs have begun.
fn step_of(begins: &[usize], wanted: usize) -> Option<usize> {
    let mut begun = 0;
    let reached = |&count: &usize| {
        begun += count;
        begun >= wanted
    };
    if wanted == 0 { None } else { begins.iter().position(reached) }
}

fn worst_quantiles(mut worst: Vec<f64>) -> Option<[f64; 3]> {
    worst.sort_unstable_by(f64::total_cmp);
    let last = worst.len().checked_sub(1)?;
    Some([0.1, 0.5, 0.9].map(|probability| worst[(last as f64 * probability).round() as usize]))
}

/// How often the next `horizon_steps` had such a run on the days before, at the same time of day, recent days counting
/// more. `None` with fewer than three days that are known well enough.
#[must_use]
pub fn climatology(
    values: &[f64],
    threshold: &Threshold,
    per_day: usize,
    horizon_steps: usize,
) -> Option<f64> {
    if per_day == 0 || horizon_steps == 0 {
        return None;
    }
    let first = horizon_steps.div_ceil(per_day);
    let (mut days, mut weights, mut events) = (0, 0.0, 0.0);
    let mut weight = 1.0;
    for day in first..first.saturating_add(DAYS_MAX) {
        let Some(start) = day.checked_mul(per_day).and_then(|back| values.len().checked_sub(back)) else {
            break;
        };
        let window = &values[start..start + horizon_steps];
        let known = window.iter().filter(|value| value.is_finite()).count();
        if known as f64 >= KNOWN_MIN * horizon_steps as f64 {
            days += 1;
            weights += weight;
            events += if threshold.first_run(window).is_some() { weight } else { 0.0 };
        }
        weight *= DAY_DECAY;
    }
    (days >= DAYS_MIN).then_some(events / weights)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::normal_forecast;
    use crate::paths::paths;

    fn above(value: f64, run: usize) -> Threshold {
        Threshold { value, side: Side::Above, run }
    }

    #[track_caller]
    fn check_run(values: &[f64], threshold: Threshold, expected: Option<usize>) {
        assert_eq!(threshold.first_run(values), expected, "{values:?} {threshold:?}");
    }

    #[test]
    fn a_run_begins_where_it_first_is_long_enough() {
        check_run(&[1.0, 3.0, 1.0], above(2.0, 1), Some(1));
        check_run(&[1.0, 3.0, 1.0], above(2.0, 2), None);
        check_run(&[3.0, 1.0, 3.0, 3.0], above(2.0, 2), Some(2));
        check_run(&[2.0], above(2.0, 1), None);
        check_run(&[3.0], above(2.0, 0), Some(0));
        check_run(&[3.0, f64::NAN, 3.0], above(2.0, 2), None);
        check_run(&[3.0, 1.0], Threshold { side: Side::Below, ..above(2.0, 1) }, Some(1));
        check_run(&[], above(2.0, 1), None);
    }

    fn two_of_four() -> Paths {
        let values = vec![0.0, 0.0, 9.0, 0.0, 9.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        Paths { steps: 3, count: 4, values }
    }

    #[test]
    fn odds_come_from_paths_and_from_the_days_before() {
        let alone = breach(&two_of_four(), &above(5.0, 1), None);
        assert_eq!((alone.probability, alone.by_step), (0.5, vec![0.0, 0.25, 0.5]));
        assert_eq!((alone.first_step_median, alone.first_step_early), (Some(1), Some(1)));
        assert_eq!(alone.worst, Some([0.0, 9.0, 9.0]));
        let blended = breach(&two_of_four(), &above(5.0, 1), Some(1.0));
        assert!((blended.probability - 0.65).abs() < 1e-12);
        assert!((blended.by_step[0] - 0.1).abs() < 1e-12);
        let odd = breach(&two_of_four(), &above(5.0, 1), Some(f64::NAN));
        assert!((odd.probability - 0.5).abs() < 1e-12);
    }

    #[test]
    fn without_paths_nothing_is_claimed() {
        let nothing = breach(&Paths::default(), &above(5.0, 1), None);
        assert_eq!((nothing.probability, nothing.first_step_median, nothing.worst), (0.0, None, None));
        let never = breach(&two_of_four(), &above(99.0, 1), None);
        assert_eq!((never.probability, never.first_step_median), (0.0, None));
    }

    #[track_caller]
    fn check_climatology(values: &[f64], horizon_steps: usize, expected: Option<f64>) {
        let value = climatology(values, &above(5.0, 1), 2, horizon_steps);
        let is_near = value.zip(expected).is_none_or(|(value, expected)| (value - expected).abs() < 1e-9);
        assert!(is_near && value.is_some() == expected.is_some(), "{value:?} is not {expected:?}");
    }

    #[test]
    fn climatology_asks_the_same_time_of_the_days_before() {
        check_climatology(&[9.0, 0.0, 9.0, 0.0, 9.0, 0.0], 1, Some(1.0));
        check_climatology(&[0.0, 9.0, 0.0, 9.0, 0.0, 9.0], 1, Some(0.0));
        check_climatology(&[0.0, 0.0, 0.0, 0.0, 9.0, 9.0], 2, Some(1.0 / 2.71));
        check_climatology(&[0.0, 0.0, 9.0, 9.0], 2, None);
        check_climatology(&[f64::NAN; 20], 2, None);
        check_climatology(&[0.0; 8], 4, Some(0.0));
        check_climatology(&[0.0; 8], 0, None);
        check_climatology(&[0.0; 8], usize::MAX, None);
    }

    proptest! {
        #[test]
        fn a_higher_threshold_and_a_longer_run_are_less_likely(
            value in -2.0..2.0_f64, more in 0.0..1.0_f64, run in 1_usize..4, climatology in 0.0..1.0_f64,
        ) {
            let drawn = paths(&normal_forecast(8, 0.0, 1.0), 200, 3);
            let odds = |value, run| breach(&drawn, &above(value, run), Some(climatology));
            let base = odds(value, run);
            prop_assert!(odds(value + more, run).probability <= base.probability);
            prop_assert!(odds(value, run + 1).probability <= base.probability);
            prop_assert!(base.by_step.is_sorted());
            prop_assert!((0.0..=1.0).contains(&base.probability));
        }
    }
}
