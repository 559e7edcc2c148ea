//! The past of one scope in even steps, as forecasts need it: sixteen bytes a step.

use std::time::Duration;

use hawkeye_forecast::{Forecast, ForecastMeasure, forecast, forecast_counts, forecast_rate};
use hawkeye_model::{Rollup, Timestamp};

/// A step of a published forecast.
pub(crate) const STEP: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cell {
    /// `NAN` when nobody listened.
    requests: f32,
    errors: f32,
    /// `NAN` without requests.
    latency_ms_p50: f32,
    latency_ms_p95: f32,
}

/// Values from a start on, without gaps in time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct History {
    pub(crate) start: Timestamp,
    pub(crate) step: Duration,
    cells: Vec<Cell>,
}

impl Cell {
    /// No request came, although somebody listened.
    const QUIET: Self =
        Self { requests: 0.0, errors: 0.0, latency_ms_p50: f32::NAN, latency_ms_p95: f32::NAN };

    /// Nobody listened.
    pub(crate) const UNKNOWN: Self =
        Self { requests: f32::NAN, errors: f32::NAN, latency_ms_p50: f32::NAN, latency_ms_p95: f32::NAN };

    fn plus(&self, other: &Self) -> Self {
        let known = |it: f32| if it.is_finite() { it } else { 0.0 };
        if self.requests.is_nan() {
            return *other;
        }
        let requests = self.requests + known(other.requests);
        let mean = |of: fn(&Self) -> f32| match (of(self), of(other)) {
            (one, other_value) if one.is_nan() => other_value,
            (one, other_value) if other_value.is_nan() => one,
            (one, other_value) => {
                (one * self.requests + other_value * other.requests) / requests.max(f32::MIN_POSITIVE)
            }
        };
        Self {
            requests,
            errors: self.errors + known(other.errors),
            latency_ms_p50: mean(|it| it.latency_ms_p50),
            latency_ms_p95: mean(|it| it.latency_ms_p95),
        }
    }

    pub(crate) fn of(sum: &Rollup) -> Self {
        if sum.requests() == 0 {
            return Self::QUIET;
        }
        let quantile_ms = |q| sum.latency.quantile(q).map_or(f32::NAN, |us| (us / 1_000.0) as f32);
        Self {
            requests: sum.requests() as f32,
            errors: sum.server_errors as f32,
            latency_ms_p50: quantile_ms(0.5),
            latency_ms_p95: quantile_ms(0.95),
        }
    }
}

impl History {
    pub(crate) fn new(start: Timestamp, step: Duration) -> Self {
        Self { start, step, cells: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn end(&self) -> Timestamp {
        self.at(self.cells.len())
    }

    /// The start of a step.
    pub(crate) fn at(&self, step: usize) -> Timestamp {
        self.start.plus(self.step * u32::try_from(step).unwrap_or(u32::MAX))
    }

    pub(crate) fn per_day(&self) -> usize {
        (86_400 / self.step.as_secs().max(1)) as usize
    }

    /// Steps from the start to a moment, at most as many as there are.
    pub(crate) fn until(&self, at: Timestamp) -> usize {
        self.steps_to(at).min(self.cells.len())
    }

    /// Sets the step that begins at a moment. What lies between is unknown; what lies before the start is ignored.
    pub(crate) fn set(&mut self, at: Timestamp, cell: Cell) {
        if at < self.start {
            return;
        }
        let place = self.steps_to(at);
        if place >= self.cells.len() {
            self.cells.resize(place + 1, Cell::UNKNOWN);
        }
        self.cells[place] = cell;
    }

    /// Forgets what lies before a moment.
    pub(crate) fn keep_from(&mut self, at: Timestamp) {
        let gone = self.until(at);
        self.cells.drain(..gone);
        self.start = self.start.plus(self.step * u32::try_from(gone).unwrap_or(u32::MAX));
    }

    /// Adds another past: requests and errors add up. Latencies do not; theirs is the mean by requests, which is near
    /// enough for a forecast of several series together.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.start < self.start {
            let missing = other.steps_to(self.start);
            let before = std::iter::repeat_n(Cell::UNKNOWN, missing);
            self.cells.splice(0..0, before);
            self.start = other.start;
        }
        for (at, cell) in other.cells.iter().enumerate() {
            let place = self.steps_to(other.at(at));
            if place >= self.cells.len() {
                self.cells.resize(place + 1, Cell::UNKNOWN);
            }
            self.cells[place] = self.cells[place].plus(cell);
        }
    }

    fn steps_to(&self, at: Timestamp) -> usize {
        (at.since(self.start).as_micros() / self.step.as_micros().max(1)) as usize
    }

    /// Values of a measure up to a step, `NAN` where there is none.
    pub(crate) fn values(&self, measure: ForecastMeasure, until: usize) -> Vec<f64> {
        let minutes = self.step.as_secs_f64() / 60.0;
        let value = |cell: &Cell| match measure {
            ForecastMeasure::LatencyMsP50 => f64::from(cell.latency_ms_p50),
            ForecastMeasure::LatencyMsP95 => f64::from(cell.latency_ms_p95),
            ForecastMeasure::ErrorRate if cell.requests > 0.0 => f64::from(cell.errors / cell.requests),
            ForecastMeasure::ErrorRate => f64::NAN,
            ForecastMeasure::RequestsPerMinute => f64::from(cell.requests) / minutes,
        };
        self.cells[..until.min(self.cells.len())].iter().map(value).collect()
    }

