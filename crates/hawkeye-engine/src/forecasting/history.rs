//! The past of one scope in even steps, as forecasts need it: twenty bytes a step.

use std::time::Duration;

use hawkeye_forecast::{Forecast, ForecastMeasure, forecast, forecast_counts, forecast_rate};
use hawkeye_model::{Rollup, Signal, Timestamp};

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
    /// What a recovered incident made of it; see [`History::set_aside`].
    is_slow: bool,
    is_failing: bool,
    is_odd_traffic: bool,
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
    const QUIET: Self = Self { requests: 0.0, errors: 0.0, ..Self::UNKNOWN };

    /// Nobody listened.
    pub(crate) const UNKNOWN: Self = Self {
        requests: f32::NAN,
        errors: f32::NAN,
        latency_ms_p50: f32::NAN,
        latency_ms_p95: f32::NAN,
        is_slow: false,
        is_failing: false,
        is_odd_traffic: false,
    };

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
            is_slow: self.is_slow || other.is_slow,
            is_failing: self.is_failing || other.is_failing,
            is_odd_traffic: self.is_odd_traffic || other.is_odd_traffic,
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
            ..Self::QUIET
        }
    }

    /// Whether the value says nothing about what is ordinary.
    fn is_set_aside(&self, measure: ForecastMeasure) -> bool {
        match measure {
            ForecastMeasure::LatencyMsP50 | ForecastMeasure::LatencyMsP95 => self.is_slow,
            ForecastMeasure::ErrorRate => self.is_failing,
            ForecastMeasure::RequestsPerMinute => self.is_odd_traffic,
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

    /// The same without what incidents made of it.
    pub(crate) fn ordinary(&self, measure: ForecastMeasure, until: usize) -> Vec<f64> {
        let mut values = self.values(measure, until);
        for (value, cell) in values.iter_mut().zip(&self.cells) {
            if cell.is_set_aside(measure) {
                *value = f64::NAN;
            }
        }
        values
    }

    /// An incident that is over is no part of what is ordinary: forecasts are made as if its steps were unknown.
    pub(crate) fn set_aside(&mut self, from: Timestamp, to: Timestamp, signal: Signal) {
        if to <= self.start {
            return;
        }
        let first = self.steps_to(from.max(self.start));
        let last = self.steps_to(to);
        for cell in self.cells.iter_mut().take(last + 1).skip(first) {
            match signal {
                Signal::Latency => cell.is_slow = true,
                Signal::ErrorRate => cell.is_failing = true,
                Signal::Traffic => cell.is_odd_traffic = true,
                Signal::ClientErrorRate => {}
            }
        }
    }

    /// The start of each step, and whether somebody listened.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Timestamp, bool)> + '_ {
        self.cells.iter().enumerate().map(|(at, cell)| (self.at(at), !cell.requests.is_nan()))
    }

    /// Mean requests of the steps of the last day that had some.
    pub(crate) fn requests_a_step(&self, until: usize) -> f64 {
        let until = until.min(self.cells.len());
        let day = &self.cells[until.saturating_sub(self.per_day())..until];
        let known = day.iter().filter(|cell| cell.requests > 0.0);
        let (count, sum) =
            known.fold((0, 0.0), |(count, sum), cell| (count + 1, sum + f64::from(cell.requests)));
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }

    /// What follows the first `until` steps, in the unit of the measure.
    pub(crate) fn forecast(&self, measure: ForecastMeasure, until: usize, steps: usize) -> Forecast {
        let (until, per_day) = (until.min(self.cells.len()), self.per_day());
        let cells = &self.cells[..until];
        match measure {
            ForecastMeasure::LatencyMsP50 | ForecastMeasure::LatencyMsP95 => {
                forecast(&self.ordinary(measure, until), steps, per_day)
            }
            ForecastMeasure::ErrorRate => {
                let ordinary = |cell: &Cell, of: f32| if cell.is_failing { f64::NAN } else { f64::from(of) };
                let failed: Vec<f64> = cells.iter().map(|cell| ordinary(cell, cell.errors)).collect();
                let total: Vec<f64> = cells.iter().map(|cell| ordinary(cell, cell.requests)).collect();
                forecast_rate(&failed, &total, steps, per_day)
            }
            ForecastMeasure::RequestsPerMinute => {
                let ordinary =
                    |cell: &Cell| if cell.is_odd_traffic { f64::NAN } else { f64::from(cell.requests) };
                let counts: Vec<f64> = cells.iter().map(ordinary).collect();
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
    fn an_incident_that_is_over_bends_no_forecast() {
        let mut history = History::new(Timestamp::from_secs(0), STEP);
        for step in 0..6 * 144 {
            let incident = (700..720).contains(&step);
            history.set(Timestamp::from_secs(600 * step), cell(100, 0, if incident { 9_000 } else { 40 }));
        }
        let widest = |history: &History| {
            let forecast = history.forecast(ForecastMeasure::LatencyMsP95, history.len(), 144);
            forecast.quantiles.iter().map(|row| row[14]).fold(0.0, f64::max)
        };
        history.set_aside(Timestamp::from_secs(0), Timestamp::from_secs(1), Signal::Traffic);
        let bent = widest(&history);
        let (from, to) = (Timestamp::from_secs(700 * 600 + 60), Timestamp::from_secs(719 * 600 + 300));
        history.set_aside(from, to, Signal::Latency);
        let straight = widest(&history);
        assert!(straight < 60.0, "{straight}, and {bent} without setting it aside");
        assert!(
            history.values(ForecastMeasure::LatencyMsP95, 720)[710] > 8_000.0,
            "what happened stays known"
        );
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
