//! How a journey will fare, from forecasts of its steps.
//!
//! All steps' error rates and latencies are drawn together, because what shakes one step shakes others: independence is
//! far too pessimistic about "all is well" and far too sure about sums. In each path and time step success is the product
//! of `1 - error rate`, the time is the sum of latencies, and all is well when every step is within its limits.

use super::quantile;
use crate::forecast::{Forecast, LEVELS};
use crate::paths::{Paths, joint_paths};

/// Forecasts of one step of a journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepForecast<'a> {
    /// Server errors per request, 0 to 1.
    pub error_rate: &'a Forecast,
    /// Of one percentile: the median for what is usual, the 95th for the slow ones.
    pub latency_ms: &'a Forecast,
    pub error_rate_limit: Option<f64>,
    pub latency_limit_ms: Option<f64>,
    /// The journey succeeds without it.
    pub is_optional: bool,
    /// How much a failure here counts against one elsewhere.
    pub weight: f64,
}

/// The time steps that all forecasts of a journey reach.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JourneyForecast {
    /// Share of sessions without an error, at [`LEVELS`], for each time step.
    pub success: Vec<[f64; LEVELS.len()]>,
    /// Sum over the needed steps, at [`LEVELS`], for each time step.
    pub latency_ms: Vec<[f64; LEVELS.len()]>,
    /// Expected share of sessions without an error while every step is fast enough, for each time step.
    pub success_in_time: Vec<f64>,
    /// Probability that every step is within its limits, for each time step.
    pub all_ok: Vec<f64>,
    /// Probability that every step is within its limits in every time step.
    pub all_ok_throughout: f64,
    /// By step of the journey: its share in the paths that are not all well, by weight. All zero when every path is.
    pub blame: Vec<f64>,
    /// The step with the most of it.
    pub weakest: Option<usize>,
}