    /// What follows the first `until` steps, in the unit of the measure.
    pub(crate) fn forecast(&self, measure: ForecastMeasure, until: usize, steps: usize) -> Forecast {
        let (until, per_day) = (until.min(self.cells.len()), self.per_day());
        let cells = &self.cells[..until];
        match measure {
            ForecastMeasure::LatencyMsP50 | ForecastMeasure::LatencyMsP95 => {
                forecast(&self.values(measure, until), steps, per_day)
            }
            ForecastMeasure::ErrorRate => {
                let failed: Vec<f64> = cells.iter().map(|cell| f64::from(cell.errors)).collect();
                let total: Vec<f64> = cells.iter().map(|cell| f64::from(cell.requests)).collect();
                forecast_rate(&failed, &total, steps, per_day)
            }
            ForecastMeasure::RequestsPerMinute => {
                let counts: Vec<f64> = cells.iter().map(|cell| f64::from(cell.requests)).collect();
                let minutes = self.step.as_secs_f64() / 60.0;
                scaled(forecast_counts(&counts, steps, per_day), 1.0 / minutes)
            }
        }
    }
}

/// The same forecast in another unit.
fn scaled(mut forecast: Forecast, factor: f64) -> Forecast {
    forecast.points.iter_mut().for_each(|it| *it *= factor);
    forecast.quantiles.iter_mut().flatten().for_each(|it| *it *= factor);
    if let Some(backtest) = &mut forecast.backtest {
        for it in
            [&mut backtest.error, &mut backtest.error_naive, &mut backtest.loss, &mut backtest.loss_naive]
        {
            *it *= factor;
        }
    }
    forecast
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(requests: u64, errors: u64, latency_ms: u64) -> Cell {
        let mut sum = Rollup::default();
        sum.latency.record_n(latency_ms * 1_000, requests);
        sum.server_errors = errors;
        Cell::of(&sum)
    }

    fn history() -> History {
        let mut history = History::new(Timestamp::from_secs(0), STEP);
        history.set(Timestamp::from_secs(0), cell(100, 5, 40));
        history.set(Timestamp::from_secs(1_200), cell(0, 0, 0));
        history
    }

    #[track_caller]
    fn check(measure: ForecastMeasure, expected: [Option<f64>; 3]) {
        let values = history().values(measure, 3);
        for (value, expected) in values.iter().zip(expected) {
            match expected {
                Some(expected) => assert!((value - expected).abs() < 0.02 * expected.max(0.01), "{values:?}"),
                None => assert!(value.is_nan(), "{values:?}"),
            }
        }
    }

    #[test]
    fn what_nobody_saw_is_unknown_and_silence_is_zero_requests() {
        check(ForecastMeasure::RequestsPerMinute, [Some(10.0), None, Some(0.0)]);
        check(ForecastMeasure::ErrorRate, [Some(0.05), None, None]);
        check(ForecastMeasure::LatencyMsP95, [Some(40.0), None, None]);
    }

    #[test]
    fn old_steps_are_forgotten() {
        let mut history = history();
        history.keep_from(Timestamp::from_secs(600));
        assert_eq!((history.len(), history.start), (2, Timestamp::from_secs(600)));
        history.set(Timestamp::from_secs(0), cell(1, 0, 1));
        assert_eq!(history.len(), 2);
        assert_eq!(history.end(), Timestamp::from_secs(1_800));
    }

    #[test]
    fn pasts_of_several_series_add_up() {
        let mut one = history();
        let mut other = History::new(Timestamp::from_secs(600), STEP);
        other.set(Timestamp::from_secs(600), cell(50, 0, 10));
        other.set(Timestamp::from_secs(1_200), cell(10, 5, 70));
        one.merge(&other);
        let mut reverse = other.clone();
        reverse.merge(&history());
        let values = one.values(ForecastMeasure::RequestsPerMinute, 3);
        assert_eq!(values, [10.0, 5.0, 1.0]);
        assert_eq!(values, reverse.values(ForecastMeasure::RequestsPerMinute, 3));
        let latency = one.values(ForecastMeasure::LatencyMsP95, 3);
        assert!((latency[2] - 70.0).abs() < 1.0, "{latency:?}");
    }

    #[test]
    fn traffic_is_forecast_per_minute() {
        let mut history = History::new(Timestamp::from_secs(0), STEP);
        for step in 0..5 * 144 {
            history.set(Timestamp::from_secs(600 * step), cell(600, 0, 40));
        }
        let forecast = history.forecast(ForecastMeasure::RequestsPerMinute, history.len(), 6);
        assert!(forecast.points.iter().all(|it| (it - 60.0).abs() < 1.0), "{:?}", forecast.points);
    }
}
