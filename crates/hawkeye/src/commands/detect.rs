//! `hawkeye detect FILE.csv`: what is odd in a file of numbers, without a server.

mod plot;
mod report;
mod scale;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use hawkeye_detect::univariate::{Learn, Novelty, Residual, ResidualConfig};
use hawkeye_model::Timestamp;

use super::numbers::input::{self, Column, Reading};
use super::numbers::text;
use scale::Scale;

/// Alarms that follow each other more closely than this are one anomaly.
const QUIET_US: i64 = 3_600_000_000;
const HOURS_PER_WEEK: f32 = 168.0;
/// The residual needs a time of day, and so some days of windows that are not wider than an hour.
const RESIDUAL_SPAN_US: i64 = 4 * 86_400_000_000;
const RESIDUAL_STEP_US: i64 = 3_600_000_000;

#[derive(Debug, Args)]
pub(crate) struct DetectArguments {
    /// A CSV file: a time, then one or more columns of numbers; with or without a header
    file: PathBuf,
    /// residual: metrics with a daily rhythm; novelty: any series; auto: by the length and step of the file
    #[arg(long, value_enum, default_value = "auto")]
    detector: Choice,
    /// False alarms a week that are acceptable for each column
    #[arg(long, default_value_t = 1.0)]
    budget: f32,
    #[arg(long, value_enum, default_value = "table")]
    output: Output,
    /// Write a page with the series, what was expected, and the anomalies
    #[arg(long, value_name = "FILE.html")]
    plot: Option<PathBuf>,
    /// End with exit code 3 when there is an anomaly
    #[arg(long)]
    fail_on_anomaly: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    Auto,
    Residual,
    Novelty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
    Csv,
}

/// The answer to `--fail-on-anomaly`; `main` turns it into exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{0} anomalies")]
pub(crate) struct AnomaliesFound(usize);

/// One column, detected.
#[derive(Debug)]
struct Signal {
    name: String,
    detector: &'static str,
    points: Vec<Point>,
    anomalies: Vec<Anomaly>,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    at: Timestamp,
    value: f64,
    /// The novelty detector expects nothing in particular.
    expected: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Anomaly {
    start: Timestamp,
    end: Timestamp,
    /// The oddest point.
    worst: Point,
    probability: f32,
}

pub(crate) fn run(arguments: &DetectArguments) -> Result<()> {
    ensure!(arguments.budget > 0.0 && arguments.budget.is_finite(), "--budget must be above 0");
    let file = &arguments.file;
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let read = input::read(&text);
    text::complain(file, &read.bad);
    ensure!(
        !read.columns.is_empty(),
        "no numbers in {}: expected a time and a value in each line",
        file.display()
    );
    let signals: Vec<Signal> = read.columns.into_iter().map(|column| detect(column, arguments)).collect();
    match arguments.output {
        Output::Table => report::table(&signals),
        Output::Json => report::json(file, &read.bad, &signals)?,
        Output::Csv => report::csv(&signals),
    }
    if let Some(path) = &arguments.plot {
        let page = plot::page(&file.display().to_string(), &signals)?;
        std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let count = signals.iter().map(|signal| signal.anomalies.len()).sum();
    if arguments.fail_on_anomaly && count > 0 { Err(AnomaliesFound(count).into()) } else { Ok(()) }
}

fn detect(column: Column, arguments: &DetectArguments) -> Signal {
    let residual = match arguments.detector {
        Choice::Residual => true,
        Choice::Novelty => false,
        Choice::Auto => has_rhythm(&column),
    };
    let threshold = arguments.budget / HOURS_PER_WEEK;
    let scale = Scale::of(&column.name);
    let mut signal = Signal {
        name: column.name,
        detector: if residual { "residual" } else { "novelty" },
        points: Vec::with_capacity(column.values.len()),
        anomalies: Vec::new(),
    };
    let (mut seasonal, mut novelty) = (Residual::new(ResidualConfig::default()), Novelty::new());
    for Reading { at, value, .. } in column.values {
        let scaled = scale.apply(value);
        let (expected, probability) = if residual {
            let score = seasonal.update(at, scaled, Learn::Yes);
            (Some(scale.undo(score.expected)), score.tail_probability)
        } else {
            (None, novelty.update(at, scaled).tail_probability)
        };
        let point = Point { at, value, expected };
        signal.points.push(point);
        if probability <= threshold {
            alarm(&mut signal.anomalies, point, probability);
        }
    }
    signal
}

/// A new anomaly, or more of the last one.
fn alarm(anomalies: &mut Vec<Anomaly>, point: Point, probability: f32) {
    match anomalies.last_mut() {
        Some(last) if point.at.micros() - last.end.micros() < QUIET_US => {
            last.end = point.at;
            if probability < last.probability {
                (last.worst, last.probability) = (point, probability);
            }
        }
        _ => anomalies.push(Anomaly { start: point.at, end: point.at, worst: point, probability }),
    }
}

fn has_rhythm(column: &Column) -> bool {
    let (Some(first), Some(last)) = (column.values.first(), column.values.last()) else { return false };
    let span_us = last.at.micros() - first.at.micros();
    let steps = i64::try_from(column.values.len()).unwrap_or(i64::MAX).saturating_sub(1).max(1);
    span_us >= RESIDUAL_SPAN_US && span_us / steps <= RESIDUAL_STEP_US
}
