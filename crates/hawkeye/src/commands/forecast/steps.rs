//! Rows at any times become values at even steps: what forecasts are made from.

use std::fmt;

use hawkeye_model::Timestamp;

use super::columns::{Kind, Row};
use super::horizon::Horizon;
use crate::commands::numbers::text::time;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;
/// Up to a horizon, the step that fits it: finer ones cost more and say no more.
const FITTING: [(i64, i64); 2] = [(2 * HOUR_US, 5 * MINUTE_US), (DAY_US, 10 * MINUTE_US)];
/// Clocks are allowed to be wrong by one in so many.
const PRECISION: i64 = 1_000;
/// Older steps teach nothing: five years of hours, ten months of ten minutes.
const STEPS_MAX: i64 = 43_800;
/// After a gap of so many steps the rows may go on at another second.
const GAP: i64 = 3;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) step_us: i64,
    /// Between two rows of the file, as a rule.
    pub(super) file_step_us: i64,
    /// Whether several rows became one step.
    pub(super) gathered: bool,
    pub(super) start: Timestamp,
    /// One a step, `NAN` where there is none. For rates the failed ones.
    pub(super) values: Vec<f64>,
    /// All of them, for rates.
    pub(super) totals: Vec<f64>,
    pub(super) rows: usize,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    /// Rows of a time that an earlier one has.
    pub(super) duplicates: usize,
}

/// Why there is no series, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    OneTime { line: usize },
    Irregular { line: usize, at: Timestamp, after_us: i64, step_us: i64 },
}

/// What happens to rows that come every so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Each is a step.
    Keep { step_us: i64 },
    /// Those that fall into a step, counted from midnight UTC, become one.
    Gather { step_us: i64 },
}

/// The rows of one step.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    value: f64,
    total: f64,
    rows: usize,
}

/// `rows` are sorted by time.
pub(super) fn series(rows: &[Row], kind: Kind, horizon: Horizon) -> Result<Series, Fault> {
    let distinct = merged(rows, kind);
    let (Some(first), Some(last)) = (distinct.first(), distinct.last()) else {
        return Err(Fault::OneTime { line: 1 });
    };
    let mut gaps: Vec<i64> = distinct.windows(2).map(|pair| between(&pair[0], &pair[1])).collect();
    gaps.sort_unstable();
    let Some(&file_step_us) = gaps.get(gaps.len().saturating_sub(1) / 2) else {
        return Err(Fault::OneTime { line: last.line });
    };
    let plan = plan(file_step_us, horizon.us);
    let (start, step_us, mut bins) = match plan {
        Plan::Keep { step_us } => keep(&distinct, step_us)?,
        Plan::Gather { step_us } => gather(&distinct, step_us),
    };
    let expected = (step_us as f64 / file_step_us as f64).max(1.0);
    let start = trim(&mut bins, start, step_us, expected);
    let values = bins.iter().map(|bin| bin.worth(kind, expected)).collect();
    let totals = if kind == Kind::Rate { bins.iter().map(|bin| bin.total).collect() } else { Vec::new() };
    Ok(Series {
        step_us,
        file_step_us,
        gathered: matches!(plan, Plan::Gather { .. }),
        start,
        values,
        totals,
        rows: rows.len(),
        first: first.at,
        last: last.at,
        duplicates: rows.len() - distinct.len(),
    })
}

/// Rows of one time together: events add up, of values the mean is taken.
fn merged(rows: &[Row], kind: Kind) -> Vec<Row> {
    let mut merged = Vec::with_capacity(rows.len());
    for same in rows.chunk_by(|a, b| a.at == b.at) {
        let (value, total) = same.iter().fold((0.0, 0.0), |sum, row| (sum.0 + row.value, sum.1 + row.total));
        let value = if kind.adds_up() { value } else { value / same.len() as f64 };
        merged.push(Row { value, total, ..same[0] });
    }
    merged
}

fn plan(file_step_us: i64, horizon_us: i64) -> Plan {
    let fitting = FITTING.iter().find(|it| horizon_us <= it.0).map_or(HOUR_US, |it| it.1);
    let tolerance = |step_us: i64| step_us / PRECISION;
    if file_step_us < fitting - tolerance(fitting) {
        return Plan::Gather { step_us: fitting };
    }
    if file_step_us > DAY_US + tolerance(DAY_US) {
        return Plan::Keep { step_us: file_step_us };
    }
    // Times of day can only be compared when a day is a whole number of steps.
    let even = DAY_US / ((DAY_US + file_step_us / 2) / file_step_us).max(1);
    if (file_step_us - even).abs() <= tolerance(even) {
        return Plan::Keep { step_us: even };
    }
    let coarser = [10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440].map(|it| it * MINUTE_US);
    Plan::Gather { step_us: coarser.into_iter().find(|&it| it >= file_step_us).unwrap_or(DAY_US) }
}

