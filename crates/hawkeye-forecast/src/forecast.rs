//! What a forecast is: a point and fifteen quantiles for each step ahead, where they come from, and how well the same
//! way of forecasting did on the series' own past.

/// The quantiles of each step, as probabilities.
pub const LEVELS: [f64; 15] =
    [0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975];

/// The steps that follow the last value of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// One value a step, in the unit of the series.
    pub points: Vec<f64>,
    /// Non-decreasing values at [`LEVELS`], one row a step.
    pub quantiles: Vec<[f64; LEVELS.len()]>,
    pub method: Method,
    /// What the points are made of; empty unless several models were weighed.
    pub shares: Vec<Share>,
    /// How past errors lay within their quantiles: what paths are drawn from. `None` without a backtest.
    pub scores: Option<Scores>,
    pub backtest: Option<Backtest>,
    pub trust: Trust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Models weighed by a backtest, conformal intervals.
    Ensemble,
    /// The same models with equal weights: too little history for a backtest.
    Unweighed,
    /// The level of the last day and the spread of what was seen.
    Level,
    /// Negative binomial with a seasonal mean: counts that are mostly zero.
    Counts,
    /// Beta-binomial with a seasonal mean: rates of few failures.
    Rate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub model: Model,
    /// All shares of a forecast sum to one.
    pub weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// Seasonal autoregression, as seen.
    Autoregression,
    /// The same on values without outliers, forgetting within a week.
    RobustAutoregression,
    /// The same, forgetting within two weeks.
    SlowAutoregression,
    /// What followed the most similar days.
    AnalogDay,
    AnalogTwoDays,
    /// The same of weeks, and the median of the last four.
    AnalogWeek,
    /// Smoothed level with half the trend, daily season.
    Theta,
    /// The median of the same time on the last seven days.
    MedianDay,
    /// The median of the last day.
    Level,
}

/// Standard normal scores of past errors: row after row an origin, oldest first; `NAN` where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Columns: steps ahead.
    pub steps: usize,
    /// Steps between two origins.
    pub stride: usize,
    pub values: Vec<f64>,
}

/// How the same way of forecasting did from origins in the past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backtest {
    pub origins: usize,
    /// Values that were compared.
    pub values: usize,
    /// Share of values within the central 50, 80 and 95 %.
    pub coverage: [f64; 3],
    /// Mean absolute error, and that of repeating the last day.
    pub error: f64,
    pub error_naive: f64,
    /// Mean quantile loss over [`LEVELS`], and that of the last day with the spread of its own errors.
    pub loss: f64,
    pub loss_naive: f64,
}

/// Whether a forecast deserves to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Better than repeating the last day, intervals that held.
    Good,
    /// Not enough history to tell.
    Untested,
    /// No better than repeating the last day, or intervals that did not hold.
    Poor,
}

impl Forecast {
    /// The value that the step stays below with this probability; between [`LEVELS`] by interpolation, beyond them the
    /// outermost.
    ///
    /// # Panics
    /// When there is no such step.
    #[must_use]
    pub fn quantile(&self, step: usize, probability: f64) -> f64 {
        let row = &self.quantiles[step];
        let above = LEVELS.partition_point(|&level| level < probability);
        match above {
            0 => row[0],
            above if above == LEVELS.len() => row[above - 1],
            above => {
                let (low, high) = (LEVELS[above - 1], LEVELS[above]);
                let share = (probability - low) / (high - low);
                row[above - 1] + share * (row[above] - row[above - 1])
            }
        }
    }

    /// The central interval that holds the step with this probability.
    ///
    /// # Panics
    /// When there is no such step.
    #[must_use]
    pub fn interval(&self, step: usize, coverage: f64) -> (f64, f64) {
        (self.quantile(step, 0.5 - coverage / 2.0), self.quantile(step, 0.5 + coverage / 2.0))
    }

    /// Steps ahead.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.points.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Forecast {
        Forecast {
            points: vec![10.0],
            quantiles: vec![LEVELS.map(|level| 100.0 * level)],
            method: Method::Level,
            shares: Vec::new(),
            scores: None,
            backtest: None,
            trust: Trust::Untested,
        }
    }

    #[track_caller]
    fn check(probability: f64, expected: f64) {
        let value = sample().quantile(0, probability);
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    }

    #[test]
    fn quantiles_lie_between_the_levels() {
        check(0.5, 50.0);
        check(0.55, 55.0);
        check(0.001, 2.5);
        check(1.0, 97.5);
    }

    #[test]
    fn an_interval_is_central() {
        let (low, high) = sample().interval(0, 0.8);
        assert!((low - 10.0).abs() < 1e-9 && (high - 90.0).abs() < 1e-9);
    }
}
