//! Journeys: paths through endpoints that people walk in order. How one fares now, how it will fare, what a failing
//! endpoint costs it, and which journeys people walk.

mod discovery;
mod follow;
mod health;
mod impact;
mod predict;
mod sequences;
mod sessions;

pub use discovery::{Candidate, Limits, discover};
pub use follow::{FollowStep, Followed, follow, follow_steps};
pub use health::{Health, LATENCY_CORRELATION, StepCount, StepHealth, health};
pub use impact::{Impact, Outage, impact};
pub use predict::{JourneyForecast, StepForecast, predict};
pub use sessions::Visit;

/// A value that is known so well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    /// The value lies between these with 95 %.
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// From draws of the value; the interval is widened to hold the value itself.
    fn new(value: f64, draws: &mut [f64]) -> Self {
        draws.sort_unstable_by(f64::total_cmp);
        let at = |probability: f64| quantile(draws, probability).unwrap_or(value);
        Self { value, low: at(0.025).min(value), high: at(0.975).max(value) }
    }
}

/// Of sorted values, between neighbours by interpolation.
fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = (place as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64))
}
