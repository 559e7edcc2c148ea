//! Measures detection on public data sets and on the simulator, beside its peers.
#![allow(clippy::print_stdout, reason = "printing tables is what this binary is for")]

mod budget;
mod contender;
mod cpu;
mod data;
mod detect;
mod diagnose;
mod diagnose_petshop;
mod diagnose_petshop_data;
mod diagnose_petshop_peers;
mod diagnose_petshop_stress;
mod diagnose_sim;
mod diagnose_sim_table;
mod diagnose_sim_truth;
mod events;
mod forecast;
mod futures;
mod futures_breach;
mod futures_capacity;
mod futures_discovery;
mod futures_health;
mod futures_journeys;
mod futures_sim;
mod futures_warnings;
mod nab;
mod peers;
mod service;
mod sim;
mod speed;
mod watch_speed;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "hawkeye-bench", about = "Measures detection on labelled data, beside its peers")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every table about detection on public data
    Detect {
        /// The folder with `nab`, `wsd.parquet` and `kpi.parquet`
        #[arg(long)]
        data: PathBuf,
        /// A document to rewrite between its markers
        #[arg(long)]
        write: Option<PathBuf>,
        #[command(flatten)]
        plan: sim::Plan,
    },
    /// Every table about root causes and what an incident says
    Diagnose {
        /// The folder with `petshop`
        #[arg(long)]
        data: PathBuf,
        /// A document to rewrite between its markers
        #[arg(long)]
        write: Option<PathBuf>,
        #[command(flatten)]
        plan: diagnose_sim::Plan,
    },
    /// Simulated incidents grouped and diagnosed, and decoys left alone
    DiagnoseSim {
        #[command(flatten)]
        plan: diagnose_sim::Plan,
    },
    /// Every table about forecasts
    Forecast {
        /// The folder with `m4-hourly`, `ops-hourly.parquet`, `wsd.parquet` and `kpi.parquet`
        #[arg(long)]
        data: PathBuf,
        /// A document to rewrite between its markers
        #[arg(long)]
        write: Option<PathBuf>,
        /// Only what constants may be chosen by: nothing of the competition's test part
        #[arg(long)]
        validation: bool,
    },
    /// Simulated incidents and decoys, and the budget on healthy traffic
    Sim {
        #[command(flatten)]
        plan: sim::Plan,
    },
    /// What an update costs
    Speed,
    /// The Numenta Anomaly Benchmark with its official scoring
    Nab {
        /// The folder with `labels` and the data folders
        path: PathBuf,
    },
    /// Odds of breaches, journeys and early warnings, beside simpler ways to tell them
    Futures {
        /// The folder with `ops-hourly.parquet`
        #[arg(long)]
        data: PathBuf,
        #[command(flatten)]
        plan: futures::Plan,
    },
    /// Labelled service series: F1, recall at a false-alarm rate, delay
    Service {
        /// A file with the columns series, timestamp, value, label
        path: PathBuf,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Detect { data, write, plan } => detect::run(&data, write.as_deref(), &plan),
        Command::Diagnose { data, write, plan } => diagnose::run(&data, write.as_deref(), &plan),
        Command::DiagnoseSim { plan } => {
            println!("{}", diagnose_sim::run(&plan)?);
            Ok(())
        }
        Command::Forecast { data, write, validation } => forecast::run(&data, write.as_deref(), validation),
        Command::Sim { plan } => {
            println!("{}", sim::run(&plan)?);
            Ok(())
        }
        Command::Speed => {
            println!("{}\n{}", speed::run()?, watch_speed::run()?);
            Ok(())
        }
        Command::Nab { path } => nab::run(&path),
        Command::Futures { data, plan } => {
            println!("{}", futures::run(&data, &plan)?);
            Ok(())
        }
        Command::Service { path } => service::run(&path),
    }
}
