//! Which column is forecast, and what its numbers are.

use std::collections::HashMap;

use anyhow::{Result, bail, ensure};
use hawkeye_model::Timestamp;

use super::{Choice, ForecastArguments};
use crate::commands::numbers::input::{Bad, Column, Read, Reading};
use crate::commands::numbers::text::number;

/// Columns of these names, or with these as their last word, hold events that add up.
const COUNTS: [&str; 9] =
    ["requests", "errors", "failed", "failures", "hits", "events", "count", "counts", "total"];
const SHARES: [&str; 3] = ["rate", "share", "ratio"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Value,
    Count,
    /// A rate that comes without its counts.
    Share,
    /// Failed ones and all.
    Rate,
}

/// One line of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) at: Timestamp,
    /// For [`Kind::Rate`] the failed ones.
    pub(super) value: f64,
    /// All of them, for [`Kind::Rate`].
    pub(super) total: f64,
}

/// Sorted by time, and sane for its kind.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) rows: Vec<Row>,
}

/// Rows that cannot be are left out, and become complaints.
pub(super) fn choose(read: &mut Read, arguments: &ForecastArguments) -> Result<Chosen> {
    ensure!(!read.columns.is_empty(), "expected a time and a value in each line");
    let Read { columns, bad, .. } = read;
    let named = arguments.failed.as_deref().zip(arguments.total.as_deref());
    let pair = named.or_else(|| usual_pair(columns, arguments));
    let (name, kind, mut rows) = if let Some((failed, total)) = pair {
        ensure!(
            matches!(arguments.kind, Choice::Auto | Choice::Rate),
            "--failed and --total are for rates: leave them or --kind out"
        );
        (format!("{failed} / {total}"), Kind::Rate, pairs(find(columns, failed)?, find(columns, total)?))
    } else {
        let column = match &arguments.column {
            Some(name) => find(columns, name)?,
            None if columns.len() == 1 => &columns[0],
            None => bail!("choose one of its columns with --column: {}", names(columns)),
        };
        let kind = match arguments.kind {
            Choice::Auto => guess(column),
            Choice::Value => Kind::Value,
            Choice::Count => Kind::Count,
            Choice::Rate => Kind::Share,
        };
        let rows =
            column.values.iter().map(|it| Row { line: it.line, at: it.at, value: it.value, total: 1.0 });
        (column.name.clone(), kind, rows.collect())
    };
    let before = rows.len();
    rows.retain(|row| match problem(kind, row) {
        None => true,
        Some(problem) => {
            bad.push(Bad { line: row.line, field: name.clone(), problem });
            false
        }
    });
    ensure!(before > 0, "no line has both columns of {name}");
    ensure!(
        2 * rows.len() > before,
        "most of {name} are not what --kind says: divide percentages by 100, or choose another kind"
    );
    Ok(Chosen { name, kind, rows })
}

/// `failed` and `total`, when a rate was asked for or there is nothing else.
fn usual_pair(columns: &[Column], arguments: &ForecastArguments) -> Option<(&'static str, &'static str)> {
    let has = |name| columns.iter().any(|column| column.name == name);
    let asked = arguments.kind == Choice::Rate || (arguments.kind == Choice::Auto && columns.len() == 2);
    (asked && arguments.column.is_none() && has("failed") && has("total")).then_some(("failed", "total"))
}

fn find<'a>(columns: &'a [Column], name: &str) -> Result<&'a Column> {
    match columns.iter().find(|column| column.name == name) {
        Some(column) => Ok(column),
        None => bail!("no numbers in a column `{name}`; there are: {}", names(columns)),
    }
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Lines that have both.
fn pairs(failed: &Column, total: &Column) -> Vec<Row> {
    let totals: HashMap<usize, f64> = total.values.iter().map(|it| (it.line, it.value)).collect();
    let pair = |&failed: &Reading| {
        let total = *totals.get(&failed.line)?;
        Some(Row { line: failed.line, at: failed.at, value: failed.value, total })
    };
    failed.values.iter().filter_map(pair).collect()
}

fn problem(kind: Kind, row: &Row) -> Option<String> {
    let value = number(row.value);
    match kind {
        Kind::Count if row.value < 0.0 => Some(format!("{value} is no count")),
        Kind::Share if !(0.0..=1.0).contains(&row.value) => Some(format!("{value} is not between 0 and 1")),
        Kind::Rate if !(0.0..=row.total).contains(&row.value) => {
            Some(format!("{value} of {} is no share", number(row.total)))
        }
        _ => None,
    }
}

/// A name that says what it is counts when the numbers agree; without one, whole numbers that are mostly zero are events.
fn guess(column: &Column) -> Kind {
    let values = || column.values.iter().map(|it| it.value);
    let name = column.name.to_lowercase();
    let last = name.rsplit(['_', '.', ' ', '-']).next().unwrap_or_default();
    let whole = values().all(|it| it >= 0.0 && it.fract() == 0.0);
    let zeros = values().filter(|it| *it == 0.0).count();
    let mostly_zero = 2 * zeros > column.values.len() && zeros < column.values.len();
    if whole && (COUNTS.contains(&last) || mostly_zero) {
        Kind::Count
    } else if SHARES.contains(&last) && values().all(|it| (0.0..=1.0).contains(&it)) {
        Kind::Share
    } else {
        Kind::Value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::numbers::input;

    #[track_caller]
    fn check(name: &str, values: &[f64], expected: Kind) {
        let lines: String = values.iter().enumerate().map(|(at, it)| format!("{at},{it}\n")).collect();
        let read = input::read(&format!("time,{name}\n{lines}"));
        assert_eq!(guess(&read.columns[0]), expected, "{name} {values:?}");
    }

    #[test]
    fn kinds_are_guessed_with_care() {
        check("value", &[120.0, 130.0], Kind::Value);
        check("value", &[0.0, 0.0, 3.0], Kind::Count);
        check("value", &[0.0, 0.0, 0.5], Kind::Value);
        check("value", &[0.0, 0.0, 0.0], Kind::Value);
        check("requests", &[120.0, 130.0], Kind::Count);
        check("server_errors", &[1.0, 2.0], Kind::Count);
        check("requests", &[120.5, 130.0], Kind::Value);
        check("error_rate", &[0.0, 0.25], Kind::Share);
        check("error_rate", &[0.0, 25.0], Kind::Value);
        check("latency", &[0.0, 1.0], Kind::Value);
    }

    #[track_caller]
    fn check_problem(kind: Kind, value: f64, total: f64, expected: Option<&str>) {
        let row = Row { line: 1, at: Timestamp::from_secs(0), value, total };
        assert_eq!(problem(kind, &row).as_deref(), expected);
    }

    #[test]
    fn numbers_must_be_what_they_are_said_to_be() {
        check_problem(Kind::Value, -1.0, 1.0, None);
        check_problem(Kind::Count, -1.0, 1.0, Some("-1.000 is no count"));
        check_problem(Kind::Share, 1.5, 1.0, Some("1.500 is not between 0 and 1"));
        check_problem(Kind::Rate, 3.0, 2.0, Some("3.000 of 2.000 is no share"));
        check_problem(Kind::Rate, 0.0, 0.0, None);
    }
}
