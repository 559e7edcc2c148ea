//! The series that are forecast: M4 Hourly from its two files, service metrics from parquet, regular and rolled up.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::{Float64Type, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::data::read_parquet;

/// Values at even steps, `NAN` where unknown.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) values: Vec<f64>,
    pub(crate) per_day: usize,
}

const DAY: i64 = 86_400;

/// Service metrics by the hour.
pub(crate) fn operations(path: &Path) -> Result<Vec<Series>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.build()?;
    let mut all: BTreeMap<String, (i64, Vec<(i64, f64)>)> = BTreeMap::new();
    for batch in reader {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).with_context(|| format!("no column `{name}`"));
        let names = column("series")?.as_string_opt::<i32>().context("`series` is not text")?;
        let steps = column("step_s")?.as_primitive_opt::<Int64Type>().context("`step_s` is not int64")?;
        let times =
            column("timestamp")?.as_primitive_opt::<Int64Type>().context("`timestamp` is not int64")?;
        let values = column("value")?.as_primitive_opt::<Float64Type>().context("`value` is not float64")?;
        for row in 0..batch.num_rows() {
            let (step, points) = all.entry(names.value(row).to_owned()).or_default();
            *step = steps.value(row);
            points.push((times.value(row), values.value(row)));
        }
    }
    Ok(all.into_values().map(|(step, points)| regular(points.into_iter(), step)).collect())
}

/// Labelled minute series, rolled up to means.
pub(crate) fn rolled_up(path: &Path, step: i64, days: usize) -> Result<Vec<Series>> {
    let all = read_parquet(path)?;
    let series = all.iter().map(|series| {
        let points = series.times.iter().zip(&series.values).map(|(at, value)| (at.millis() / 1000, *value));
        let mut series = regular(points, step);
        series.values.truncate(days * series.per_day);
        series
    });
    Ok(series.collect())
}

/// The mean of each step; steps without a value are unknown.
fn regular(points: impl Iterator<Item = (i64, f64)>, step: i64) -> Series {
    let mut sums: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for (at, value) in points.filter(|it| it.1.is_finite()) {
        let entry = sums.entry(at.div_euclid(step)).or_default();
        *entry = (entry.0 + value, entry.1 + 1.0);
    }
    let first = sums.keys().next().copied().unwrap_or(0);
    let last = sums.keys().next_back().copied().unwrap_or(-1);
    let values = (first..=last).map(|at| sums.get(&at).map_or(f64::NAN, |(sum, count)| sum / count));
    Series { values: values.collect(), per_day: (DAY / step) as usize }
}

/// A training part and the 48 hours that follow.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) train: Vec<f64>,
    pub(crate) test: Vec<f64>,
}

/// Of the M4 competition: all series when a file has them, otherwise those of `test.csv`.
pub(crate) fn m4(folder: &Path) -> Result<Vec<Task>> {
    let train = read_rows(&folder.join("train.csv"))?;
    let all = folder.join("test-all.csv");
    let test = read_rows(&if all.exists() { all } else { folder.join("test.csv") })?;
    let tasks = test.into_iter().map(|(name, test)| {
        let train = train.get(&name).with_context(|| format!("no training part of {name}"))?.clone();
        Ok(Task { train, test })
    });
    tasks.collect()
}

/// A name and numbers a line, after a line of column names.
fn read_rows(path: &Path) -> Result<BTreeMap<String, Vec<f64>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut rows = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',').map(|cell| cell.trim().trim_matches('"'));
        let name = cells.next().unwrap_or_default().to_owned();
        let values: Result<Vec<f64>, _> = cells.filter(|cell| !cell.is_empty()).map(str::parse).collect();
        rows.insert(name, values.with_context(|| format!("in {}", path.display()))?);
    }
    Ok(rows)
}