/// The last row is where it says; each one before lies a whole number of steps before the next.
fn keep(rows: &[Row], step_us: i64) -> Result<(Timestamp, i64, Vec<Bin>), Fault> {
    let mut places = vec![0_i64];
    for pair in rows.windows(2) {
        let after_us = between(&pair[0], &pair[1]);
        let steps = (after_us + step_us / 2) / step_us;
        let off = (after_us - steps * step_us).abs();
        if steps == 0 || (steps < GAP && off > step_us / 4) {
            return Err(Fault::Irregular { line: pair[1].line, at: pair[1].at, after_us, step_us });
        }
        places.push(places[places.len() - 1] + steps);
    }
    let (count, from) = room(0, places[places.len() - 1]);
    let mut bins = vec![Bin::default(); count];
    for (row, place) in rows.iter().zip(places).filter(|it| it.1 >= from) {
        bins[(place - from) as usize].add(row);
    }
    let last_us = rows.last().map_or(0, |row| row.at.micros());
    Ok((Timestamp::from_micros(last_us - (count as i64 - 1) * step_us), step_us, bins))
}

fn gather(rows: &[Row], step_us: i64) -> (Timestamp, i64, Vec<Bin>) {
    let place = |row: &Row| row.at.micros().div_euclid(step_us);
    let (count, from) = room(rows.first().map_or(0, place), rows.last().map_or(0, place));
    let mut bins = vec![Bin::default(); count];
    for row in rows.iter().filter(|row| place(row) >= from) {
        bins[(place(row) - from) as usize].add(row);
    }
    (Timestamp::from_micros(from * step_us), step_us, bins)
}

/// How many steps there are from the first to the last place, and where they begin.
fn room(first: i64, last: i64) -> (usize, i64) {
    let from = first.max(last + 1 - STEPS_MAX);
    ((last + 1 - from) as usize, from)
}

/// A step at either end that holds less than half of its rows is no step: a file begins and ends at any minute.
fn trim(bins: &mut Vec<Bin>, start: Timestamp, step_us: i64, expected: f64) -> Timestamp {
    let partial = |bin: &Bin| bin.rows > 0 && 2.0 * (bin.rows as f64) < expected;
    if bins.len() > 1 && bins.last().is_some_and(partial) {
        bins.pop();
    }
    let begins_early = bins.len() > 1 && bins.first().is_some_and(partial);
    if begins_early {
        bins.remove(0);
    }
    Timestamp::from_micros(start.micros() + i64::from(begins_early) * step_us)
}

fn between(earlier: &Row, later: &Row) -> i64 {
    later.at.micros() - earlier.at.micros()
}

impl Bin {
    fn add(&mut self, row: &Row) {
        self.value += row.value;
        self.total += row.total;
        self.rows += 1;
    }

    /// What is missing of a count is taken to be like the rest, when most is there.
    fn worth(&self, kind: Kind, expected: f64) -> f64 {
        let rows = self.rows as f64;
        match kind {
            _ if self.rows == 0 => f64::NAN,
            Kind::Value | Kind::Share => self.value / rows,
            Kind::Rate => self.value,
            Kind::Count if 2.0 * rows < expected => f64::NAN,
            Kind::Count if self.value.fract() == 0.0 => (self.value * expected / rows).round(),
            Kind::Count => self.value * expected / rows,
        }
    }
}

impl Kind {
    pub(super) fn adds_up(self) -> bool {
        matches!(self, Self::Count | Self::Rate)
    }
}

impl Series {
    /// One where a step is a day or longer.
    pub(super) fn per_day(&self) -> usize {
        ((DAY_US + self.step_us / 2) / self.step_us).max(1) as usize
    }

    pub(super) fn at(&self, step: usize) -> Timestamp {
        Timestamp::from_micros(self.start.micros() + self.step_us * step as i64)
    }

    /// What is forecast: for rates the share, otherwise the values themselves.
    pub(super) fn shown(&self, kind: Kind) -> Vec<f64> {
        if kind != Kind::Rate {
            return self.values.clone();
        }
        let share = |(failed, &total): (&f64, &f64)| if total > 0.0 { failed / total } else { f64::NAN };
        self.values.iter().zip(&self.totals).map(share).collect()
    }
}

