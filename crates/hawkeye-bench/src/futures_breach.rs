//! Odds of breaches on real series: from many origins, will the next day (or the next six hours, in steps of ten minutes)
//! have so many steps in a row above a high quantile of what was seen before?

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use hawkeye_forecast::{
    Forecast, LEVELS, Outlook, Side, Threshold, breach, climatology, forecast, forecast_counts, paths,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::data::read_parquet;
use crate::futures::{Claims, for_each};

/// History before the first origin.
const WARM_DAYS: usize = 14;
/// Ten minutes with fewer known minutes are unknown.
const MINUTES_MIN: usize = 5;
/// Origins of one series at most, so that long ones do not speak for all.
const ORIGINS_MAX: usize = 24;
const QUANTILES: [f64; 4] = [0.8, 0.9, 0.95, 0.99];
const PATHS: usize = 1_000;

struct Observed {
    is_count: bool,
    values: Vec<f64>,
}

/// What is asked.
struct Question {
    per_day: usize,
    horizon: usize,
    /// Steps in a row.
    runs: [usize; 3],
}

/// In the order of the table.
const WAYS: [&str; 6] = [
    "**odds: paths, a drift, the days before**",
    "paths and climatology, .7 and .3",
    "paths alone",
    "steps independent",
    "climatology",
    "base rate of the history",
];

/// `data` is the folder with `ops-hourly.parquet` and `wsd.parquet`.
pub(crate) fn run(data: &Path) -> Result<String> {
    let hours = Question { per_day: 24, horizon: 24, runs: [1, 2, 4] };
    let minutes = Question { per_day: 144, horizon: 36, runs: [1, 3, 6] };
    Ok(format!(
        "{}\n{}",
        table("24 hours, hourly series", &read(&data.join("ops-hourly.parquet"))?, &hours)?,
        table("6 hours, series of ten minutes", &rolled_up(&data.join("wsd.parquet"))?, &minutes)?
    ))
}

fn table(name: &str, all: &[Observed], question: &Question) -> Result<String> {
    let mut claims: [Claims; WAYS.len()] = Default::default();
    for of_series in for_each(all, |series| measure(series, question)) {
        claims.iter_mut().zip(of_series).for_each(|(all, own)| all.merge(own));
    }
    let mut text = format!(
        "### Odds of a breach within {name}: {} series, {} questions, {:.3} of them came true\n\n| | Brier | log-loss | calibration error |\n|---|---|---|---|\n",
        all.len(),
        claims[0].len(),
        claims[0].frequency()
    );
    for (way, claims) in WAYS.iter().zip(&claims) {
        let (brier, loss, error) = (claims.brier(), claims.log_loss(), claims.calibration_error());
        writeln!(text, "| {way} | {brier:.4} | {loss:.3} | {error:.3} |")?;
    }
    writeln!(text, "| target | below the others | | at most .040 |")?;
    Ok(text)
}

/// Minutes as means of ten.
fn rolled_up(path: &Path) -> Result<Vec<Observed>> {
    let mut all = Vec::new();
    for series in read_parquet(path)? {
        let seconds: Vec<i64> = series.times.iter().map(|at| at.millis() / 1_000).collect();
        let Some((&first, &last)) = seconds.iter().min().zip(seconds.iter().max()) else { continue };
        let mut sums = vec![(0.0, 0); ((last - first) / 600) as usize + 1];
        for (at, value) in seconds.iter().zip(&series.values) {
            let sum = &mut sums[((at - first) / 600) as usize];
            (sum.0, sum.1) = (sum.0 + value, sum.1 + 1);
        }
        let mean = |(sum, count)| if count >= MINUTES_MIN { sum / count as f64 } else { f64::NAN };
        all.push(Observed { is_count: false, values: sums.into_iter().map(mean).collect() });
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<Observed>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut rows: Vec<(String, String, i64, f64)> = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).with_context(|| format!("no column `{name}`"));
        let text = |name: &str| -> Result<Vec<String>> {
            let column = arrow::compute::cast(column(name)?, &arrow::datatypes::DataType::Utf8)?;
            let column = column.as_string_opt::<i32>().context("not a text")?.clone();
            Ok((0..column.len()).map(|row| column.value(row).to_owned()).collect())
        };
        let (names, kinds) = (text("series")?, text("kind")?);
        let times =
            column("timestamp")?.as_primitive_opt::<Int64Type>().context("`timestamp` is not int64")?;
        let values = column("value")?.as_primitive_opt::<Float64Type>().context("`value` is not float64")?;
        for (row, (name, kind)) in names.into_iter().zip(kinds).enumerate() {
            let value = if values.is_null(row) { f64::NAN } else { values.value(row) };
            rows.push((name, kind, times.value(row), value));
        }
    }
    let mut all = Vec::new();
    for of_series in rows.chunk_by(|one, next| one.0 == next.0) {
        let first = of_series.iter().map(|row| row.2).min().unwrap_or(0);
        let last = of_series.iter().map(|row| row.2).max().unwrap_or(0);
        let mut values = vec![f64::NAN; ((last - first) / 3_600) as usize + 1];
        of_series.iter().for_each(|row| values[((row.2 - first) / 3_600) as usize] = row.3);
        all.push(Observed { is_count: of_series[0].1 == "count", values });
    }
    Ok(all)
}

