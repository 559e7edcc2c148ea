//! `hawkeye demo`: the server, with demo data made at the start unless there is some.

use std::path::PathBuf;

use clap::Args;
use hawkeye_api::dto::DemoStart;

use crate::app;
use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// A file with the options to change
    #[arg(long)]
    config: Option<PathBuf>,
    /// What happens: all, healthy, latency_spike, slow_drift, error_burst, traffic_drop, pattern_change,
    /// bad_deployment, dependency_failure or regional_outage
    #[arg(long, default_value = "all")]
    scenario: String,
    /// How many days back the data reaches
    #[arg(long, default_value_t = 7)]
    days: u64,
    /// The same seed gives the same data
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// On average over a week
    #[arg(long, default_value_t = 10.0)]
    requests_per_second: f64,
}

pub(crate) fn run(arguments: &DemoArguments) -> anyhow::Result<()> {
    let start = DemoStart {
        scenario: arguments.scenario.clone(),
        span_s: arguments.days.saturating_mul(86_400),
        seed: arguments.seed,
        requests_per_second: arguments.requests_per_second,
    };
    app::run(Config::load(arguments.config.as_deref())?, Some(start))
}
