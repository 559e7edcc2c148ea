//! All that is known about a breach of one series, put together: paths, the days before, and a drift that may go on.
//!
//! The shorter the horizon, the less other days have to say: their weight is `0.3 horizon / day`. A steady drift is
//! followed by three paths in ten, because on real series it goes on about that often; what happens if it does is told
//! apart, for whoever wants to be early rather than right.

use crate::breach::{Breach, CLIMATOLOGY_WEIGHT, Threshold, breach, climatology, weighed};
use crate::drift::{Drift, follow_drift};
use crate::forecast::Forecast;
use crate::paths::{Paths, paths};

/// Of ten paths, so many follow a drift.
const FOLLOWERS: usize = 3;

/// The odds of a breach, and what they are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    pub breach: Breach,
    /// How often the same time of recent days had one.
    pub climatology: Option<f64>,
    /// The value has been leaving its season, steadily, until now.
    pub drift: Option<Drift>,
    /// The odds if it goes on like this.
    pub if_it_goes_on: Option<Breach>,
}

/// Possible futures of one series, drawn once for any number of thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook<'a> {
    values: &'a [f64],
    per_day: usize,
    drawn: Paths,
    drift: Option<Drift>,
    /// All paths follow the drift.
    going_on: Option<Paths>,
}

impl<'a> Outlook<'a> {
    /// `forecast` is of the steps after `values`; `count` paths are drawn.
    #[must_use]
    pub fn new(forecast: &Forecast, values: &'a [f64], per_day: usize, count: usize, seed: u64) -> Self {
        let mut drawn = paths(forecast, count, seed);
        let mut moved = forecast.clone();
        let drift = follow_drift(&mut moved, values, per_day);
        let going_on = drift.map(|_| paths(&moved, count, seed));
        if let Some(going_on) = &going_on {
            let steps = drawn.steps.max(1);
            let both = drawn.values.chunks_exact_mut(steps).zip(going_on.values.chunks_exact(steps));
            for (_, (path, followed)) in both.enumerate().filter(|(at, _)| at % 10 < FOLLOWERS) {
                path.copy_from_slice(followed);
            }
        }
        Self { values, per_day, drawn, drift, going_on }
    }

    #[must_use]
    pub fn odds(&self, threshold: &Threshold) -> Odds {
        let steps = self.drawn.steps;
        let climatology = climatology(self.values, threshold, self.per_day, steps);
        let weight = CLIMATOLOGY_WEIGHT * (steps as f64 / self.per_day.max(1) as f64).min(1.0);
        Odds {
            breach: weighed(&self.drawn, threshold, climatology, weight),
            climatology,
            drift: self.drift,
            if_it_goes_on: self.going_on.as_ref().map(|paths| breach(paths, threshold, None)),
        }
    }
}

/// The odds of one threshold: see [`Outlook`] for several.
#[must_use]
pub fn odds(
    forecast: &Forecast,
    values: &[f64],
    threshold: &Threshold,
    per_day: usize,
    count: usize,
    seed: u64,
) -> Odds {
    Outlook::new(forecast, values, per_day, count, seed).odds(threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breach::Side;
    use crate::fixtures::normal_forecast;

    const PER_DAY: usize = 48;

    /// Nine days around 10 that have grown by `growth` during the last sixteen steps.
    fn series(growth: f64) -> Vec<f64> {
        let wave = |at: usize| 0.3 * ((at * at % 7) as f64 - 3.0);
        let grown = |at: usize| growth * (at + 17).saturating_sub(9 * PER_DAY) as f64 / 16.0;
        (0..9 * PER_DAY).map(|at| 10.0 + wave(at) + grown(at)).collect()
    }

    #[track_caller]
    fn check(growth: f64, value: f64, probability: f64, if_it_goes_on: Option<f64>) {
        let threshold = Threshold { value, side: Side::Above, run: 2 };
        let odds = odds(&normal_forecast(12, 10.0, 0.5), &series(growth), &threshold, PER_DAY, 500, 1);
        assert!((odds.breach.probability - probability).abs() < 0.03, "{odds:?}");
        let found = odds.if_it_goes_on.as_ref().map(|breach| breach.probability);
        assert_eq!(found.is_some(), if_it_goes_on.is_some(), "{odds:?}");
        assert!(found.zip(if_it_goes_on).is_none_or(|(a, b)| (a - b).abs() < 0.05), "{odds:?}");
        assert_eq!((odds.climatology, odds.drift.is_some()), (Some(0.0), found.is_some()));
    }

    #[test]
    fn a_drift_is_followed_by_some_paths_and_its_end_is_told() {
        check(0.0, 13.0, 0.0, None);
        check(6.0, 18.0, 0.3 * (1.0 - 0.3 / 4.0), Some(1.0));
        check(6.0, 99.0, 0.0, Some(0.0));
    }
}
