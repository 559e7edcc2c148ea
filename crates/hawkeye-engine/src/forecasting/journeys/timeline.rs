//! A journey's health over time.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_forecast::Journey;
use hawkeye_forecast::journey::{LATENCY_CORRELATION, health};
use hawkeye_model::{Series, Timestamp};
use hawkeye_store::{Dimension, EnvironmentPattern, SumQuery, TimeRange};

use super::health::{quantile_points, step_counts, success_of};
use super::steps::{SeriesSums, filter_of, step_sum};
use crate::engine::Engine;
use crate::error::EngineError;

/// Points of a picture; each costs a few milliseconds.
const POINTS: u64 = 96;
const STEP_MIN: Duration = Duration::from_secs(60);

/// Steps that people count in.
const STEPS_S: [u64; 10] = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400];

#[derive(Debug, Clone, Default)]
pub struct Timeline {
    pub start: Timestamp,
    pub step: Duration,
    /// With 95 % intervals.
    pub success: Vec<Option<(f64, f64, f64)>>,
    pub latency_ms_p50: Vec<Option<f64>>,
    pub latency_ms_p95: Vec<Option<f64>>,
    /// Requests of the first step.
    pub starts: Vec<u64>,
}

impl Engine {
    /// # Errors
    /// That there is none, or that the store cannot answer.
    pub async fn journey_timeline(
        self: &Arc<Self>,
        id: &str,
        places: Vec<EnvironmentPattern>,
        range: TimeRange,
    ) -> Result<Timeline, EngineError> {
        let journey = self.journey(id)?.journey;
        let step = step_of(range.width());
        let query = SumQuery {
            // A step that is not over would look like a fall.
            range: TimeRange { from: range.from.floor(step), to: range.to.min(self.clock.now()).floor(step) },
            step: Some(step),
            filter: filter_of([&journey]),
            group_by: vec![Dimension::Endpoint, Dimension::Environment],
            dataset: None,
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        self.ask(move |_| {
            let series: Vec<Arc<Series>> = (0..cells.groups.len())
                .map(|group| Arc::new(Series::new(cells.endpoint(group, 0), cells.environment(group, 3))))
                .collect();
            let mut timeline = Timeline { start: cells.start, step: cells.step, ..Timeline::default() };
            for at in 0..cells.n {
                let sums: SeriesSums = series
                    .iter()
                    .enumerate()
                    .map(|(group, series)| (Arc::clone(series), cells.of(group)[at].clone()))
                    .collect();
                timeline.add(&journey, &places, &sums);
            }
            Ok(timeline)
        })
        .await
    }
}

impl Timeline {
    fn add(&mut self, journey: &Journey, places: &[EnvironmentPattern], sums: &SeriesSums) {
        let counted: Vec<_> = journey.steps.iter().map(|step| step_sum(step, places, sums)).collect();
        let successes: Vec<_> = counted.iter().map(success_of).collect();
        let latencies: Vec<_> = counted.iter().map(|step| quantile_points(&step.sum)).collect();
        let whole = health(&step_counts(journey, &counted, &successes, &latencies), LATENCY_CORRELATION, 1);
        self.success.push(whole.success.map(|it| (it.value, it.low, it.high)));
        self.latency_ms_p50.push(whole.latency_ms_p50);
        self.latency_ms_p95.push(whole.latency_ms_p95);
        self.starts.push(counted.first().map_or(0, |step| step.requests));
    }
}

fn step_of(width: Duration) -> Duration {
    let wanted = width.as_secs().div_ceil(POINTS).max(STEP_MIN.as_secs());
    let found = STEPS_S.into_iter().find(|step| *step >= wanted);
    Duration::from_secs(found.unwrap_or_else(|| wanted.next_multiple_of(86_400)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(width_s: u64, expected_s: u64) {
        assert_eq!(step_of(Duration::from_secs(width_s)).as_secs(), expected_s);
    }

    #[test]
    fn a_picture_has_about_a_hundred_points() {
        check(60, 60);
        check(3_600, 60);
        check(86_400, 900);
        check(7 * 86_400, 7_200);
        check(200 * 86_400, 3 * 86_400);
    }
}
