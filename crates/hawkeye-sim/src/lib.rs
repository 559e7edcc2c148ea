//! Seeded, realistic API traffic with labelled incidents and decoys.
//!
//! A web shop of 13 services runs in four production environments and a staging one. People walk through
//! journeys, programs make independent calls, probes knock. [`Simulator::requests`] gives the requests of
//! any window, [`Simulator::planted`] the ground truth. Detectors, forecasts and diagnosis are measured on
//! both, and the demo lives on them.
//!
//! The crate is pure: time and seed are arguments, and the same configuration gives the same requests,
//! in one piece or in many.

mod calls;
mod effects;
mod environments;
mod generate;
mod incidents;
mod journeys;
mod plan;
mod random;
mod scenario;
mod seasons;
mod targets;
mod topology;
mod truth;
mod world;

pub use generate::Simulator;
pub use journeys::JourneyOutline;
pub use scenario::{REQUESTS_PER_SECOND_MAX, SPAN_MIN, Scenario, SimConfig, SimError};
pub use truth::{Planted, PlantedKind, RootCause, ground_truth_json};