impl Fault {
    pub(super) fn line(&self) -> usize {
        match self {
            Self::OneTime { line } | Self::Irregular { line, .. } => *line,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneTime { .. } => {
                f.write_str("all values are of one time, so there is no step: give at least two times")
            }
            Self::Irregular { at, after_us, step_us, .. } => write!(
                f,
                "{} is {} after the time before, and the step of the file is {}: give even steps (gaps may stay)",
                time(*at),
                Horizon::of(*after_us),
                Horizon::of(*step_us)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn rows(minutes: &[(i64, f64)]) -> Vec<Row> {
        let row = |(at, &(minute, value)): (usize, &(i64, f64))| Row {
            line: at + 1,
            at: Timestamp::from_secs(60 * minute),
            value,
            total: 10.0,
        };
        minutes.iter().enumerate().map(row).collect()
    }

    /// Ahead by so many hours: the step in minutes, when it starts, and the values.
    #[track_caller]
    fn check(kind: Kind, hours: i64, minutes: &[(i64, f64)], expected: (i64, i64, &[f64])) {
        let series = series(&rows(minutes), kind, Horizon::of(hours * HOUR_US)).expect("a series");
        let found = (series.step_us / MINUTE_US, series.start.micros() / MINUTE_US);
        assert_eq!(found, (expected.0, expected.1), "{series:?}");
        let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        assert!(series.values.len() == expected.2.len(), "{series:?}");
        assert!(series.values.iter().zip(expected.2).all(same), "{series:?}");
    }

    #[test]
    fn rows_of_a_fitting_step_are_kept_with_their_gaps() {
        check(Kind::Value, 24, &[(3, 1.0), (13, 2.0), (33, 4.0)], (10, 3, &[1.0, 2.0, NAN, 4.0]));
        check(Kind::Value, 2, &[(0, 1.0), (10, 2.0), (20, 4.0)], (10, 0, &[1.0, 2.0, 4.0]));
        check(Kind::Value, 99, &[(0, 1.0), (1440, 2.0), (2880, 3.0)], (1440, 0, &[1.0, 2.0, 3.0]));
        check(Kind::Value, 99, &[(0, 1.0), (10080, 2.0), (20161, 3.0)], (10080, 1, &[1.0, 2.0, 3.0]));
    }

    #[test]
    fn finer_rows_are_gathered() {
        let minutes: Vec<(i64, f64)> = (0..10).map(|at| (at, 1.0 + at as f64)).collect();
        check(Kind::Value, 2, &minutes, (5, 0, &[3.0, 8.0]));
        check(Kind::Count, 2, &minutes, (5, 0, &[15.0, 40.0]));
        check(Kind::Rate, 2, &minutes, (5, 0, &[15.0, 40.0]));
        check(Kind::Count, 24, &minutes, (10, 0, &[55.0]));
        // The last step has one row of five, and the first has two: neither is one.
        check(Kind::Value, 2, &rows_from(3, 11), (5, 5, &[8.0]));
        // A step of seven minutes does not divide a day.
        check(Kind::Value, 2, &[(0, 1.0), (7, 3.0), (14, 5.0), (21, 7.0)], (10, 0, &[2.0, 5.0, 7.0]));
    }

    fn rows_from(from: i64, until: i64) -> Vec<(i64, f64)> {
        (from..until).map(|at| (at, 1.0 + at as f64)).collect()
    }

    #[test]
    fn rows_of_one_time_are_one() {
        let twice = [(0, 1.0), (10, 2.0), (10, 4.0), (20, 3.0)];
        check(Kind::Value, 24, &twice, (10, 0, &[1.0, 3.0, 3.0]));
        check(Kind::Count, 24, &twice, (10, 0, &[1.0, 6.0, 3.0]));
    }

    #[test]
    fn what_is_missing_of_a_count_is_like_the_rest() {
        let most = [(0, 2.0), (1, 2.0), (2, 2.0), (3, 2.0), (5, 2.0), (6, 2.0), (7, 2.0), (8, 2.0), (9, 2.0)];
        check(Kind::Count, 2, &most, (5, 0, &[10.0, 10.0]));
    }

    #[test]
    fn uneven_rows_are_named() {
        let uneven = rows(&[(0, 1.0), (60, 2.0), (120, 2.0), (150, 3.0), (210, 3.0)]);
        let fault = series(&uneven, Kind::Value, Horizon::of(DAY_US)).expect_err("uneven");
        assert_eq!(fault.line(), 4);
        assert!(fault.to_string().contains("is 30m after the time before"), "{fault}");
        let once = series(&rows(&[(0, 1.0), (0, 2.0)]), Kind::Value, Horizon::of(DAY_US));
        assert!(matches!(once, Err(Fault::OneTime { .. })));
    }
}
