//! Odds of breaches, journeys and early warnings: measured beside simpler ways to tell them, with the targets.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use hawkeye_forecast::score::{brier, calibration_error, reliability};

use crate::{futures_breach, futures_capacity, futures_journeys, futures_sim};

/// What is measured.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Plan {
    /// Simulated weeks for each table
    #[arg(long, default_value_t = 6)]
    seeds: u64,
    /// Over five environments and about 340 series
    #[arg(long, default_value_t = 10.0)]
    requests_per_second: f64,
    /// Leave the simulator out
    #[arg(long)]
    quick: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seeds: 6, requests_per_second: 10.0, quick: false }
    }
}

/// All tables. `data` is the folder with `ops-hourly.parquet` and `wsd.parquet`.
pub(crate) fn run(data: &Path, plan: &Plan) -> Result<String> {
    let mut text = futures_breach::run(data)?;
    text.push('\n');
    text.push_str(&futures_journeys::run());
    text.push_str(&futures_capacity::run()?);
    if !plan.quick {
        text.push('\n');
        text.push_str(&futures_sim::run(plan.seeds, plan.requests_per_second)?);
    }
    Ok(text)
}

/// Probabilities and what happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claims {
    probabilities: Vec<f64>,
    happened: Vec<bool>,
}

impl Claims {
    pub(crate) fn add(&mut self, probability: f64, happened: bool) {
        self.probabilities.push(probability);
        self.happened.push(happened);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.probabilities.extend(other.probabilities);
        self.happened.extend(other.happened);
    }

    pub(crate) fn len(&self) -> usize {
        self.happened.len()
    }

    pub(crate) fn mean(&self) -> f64 {
        self.probabilities.iter().sum::<f64>() / self.len().max(1) as f64
    }

    pub(crate) fn frequency(&self) -> f64 {
        self.happened.iter().filter(|it| **it).count() as f64 / self.len().max(1) as f64
    }

    pub(crate) fn brier(&self) -> f64 {
        brier(&self.probabilities, &self.happened)
    }

    /// Ten bins of equal width.
    pub(crate) fn calibration_error(&self) -> f64 {
        calibration_error(&reliability(&self.probabilities, &self.happened, 10))
    }

    /// A thousand paths cannot tell one in a thousand from never, so claims are cut there.
    pub(crate) fn log_loss(&self) -> f64 {
        let loss = |(p, &happened): (&f64, &bool)| {
            let p = p.clamp(0.001, 0.999);
            -(if happened { p } else { 1.0 - p }).ln()
        };
        self.probabilities.iter().zip(&self.happened).map(loss).sum::<f64>() / self.len().max(1) as f64
    }
}

/// Does `one` for every item, on all cores, and gives what came out in the order of the items.
pub(crate) fn for_each<I: Sync, T: Send>(items: &[I], one: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((at, item)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).map(|item| (at, item))
                } {
                    let outcome = one(item);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|outcome| outcome.0);
    outcomes.into_iter().map(|outcome| outcome.1).collect()
}
