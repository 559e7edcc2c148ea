//! `hawkeye forecast FILE.csv`: how a file of numbers goes on, without a server.

mod columns;
mod horizon;
mod plot;
mod report;
mod steps;
mod words;

use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use hawkeye_forecast::{
    Forecast, Odds, Seasons, Side, Threshold, forecast, forecast_counts, forecast_rate, odds, seasons,
};
use hawkeye_model::Timestamp;

use super::numbers::{input, text};
use columns::{Chosen, Kind};
use horizon::Horizon;
use steps::Series;

/// The same as the server draws; more change a probability by less than a percentage point.
const PATHS: usize = 2_000;
/// Any number does, as long as the same file gets the same answer.
const SEED: u64 = 1;
/// Forty days of hours. What is farther away is no longer a matter of steps.
const STEPS_MAX: i64 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct ForecastArguments {
    /// A CSV file: a time, then one or more columns of numbers; with or without a header
    file: PathBuf,
    /// How far to look: 90m, 24h, 7d
    #[arg(long, default_value = "24h", value_parser = horizon::parse)]
    horizon: Horizon,
    /// value: a level, such as a latency; count: events, which add up; rate: a share between 0 and 1; auto: by name and
    /// numbers of the column
    #[arg(long, value_enum, default_value = "auto")]
    kind: Choice,
    /// The column to forecast, when the file has several
    #[arg(long, value_name = "NAME", conflicts_with_all = ["failed", "total"])]
    column: Option<String>,
    /// Forecast the rate of failures: the column that counts the failed ones
    #[arg(long, value_name = "NAME", requires = "total")]
    failed: Option<String>,
    /// Forecast the rate of failures: the column that counts all
    #[arg(long, value_name = "NAME", requires = "failed")]
    total: Option<String>,
    /// A value that must not be crossed: how likely will it be?
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    limit: Option<f64>,
    /// What is above the limit is bad (the default)
    #[arg(long, requires = "limit", conflicts_with = "below")]
    above: bool,
    /// What is below the limit is bad
    #[arg(long, requires = "limit")]
    below: bool,
    #[arg(long, value_enum, default_value = "table")]
    output: Output,
    /// Write a page with the series, what is expected, and how sure that is
    #[arg(long, value_name = "FILE.html")]
    plot: Option<PathBuf>,
    /// End with exit code 3 when the limit is crossed with at least this probability
    #[arg(
        long,
        value_name = "PROBABILITY",
        requires = "limit",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "0.5"
    )]
    fail_on_limit: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    Auto,
    Value,
    Count,
    Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
    Csv,
}

/// The answer to `--fail-on-limit`; `main` turns it into exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("the limit is crossed with a probability of {0:.2}")]
pub(crate) struct LimitLikely(f64);

/// Everything there is to say about one column.
#[derive(Debug)]
struct Answer {
    file: String,
    name: String,
    kind: Kind,
    series: Series,
    horizon: Horizon,
    /// One a step, in the unit of the forecast: for rates the share.
    values: Vec<f64>,
    forecast: Forecast,
    seasons: Seasons,
    limit: Option<Limit>,
}

#[derive(Debug)]
struct Limit {
    threshold: Threshold,
    odds: Odds,
    /// The last value, when it is beyond the limit already: that is no question of odds.
    beyond: Option<f64>,
}