/// What each way says about one series.
fn measure(series: &Observed, question: &Question) -> [Claims; WAYS.len()] {
    let mut claims: [Claims; WAYS.len()] = Default::default();
    let values = &series.values;
    let &Question { per_day, horizon, runs } = question;
    let warm = WARM_DAYS * per_day;
    let Some(room) = values.len().checked_sub(warm + horizon) else { return claims };
    // An odd number, so that every time of day is an origin.
    let stride = (room / ORIGINS_MAX).max(per_day / 2) | 1;
    for origin in (0..=room / stride).map(|at| warm + at * stride) {
        let (past, coming) = (&values[..origin], &values[origin..origin + horizon]);
        if coming.iter().filter(|value| value.is_finite()).count() * 2 < horizon {
            continue;
        }
        let forecast = if series.is_count {
            forecast_counts(past, horizon, per_day)
        } else {
            forecast(past, horizon, per_day)
        };
        let drawn = paths(&forecast, PATHS, origin as u64);
        let outlook = Outlook::new(&forecast, past, per_day, PATHS, origin as u64);
        let mut sorted: Vec<f64> = past.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        if sorted.is_empty() {
            continue;
        }
        for quantile in QUANTILES {
            let value = sorted[((sorted.len() - 1) as f64 * quantile) as usize];
            for run in runs {
                let threshold = Threshold { value, side: Side::Above, run };
                let happened = threshold.first_run(coming).is_some();
                let usual = climatology(past, &threshold, per_day, horizon);
                let base = base_rate(past, &threshold, horizon);
                let said = [
                    outlook.odds(&threshold).breach.probability,
                    breach(&drawn, &threshold, usual).probability,
                    breach(&drawn, &threshold, None).probability,
                    independent(&forecast, value, run),
                    usual.unwrap_or(base),
                    base,
                ];
                claims.iter_mut().zip(said).for_each(|(claims, said)| claims.add(said, happened));
            }
        }
    }
    claims
}

/// Of all past windows of a day, at any time of day.
fn base_rate(past: &[f64], threshold: &Threshold, horizon: usize) -> f64 {
    let hits = past.windows(horizon).filter(|window| threshold.first_run(window).is_some()).count();
    hits as f64 / (past.len() + 1).saturating_sub(horizon).max(1) as f64
}

/// The probability of a run when each hour is drawn by itself: exact, over the length of the run so far.
fn independent(forecast: &Forecast, value: f64, run: usize) -> f64 {
    let mut lengths = vec![0.0; run + 1];
    lengths[0] = 1.0;
    for step in 0..forecast.steps() {
        let above = probability_above(forecast, step, value);
        let alive: f64 = lengths[..run].iter().sum();
        for length in (1..=run).rev() {
            let kept = if length == run { lengths[run] } else { 0.0 };
            lengths[length] = kept + lengths[length - 1] * above;
        }
        lengths[0] = alive * (1.0 - above);
    }
    lengths[run]
}

/// Read from the quantiles; the tails beyond them share their probability evenly over as much as the last two span.
fn probability_above(forecast: &Forecast, step: usize, value: f64) -> f64 {
    let row = &forecast.quantiles[step];
    let above = row.partition_point(|quantile| *quantile <= value);
    let last = LEVELS.len() - 1;
    let share =
        |low: f64, high: f64| if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
    let below = match above {
        0 => LEVELS[0] * share(row[0] - (row[2] - row[0]), row[0]),
        above if above > last => {
            LEVELS[last] + (1.0 - LEVELS[last]) * share(row[last], 2.0 * row[last] - row[last - 2])
        }
        above => LEVELS[above - 1] + (LEVELS[above] - LEVELS[above - 1]) * share(row[above - 1], row[above]),
    };
    1.0 - below
}