/// Draws `count` futures of the journey. The same arguments give the same answer.
#[must_use]
pub fn predict(steps: &[StepForecast<'_>], count: usize, seed: u64) -> JourneyForecast {
    let forecasts: Vec<&Forecast> =
        steps.iter().map(|step| step.error_rate).chain(steps.iter().map(|step| step.latency_ms)).collect();
    let drawn = joint_paths(&forecasts, count, seed);
    let (errors, latencies) = drawn.split_at(steps.len());
    let needed: Vec<usize> = (0..steps.len()).filter(|&at| !steps[at].is_optional).collect();
    let horizon = needed.iter().map(|&at| errors[at].steps.min(latencies[at].steps)).min().unwrap_or(0);
    let count = drawn.iter().map(|paths| paths.count).min().unwrap_or(0);
    if horizon == 0 || count == 0 {
        return JourneyForecast { blame: vec![0.0; steps.len()], ..JourneyForecast::default() };
    }
    let mut tally = Tally::new(steps.len(), horizon, count);
    for path in 0..count {
        tally.begin();
        for time in 0..horizon {
            let (mut success, mut total) = (1.0, 0.0);
            for &at in &needed {
                let (error, latency) = (value(&errors[at], path, time), value(&latencies[at], path, time));
                success *= 1.0 - error.clamp(0.0, 1.0);
                total += latency;
                tally.look(at, &steps[at], error, latency);
            }
            tally.add(time, success, total);
        }
        tally.end();
    }
    tally.finish(&needed, steps)
}

fn value(paths: &Paths, path: usize, time: usize) -> f64 {
    paths.values[path * paths.steps + time]
}

/// What all paths add up to.
struct Tally {
    count: usize,
    /// By time step, one value a path.
    success: Vec<Vec<f64>>,
    latency_ms: Vec<Vec<f64>>,
    in_time: Vec<f64>,
    ok: Vec<usize>,
    throughout: usize,
    blame: Vec<f64>,
    bad_paths: usize,
    /// Of the current path and time step.
    is_ok: bool,
    is_fast: bool,
    /// Of the current path.
    is_ok_throughout: bool,
    path_blame: Vec<f64>,
}

impl Tally {
    fn new(steps: usize, horizon: usize, count: usize) -> Self {
        Self {
            count,
            success: vec![Vec::with_capacity(count); horizon],
            latency_ms: vec![Vec::with_capacity(count); horizon],
            in_time: vec![0.0; horizon],
            ok: vec![0; horizon],
            throughout: 0,
            blame: vec![0.0; steps],
            bad_paths: 0,
            is_ok: true,
            is_fast: true,
            is_ok_throughout: true,
            path_blame: vec![0.0; steps],
        }
    }

    fn begin(&mut self) {
        (self.is_ok, self.is_fast, self.is_ok_throughout) = (true, true, true);
        self.path_blame.fill(0.0);
    }

    fn look(&mut self, at: usize, step: &StepForecast<'_>, error: f64, latency: f64) {
        let is_slow = step.latency_limit_ms.is_some_and(|limit| latency > limit);
        let is_failing = step.error_rate_limit.is_some_and(|limit| error > limit);
        self.is_fast &= !is_slow;
        if is_slow || is_failing {
            self.is_ok = false;
            self.path_blame[at] += if step.weight > 0.0 { step.weight } else { 0.0 };
        }
    }

    fn add(&mut self, time: usize, success: f64, total: f64) {
        self.success[time].push(success);
        self.latency_ms[time].push(total);
        self.in_time[time] += if self.is_fast { success } else { 0.0 };
        self.ok[time] += usize::from(self.is_ok);
        self.is_ok_throughout &= self.is_ok;
        (self.is_ok, self.is_fast) = (true, true);
    }

    fn end(&mut self) {
        self.throughout += usize::from(self.is_ok_throughout);
        let total: f64 = self.path_blame.iter().sum();
        if total > 0.0 {
            self.bad_paths += 1;
            self.blame.iter_mut().zip(&self.path_blame).for_each(|(all, own)| *all += own / total);
        }
    }

    fn finish(mut self, needed: &[usize], steps: &[StepForecast<'_>]) -> JourneyForecast {
        let count = self.count as f64;
        let bad = self.bad_paths.max(1) as f64;
        self.blame.iter_mut().for_each(|blame| *blame /= bad);
        let mut forecast = JourneyForecast {
            success: self.success.iter_mut().map(|values| levels(values)).collect(),
            latency_ms: self.latency_ms.iter_mut().map(|values| levels(values)).collect(),
            success_in_time: self.in_time.iter().map(|sum| sum / count).collect(),
            all_ok: self.ok.iter().map(|&ok| ok as f64 / count).collect(),
            all_ok_throughout: self.throughout as f64 / count,
            weakest: most(&self.blame),
            blame: self.blame,
        };
        // The draws of one step alone are its quantiles but for luck, so luck is left out.
        if let &[only] = needed {
            for (row, of_step) in forecast.latency_ms.iter_mut().zip(&steps[only].latency_ms.quantiles) {
                *row = *of_step;
            }
            for (row, of_step) in forecast.success.iter_mut().zip(&steps[only].error_rate.quantiles) {
                *row = of_step.map(|error| 1.0 - error.clamp(0.0, 1.0));
                row.reverse(); // the levels are symmetric
            }
        }
        forecast
    }
}

fn levels(values: &mut [f64]) -> [f64; LEVELS.len()] {
    values.sort_unstable_by(f64::total_cmp);
    LEVELS.map(|level| quantile(values, level).unwrap_or(f64::NAN))
}

/// The first of the largest; `None` when all are zero.
fn most(blame: &[f64]) -> Option<usize> {
    let largest = blame.iter().copied().fold(0.0, f64::max);
    if largest > 0.0 { blame.iter().position(|&it| it == largest) } else { None }
}

#[cfg(test)]
mod tests;
