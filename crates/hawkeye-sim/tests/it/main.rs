//! The simulator seen from outside. One binary, so that it links once.

mod incidents;
mod laws;
mod planned;
mod traffic;

use std::time::Duration;

use hawkeye_model::Timestamp;
use hawkeye_sim::{Scenario, SimConfig, Simulator};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// Monday 2024-01-01 00:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_704_067_200);

pub(crate) fn simulator(
    seed: u64,
    scenario: Scenario,
    span: Duration,
    requests_per_second: f64,
) -> Simulator {
    let config = SimConfig { seed, scenario, start: START, end: START.plus(span), requests_per_second };
    Simulator::new(config).expect("the configuration is valid")
}
