//! The health of simulated journeys, predicted against what came.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::Result;
use hawkeye_forecast::journey::{StepForecast, predict};
use hawkeye_forecast::{Forecast, forecast, forecast_rate};
use hawkeye_model::{Endpoint, Rollup};
use hawkeye_sim::Simulator;

use crate::futures_sim::{DAYS, HORIZON, PATHS, PER_DAY, Steps, is_entry, latency_ms};

/// History before the first origin.
const WARM_DAYS: u32 = 6;

/// Errors of predicted journeys.
#[derive(Default)]
pub(crate) struct Predicted {
    values: f64,
    /// Within 80 and 95 %: success, then total latency.
    success: [f64; 2],
    latency: [f64; 2],
    /// The same of single endpoints, to tell the forecasts' part from the journeys'.
    endpoint: [f64; 2],
    endpoint_values: f64,
    error: f64,
    error_yesterday: f64,
    mean: f64,
    mean_predicted: f64,
}

struct Watched {
    failed: Vec<f64>,
    total: Vec<f64>,
    latency_ms: Vec<f64>,
}

impl Watched {
    fn new(sums: &[Rollup]) -> Self {
        Self {
            failed: sums.iter().map(|it| it.server_errors as f64).collect(),
            total: sums.iter().map(|it| it.requests() as f64).collect(),
            latency_ms: latency_ms(sums),
        }
    }

    fn success(&self, step: usize) -> f64 {
        1.0 - self.failed[step] / self.total[step]
    }
}

pub(crate) fn predicted(simulator: &Simulator, seed: u64) -> Predicted {
    let steps = Steps::new(simulator, DAYS, |request| {
        is_entry(request) && &*request.series.environment().deployment == "production"
    });
    let journeys = simulator.journeys();
    let mut watched: HashMap<Endpoint, Watched> = HashMap::new();
    for endpoint in journeys.iter().flat_map(|journey| &journey.steps) {
        watched.entry(endpoint.clone()).or_insert_with(|| Watched::new(&steps.endpoint(endpoint)));
    }
    let mut outcome = Predicted::default();
    let (first, last) = (WARM_DAYS as usize * PER_DAY, DAYS as usize * PER_DAY - HORIZON);
    // Every seven hours.
    for origin in (first..=last).step_by(42) {
        let forecasts: HashMap<&Endpoint, (Forecast, Forecast)> = watched
            .iter()
            .map(|(endpoint, it)| {
                let errors = forecast_rate(&it.failed[..origin], &it.total[..origin], HORIZON, PER_DAY);
                let latency = forecast(&it.latency_ms[..origin], HORIZON, PER_DAY);
                (endpoint, (errors, latency))
            })
            .collect();
        for (endpoint, (_, latency)) in &forecasts {
            for (row, came) in latency.quantiles.iter().zip(&watched[*endpoint].latency_ms[origin..]) {
                outcome.endpoint_values += f64::from(u8::from(came.is_finite()));
                for (at, (low, high)) in [(2, 12), (0, 14)].into_iter().enumerate() {
                    outcome.endpoint[at] += f64::from(u8::from(row[low] <= *came && *came <= row[high]));
                }
            }
        }
        for journey in &journeys {
            let of_step = |endpoint: &Endpoint| {
                let (errors, latency) = &forecasts[endpoint];
                StepForecast {
                    error_rate: errors,
                    latency_ms: latency,
                    error_rate_limit: None,
                    latency_limit_ms: None,
                    is_optional: false,
                    weight: 1.0,
                }
            };
            let of_steps: Vec<StepForecast<'_>> = journey.steps.iter().map(of_step).collect();
            let said = predict(&of_steps, PATHS, seed);
            for ahead in 0..HORIZON {
                let success = |step: usize| -> f64 {
                    journey.steps.iter().map(|endpoint| watched[endpoint].success(step)).product()
                };
                let total: f64 =
                    journey.steps.iter().map(|endpoint| watched[endpoint].latency_ms[origin + ahead]).sum();
                let (came, before) = (success(origin + ahead), success(origin + ahead - PER_DAY));
                if !came.is_finite() || !before.is_finite() || !total.is_finite() {
                    continue;
                }
                let (row, times) = (&said.success[ahead], &said.latency_ms[ahead]);
                outcome.values += 1.0;
                for (at, (low, high)) in [(2, 12), (0, 14)].into_iter().enumerate() {
                    outcome.success[at] += f64::from(row[low] <= came && came <= row[high]);
                    outcome.latency[at] += f64::from(times[low] <= total && total <= times[high]);
                }
                outcome.error += (came - row[7]).abs();
                outcome.error_yesterday += (came - before).abs();
                outcome.mean += came;
                outcome.mean_predicted += row[7];
            }
        }
    }
    outcome
}

pub(crate) fn health(outcomes: Vec<Result<Predicted>>) -> Result<String> {
    let outcomes: Vec<Predicted> = outcomes.into_iter().collect::<Result<_>>()?;
    let sum = |of: &dyn Fn(&Predicted) -> f64| outcomes.iter().map(of).sum::<f64>();
    let values = sum(&|it| it.values);
    let share = |of: &dyn Fn(&Predicted) -> f64| sum(of) / values;
    let mut text = format!(
        "### Journeys predicted for 6 hours in steps of ten minutes, incidents included, {values:.0} values\n\n| | within 80 % | within 95 % | mean error | repeating yesterday | mean predicted | mean that came |\n|---|---|---|---|---|---|---|\n"
    );
    writeln!(
        text,
        "| success | {:.3} | {:.3} | {:.4} | {:.4} | {:.4} | {:.4} |",
        share(&|it| it.success[0]),
        share(&|it| it.success[1]),
        share(&|it| it.error),
        share(&|it| it.error_yesterday),
        share(&|it| it.mean_predicted),
        share(&|it| it.mean)
    )?;
    writeln!(
        text,
        "| total latency, p95 | {:.3} | {:.3} | | | | |\n| one endpoint's latency, p95 | {:.3} | {:.3} | | | | |\n| target | .77 to .83 | .93 to .97 | below yesterday | | | |\n",
        share(&|it| it.latency[0]),
        share(&|it| it.latency[1]),
        sum(&|it| it.endpoint[0]) / sum(&|it| it.endpoint_values),
        sum(&|it| it.endpoint[1]) / sum(&|it| it.endpoint_values)
    )?;
    Ok(text)
}
