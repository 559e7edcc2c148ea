//! The `hawkeye` command: reads its arguments and hands over to a command. Exit codes: 0 done, 1 failed, 2 wrong
//! arguments, 3 anomalies found or a limit likely crossed (when asked to fail), 64 wrong configuration.

mod app;
mod commands;
mod config;
mod demo;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// The exit code that the BSDs call EX_USAGE.
const EXIT_CONFIG: u8 = 64;
/// `hawkeye detect --fail-on-anomaly` or `hawkeye forecast --fail-on-limit` found something.
const EXIT_FOUND: u8 = 3;

#[derive(Debug, Parser)]
#[command(name = "hawkeye", version, about = "Watches every API you run, in every environment")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// A file with the options to change; see `hawkeye config default`
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Run the server with simulated traffic and incidents
    Demo(commands::demo::DemoArguments),
    /// Run a stored range again with other settings of detection
    Backtest(commands::backtest::BacktestArguments),
    /// Find what is odd in a CSV file of numbers
    Detect(commands::detect::DetectArguments),
    /// Say how a CSV file of numbers goes on
    Forecast(commands::forecast::ForecastArguments),
    /// Alert rules in files: check, diff, apply, test against the stored past
    #[command(subcommand)]
    Rules(commands::rules::RulesCommand),
    /// Measure what requests and queries cost on this machine
    Bench,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every option with its default and reason
    Default,
    /// Say whether a file is right, and if not, where
    Check { file: PathBuf },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve { config } => {
            Config::load(config.as_deref()).map_err(Into::into).and_then(commands::serve::run)
        }
        Command::Demo(arguments) => commands::demo::run(&arguments),
        Command::Backtest(arguments) => commands::backtest::run(&arguments),
        Command::Detect(arguments) => commands::detect::run(&arguments),
        Command::Forecast(arguments) => commands::forecast::run(&arguments),
        Command::Rules(command) => commands::rules::run(&command),
        Command::Bench => commands::bench::run(),
        Command::Config(ConfigCommand::Default) => commands::config::default(),
        Command::Config(ConfigCommand::Check { file }) => commands::config::check(&file),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hawkeye: {error:#}");
            if error.is::<ConfigError>() {
                EXIT_CONFIG.into()
            } else if error.is::<commands::detect::AnomaliesFound>()
                || error.is::<commands::forecast::LimitLikely>()
            {
                EXIT_FOUND.into()
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
