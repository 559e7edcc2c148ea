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

use crate::contender::{ALL, Contender, parallel};
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
    false_alarm: f64,
    miss: f64,
}

/// Standard, reward low false-positive rate, reward low false-negative rate.
pub(crate) const PROFILES: [Profile; 3] = [
    Profile { false_alarm: 0.11, miss: 1.0 },
    Profile { false_alarm: 0.22, miss: 1.0 },
    Profile { false_alarm: 0.11, miss: 2.0 },
];

pub(crate) fn run(path: &Path) -> Result<()> {
    let files = read(path)?;
    println!("{HEAD}");
    for contender in ALL {
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
    let scores = parallel(files, |file| (contender.score)(&file.series));
    let all: Vec<(&NabFile, &[f32])> = files.iter().zip(scores.iter().map(Vec::as_slice)).collect();
    let scores = PROFILES.map(|profile| normalised(&all, profile, best_threshold(&all, profile)));
    let half = |skip: usize| all.iter().skip(skip).step_by(2).copied().collect::<Vec<_>>();
    let (even, odd) = (half(0), half(1));
    let profile = PROFILES[0];
    let crossed = f64::midpoint(
        normalised(&odd, profile, best_threshold(&even, profile)),
        normalised(&even, profile, best_threshold(&odd, profile)),
    );
    Measured { normalised: scores, crossed }
}

/// 0 for silence, 100 for an alarm at the start of every window and none elsewhere.
pub(crate) fn normalised(all: &[(&NabFile, &[f32])], profile: Profile, threshold: f32) -> f64 {
    let windows: usize = all.iter().map(|(file, _)| file.windows.len()).sum();
    let silent = -profile.miss * windows as f64;
    let score: f64 = sweep(all, profile).iter().rfind(|(at, _)| *at >= threshold).map_or(silent, |it| it.1);
    100.0 * (score - silent) / (windows as f64 - silent)
}

pub(crate) fn best_threshold(all: &[(&NabFile, &[f32])], profile: Profile) -> f32 {
    let best = sweep(all, profile).into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(f32::INFINITY, |(threshold, _)| threshold)
}

/// Score, worth of an alarm, and the file and window it lies in.
type ScoredRow = (f32, f64, Option<(usize, usize)>);

/// The raw score at each threshold, falling.
fn sweep(all: &[(&NabFile, &[f32])], profile: Profile) -> Vec<(f32, f64)> {
    let mut points: Vec<ScoredRow> = Vec::new();
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
    // Above every score there is silence.
    let mut sweep = vec![(f32::INFINITY, total)];
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../tests/fixtures/speed_7578.csv");

    fn file() -> NabFile {
        let windows = [
            ["2015-09-11 15:34:00.000000", "2015-09-11 17:54:00.000000"],
            ["2015-09-15 13:26:00.000000", "2015-09-15 15:54:00.000000"],
        ];
        let known: Vec<[String; 2]> = windows.iter().map(|pair| pair.map(str::to_owned)).collect();
        parse("speed_7578".to_owned(), TEXT, &known).unwrap()
    }

    /// The normalised score when only these rows have a score of 1.
    fn score(file: &NabFile, rows: &[usize], profile: Profile) -> f64 {
        let mut scores = vec![0.0; file.series.len()];
        rows.iter().for_each(|&row| scores[row] = 1.0);
        normalised(&[(file, &scores)], profile, 1.0)
    }

    #[test]
    fn silence_is_0_and_the_start_of_every_window_is_100() {
        let file = file();
        let starts: Vec<usize> = file.windows.iter().map(|window| window.0).collect();
        for profile in PROFILES {
            assert!(score(&file, &[], profile).abs() < 1e-9);
            assert!((score(&file, &starts, profile) - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn late_is_worth_less_and_repeating_nothing() {
        let file = file();
        let (first, last) = file.windows[0];
        let [early, late] = [first, last].map(|row| score(&file, &[row], PROFILES[0]));
        assert!(late < early && late > 0.0);
        let both = score(&file, &[first, last], PROFILES[0]);
        assert!((both - early).abs() < 1e-9);
    }

    #[test]
    fn a_false_alarm_costs_what_the_profile_says() {
        let file = file();
        let before = probation(file.series.len());
        assert!(before < file.windows[0].0);
        // Two windows: 100 points are 4 raw ones, or 6 when a miss costs two.
        assert!((score(&file, &[before], PROFILES[0]) + 100.0 * 0.11 / 4.0).abs() < 1e-9);
        assert!((score(&file, &[before], PROFILES[1]) + 100.0 * 0.22 / 4.0).abs() < 1e-9);
        assert!((score(&file, &[before], PROFILES[2]) + 100.0 * 0.11 / 6.0).abs() < 1e-9);
        assert!(score(&file, &[before - 1], PROFILES[0]).abs() < 1e-9, "probation is not scored");
    }

    #[test]
    fn a_false_alarm_shortly_after_a_window_costs_less() {
        let file = file();
        let last = file.windows[0].1;
        let costs = [last + 1, last + 10, last + 200].map(|row| -score(&file, &[row], PROFILES[0]));
        assert!(costs[0] < costs[1] && costs[1] < costs[2]);
        assert!((costs[2] - 100.0 * 0.11 / 4.0).abs() < 1e-9);
    }
}
