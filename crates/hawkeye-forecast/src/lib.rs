//! Series in, futures out: forecasts with intervals, the odds of a breach, and how journeys will fare.
//!
//! Everything is pure: values, a number of steps and a seed go in, the same figures come out every time. What a value
//! means, where it is stored and who is told belong to others.
//!
//! **Steps.** A series is a slice of values at even steps, `NAN` where nothing is known. `per_day` says how many steps
//! make a day (24 for hours, 144 for ten minutes); the phase of a step is its place in the day that the slice begins.

mod backtest;
mod breach;
mod capacity;
mod clean;
mod combine;
mod conformal;
mod correction;
mod counts;
mod dependence;
mod discrete;
mod documents;
mod drift;
mod dynamic;
mod ensemble;
#[cfg(test)]
mod fixtures;
mod forecast;
mod grid;
pub mod journey;
mod kinds;
mod level;
mod models;
mod odds;
mod paths;
mod rates;
pub mod score;
mod seasons;
mod stats;
mod transform;
mod window;

pub use breach::{Breach, Side, Threshold, breach, climatology};
pub use capacity::{Capacity, CapacityReason, capacity};
pub use correction::Correction;
pub use documents::{
    Beyond, ForecastMeasure, Journey, JourneyStep, Objective, Problem, STEPS_MAX, check_journey,
    check_objective,
};
pub use drift::{Drift, follow_drift};
pub use ensemble::forecast;
pub use forecast::{Backtest, Forecast, LEVELS, Method, Model, Scores, Share, Trust};
pub use kinds::{forecast_counts, forecast_rate};
pub use odds::{Odds, Outlook, odds};
pub use paths::{FORECASTS_MAX, PATHS_MAX, Paths, joint_paths, paths};
pub use seasons::{Seasons, seasons};
