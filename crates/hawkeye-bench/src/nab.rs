//! The Numenta Anomaly Benchmark, version 1.1, with its official scoring.
//!
//! An alarm in a labelled window earns up to 1, more when early; the best alarm of a window counts. A missed window
//! costs, and so does each alarm outside windows, less when shortly after one. The first 15 % of a file (at most 750
//! rows) are not scored. One threshold for all files, the best one. 0 is a detector that says nothing, 100 is one
//! that is right at once.
//!
//! Lavin, Ahmad: Evaluating real-time anomaly detection algorithms, 2015.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use hawkeye_model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::contender::{Contender, NAB, parallel};
use crate::data::LabelledSeries;

/// Rows that are never scored: 15 % of a file, and no more than of a file of 5,000 rows.
fn probation(rows: usize) -> usize {
    (rows * 15 / 100).min(5_000 * 15 / 100)
}

/// A file: its rows, and its windows as the first and last row.
#[derive(Debug, Clone)]
pub(crate) struct NabFile {
    pub(crate) series: LabelledSeries,
    windows: Vec<(usize, usize)>,
}

/// What alarms earn and cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    false_alarm: f64,
    miss: f64,
}

pub(crate) const PROFILES: [Profile; 3] = [
    Profile { name: "standard", false_alarm: 0.11, miss: 1.0 },
    Profile { name: "reward low FP", false_alarm: 0.22, miss: 1.0 },
    Profile { name: "reward low FN", false_alarm: 0.11, miss: 2.0 },
];

pub(crate) fn run(path: &Path) -> Result<()> {
    let files = read(path)?;
    println!("{HEAD}");
    for contender in NAB {
        println!("{}", row(contender, &measure(contender, &files)));
    }
    Ok(())
}

pub(crate) const HEAD: &str = "\
| detector | standard | reward low FP | reward low FN | standard on each half with the other half's threshold |
|---|---|---|---|---|";

pub(crate) fn row(contender: &Contender, measured: &Measured) -> String {
    let [standard, low_fp, low_fn] = measured.normalised;
    format!("| {} | {standard:.1} | {low_fp:.1} | {low_fn:.1} | {:.1} |", contender.name, measured.crossed)
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// In the order of [`PROFILES`].
    pub(crate) normalised: [f64; 3],
    pub(crate) crossed: f64,
}

pub(crate) fn measure(contender: &Contender, files: &[NabFile]) -> Measured {
    let scores = parallel(files, |file| contender.score(&file.series));
    let all: Vec<(&NabFile, &[f32])> = files.iter().zip(scores.iter().map(Vec::as_slice)).collect();
    let normalised = PROFILES.map(|profile| normalised(&all, profile, best_threshold(&all, profile)));
    let half = |skip: usize| all.iter().skip(skip).step_by(2).copied().collect::<Vec<_>>();
    let (even, odd) = (half(0), half(1));
    let profile = PROFILES[0];
    let crossed = f64::midpoint(
        normalised_of(&odd, profile, best_threshold(&even, profile)),
        normalised_of(&even, profile, best_threshold(&odd, profile)),
    );
    Measured { normalised, crossed }
}

fn normalised_of(all: &[(&NabFile, &[f32])], profile: Profile, threshold: f32) -> f64 {
    normalised(all, profile, threshold)
}

/// 0 for silence, 100 for an alarm at the start of every window and none elsewhere.
pub(crate) fn normalised(all: &[(&NabFile, &[f32])], profile: Profile, threshold: f32) -> f64 {
    let windows: usize = all.iter().map(|(file, _)| file.windows.len()).sum();
    let silent = -profile.miss * windows as f64;
    let score: f64 =
        sweep(all, profile).iter().filter(|(at, _)| *at >= threshold).last().map_or(silent, |it| it.1);
    100.0 * (score - silent) / (windows as f64 - silent)
}

pub(crate) fn best_threshold(all: &[(&NabFile, &[f32])], profile: Profile) -> f32 {
    let best = sweep(all, profile).into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(f32::INFINITY, |(threshold, _)| threshold)
}