pub(crate) fn run(arguments: &ForecastArguments) -> Result<()> {
    let wanted = arguments.fail_on_limit;
    ensure!(wanted.is_none_or(|it| (0.0..=1.0).contains(&it)), "--fail-on-limit must be between 0 and 1");
    ensure!(arguments.limit.is_none_or(f64::is_finite), "--limit must be a number");
    let file = &arguments.file;
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut read = input::read(&text);
    let chosen = columns::choose(&mut read, arguments);
    text::complain(file, &read.bad);
    let chosen = chosen.with_context(|| format!("cannot forecast {}", file.display()))?;
    let answer = answer(chosen, &read.time_name, arguments)?;
    let report = match arguments.output {
        Output::Table => report::table(&answer)?,
        Output::Json => format!("{:#}\n", report::json(&answer, &read.bad)),
        Output::Csv => report::csv(&answer)?,
    };
    print(&report)?;
    if let Some(path) = &arguments.plot {
        let page = plot::page(&answer)?;
        std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let probability = answer.limit.as_ref().map_or(0.0, Limit::probability);
    if wanted.is_some_and(|it| probability >= it) { Err(LimitLikely(probability).into()) } else { Ok(()) }
}

/// Whoever reads only the beginning, as `head` does, is no error.
fn print(report: &str) -> Result<()> {
    match std::io::stdout().write_all(report.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write the report"),
        _ => Ok(()),
    }
}

fn answer(chosen: Chosen, time_name: &str, arguments: &ForecastArguments) -> Result<Answer> {
    let (file, horizon) = (arguments.file.display().to_string(), arguments.horizon);
    let series = match steps::series(&chosen.rows, chosen.kind, horizon) {
        Ok(series) => series,
        Err(fault) => bail!("{file}:{}: {time_name}: {fault}", fault.line()),
    };
    let steps = horizon.steps(series.step_us);
    ensure!(
        steps <= STEPS_MAX,
        "{horizon} are {steps} steps of {}, and {STEPS_MAX} is the most: choose a shorter --horizon",
        Horizon::of(series.step_us)
    );
    let (steps, per_day) = (steps as usize, series.per_day());
    let values = series.shown(chosen.kind);
    ensure!(
        chosen.kind != Kind::Rate || series.totals.iter().any(|it| *it > 0.0),
        "{file} has no total above 0, so there is no rate: choose another column with --total"
    );
    let forecast = match chosen.kind {
        Kind::Value => forecast(&values, steps, per_day),
        Kind::Count => forecast_counts(&values, steps, per_day),
        Kind::Share => within_one(forecast(&values, steps, per_day)),
        Kind::Rate => forecast_rate(&series.values, &series.totals, steps, per_day),
    };
    ensure!(
        forecast.points.iter().all(|it| it.is_finite()),
        "{file} has not one whole step of {}: choose a shorter --horizon or give more lines",
        Horizon::of(series.step_us)
    );
    let side = if arguments.below { Side::Below } else { Side::Above };
    let limit = arguments.limit.map(|value| {
        let threshold = Threshold { value, side, run: 1 };
        let last = values.iter().rev().copied().find(|it| it.is_finite());
        Limit {
            threshold,
            odds: odds(&forecast, &values, &threshold, per_day, PATHS, SEED),
            beyond: last.filter(|&it| threshold.first_run(&[it]).is_some()),
        }
    });
    let seasons = seasons(&values, per_day);
    Ok(Answer {
        file,
        name: chosen.name,
        kind: chosen.kind,
        series,
        horizon,
        values,
        forecast,
        seasons,
        limit,
    })
}

/// A share that comes without its counts is forecast as any value is, but never leaves its range.
fn within_one(mut forecast: Forecast) -> Forecast {
    let clamp = |value: &mut f64| *value = value.clamp(0.0, 1.0);
    forecast.points.iter_mut().for_each(clamp);
    forecast.quantiles.iter_mut().flatten().for_each(clamp);
    forecast
}

impl Limit {
    /// One when it is beyond already.
    fn probability(&self) -> f64 {
        if self.beyond.is_some() { 1.0 } else { self.odds.breach.probability }
    }
}

impl Answer {
    /// The start of a step ahead.
    fn at(&self, step: usize) -> Timestamp {
        self.series.at(self.values.len() + step)
    }

    /// A value of the series with as many digits as its largest ones deserve.
    fn figure(&self, value: f64) -> String {
        let largest = (0..self.forecast.steps()).map(|step| self.forecast.interval(step, 0.95));
        words::figure(value, largest.fold(0.0, |most, (low, high)| most.max(low.abs()).max(high.abs())))
    }
}