/// The raw score at each threshold, falling.
fn sweep(all: &[(&NabFile, &[f32])], profile: Profile) -> Vec<(f32, f64)> {
    let mut points: Vec<(f32, f64, Option<(usize, usize)>)> = Vec::new();
    let mut best_of_window: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (number, (file, scores)) in all.iter().enumerate() {
        for (row, (worth, window)) in file.worths().into_iter().enumerate().skip(probation(file.series.len()))
        {
            let window = window.map(|window| (number, window));
            best_of_window.extend(window.map(|window| (window, -profile.miss)));
            let worth = if window.is_some() { worth } else { worth * profile.false_alarm };
            points.push((scores[row], worth, window));
        }
    }
    points.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut total: f64 = best_of_window.values().sum();
    let mut sweep: Vec<(f32, f64)> = Vec::new();
    for (threshold, worth, window) in points {
        match window.and_then(|window| best_of_window.get_mut(&window)) {
            Some(best) => {
                total += (worth - *best).max(0.0);
                *best = best.max(worth);
            }
            None => total += worth,
        }
        match sweep.last_mut() {
            Some(last) if last.0 == threshold => last.1 = total,
            _ => sweep.push((threshold, total)),
        }
    }
    sweep
}

impl NabFile {
    /// What an alarm at each row is worth before weights, and the window it lies in.
    fn worths(&self) -> Vec<(f64, Option<usize>)> {
        let mut worths = Vec::with_capacity(self.series.len());
        let mut next = 0;
        for row in 0..self.series.len() {
            while self.windows.get(next).is_some_and(|window| window.1 < row) {
                next += 1;
            }
            worths.push(match self.windows.get(next) {
                Some(&(first, last)) if row >= first => {
                    let position = -((last - row + 1) as f64) / (last - first + 1) as f64;
                    (sigmoid(position) / sigmoid(-1.0), Some(next))
                }
                _ => match next.checked_sub(1).map(|before| self.windows[before]) {
                    Some((first, last)) => (sigmoid((row - last) as f64 / (last - first) as f64), None),
                    None => (-1.0, None),
                },
            });
        }
        worths
    }
}

/// 1 long before 0, 0 at 0, -1 long after.
fn sigmoid(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}

pub(crate) fn read(path: &Path) -> Result<Vec<NabFile>> {
    let labels = path.join("labels/combined_windows.json");
    let text =
        std::fs::read_to_string(&labels).with_context(|| format!("cannot read {}", labels.display()))?;
    let windows: BTreeMap<String, Vec<[String; 2]>> = serde_json::from_str(&text)?;
    windows.into_iter().map(|(name, windows)| read_file(path, name, &windows)).collect()
}

fn read_file(path: &Path, name: String, windows: &[[String; 2]]) -> Result<NabFile> {
    let file = path.join(&name);
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(name, &text, windows).with_context(|| format!("in {}", file.display()))
}

/// `text` is a file with the columns timestamp and value; the ends of `windows` are timestamps of its rows.
pub(crate) fn parse(name: String, text: &str, windows: &[[String; 2]]) -> Result<NabFile> {
    let mut series = LabelledSeries { name, ..LabelledSeries::default() };
    for line in text.lines().skip(1) {
        let (time, value) = line.split_once(',').context("a row without a comma")?;
        series.times.push(timestamp(time)?);
        series.values.push(value.trim().parse()?);
    }
    let row_at = |time: &String| {
        let at = timestamp(time)?;
        series.times.iter().position(|&row| row == at).with_context(|| format!("no row at {time}"))
    };
    let windows = windows
        .iter()
        .map(|[first, last]| Ok((row_at(first)?, row_at(last)?)))
        .collect::<Result<Vec<_>>>()?;
    series.labels = vec![false; series.values.len()];
    Ok(NabFile { series, windows })
}

fn timestamp(text: &str) -> Result<Timestamp> {
    let civil: DateTime = text.parse()?;
    Ok(Timestamp::from_micros(civil.to_zoned(TimeZone::UTC)?.timestamp().as_microsecond()))
}
