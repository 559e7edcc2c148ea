//! Reads a CSV file of numbers over time. A line or field that is wrong is named and loses nothing else.

use hawkeye_model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Whole numbers from here on are milliseconds; seconds reach it in the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;
/// Times beyond the year 9999 are mistakes.
const SECONDS_MAX: i64 = 253_402_300_800;

#[derive(Debug, Default)]
pub(in crate::commands) struct Read {
    /// Those with at least one number, sorted by time.
    pub(in crate::commands) columns: Vec<Column>,
    pub(in crate::commands) bad: Vec<Bad>,
    /// What the first column is called.
    pub(in crate::commands) time_name: String,
}

#[derive(Debug)]
pub(in crate::commands) struct Column {
    pub(in crate::commands) name: String,
    pub(in crate::commands) values: Vec<Reading>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::commands) struct Reading {
    /// Counted from one, as editors do.
    pub(in crate::commands) line: usize,
    pub(in crate::commands) at: Timestamp,
    pub(in crate::commands) value: f64,
}

/// A field that was left out.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::commands) struct Bad {
    pub(in crate::commands) line: usize,
    pub(in crate::commands) field: String,
    pub(in crate::commands) problem: String,
}

pub(in crate::commands) fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).peekable();
    let Some(&(_, first)) = lines.peek() else { return read };
    let fields: Vec<&str> = split(first);
    let has_header = fields.first().is_some_and(|field| time(field).is_none());
    if has_header {
        lines.next();
    }
    for (number, field) in fields.iter().enumerate().skip(1) {
        let name = match (has_header, fields.len()) {
            (true, _) => (*field).to_owned(),
            (false, 2) => "value".to_owned(),
            (false, _) => format!("value_{number}"),
        };
        read.columns.push(Column { name, values: Vec::new() });
    }
    read.time_name = if has_header { fields[0].to_owned() } else { "timestamp".to_owned() };
    for (index, line) in lines {
        read.line(index + 1, &split(line));
    }
    read.columns.retain(|column| !column.values.is_empty());
    for column in &mut read.columns {
        column.values.sort_by_key(|reading| reading.at);
    }
    read
}

impl Read {
    fn line(&mut self, line: usize, fields: &[&str]) {
        let Some(at) = fields.first().and_then(|field| time(field)) else {
            let text = fields.first().copied().unwrap_or_default();
            let problem = format!("`{text}` is no RFC 3339 time, `YYYY-MM-DD HH:MM:SS` or epoch");
            let time_name = self.time_name.clone();
            self.complain(line, &time_name, problem);
            return;
        };
        for number in 0..self.columns.len() {
            match fields.get(number + 1).map(|field| (field, field.parse::<f64>())) {
                Some((_, Ok(value))) if value.is_finite() => {
                    self.columns[number].values.push(Reading { line, at, value });
                }
                // An empty field is a missing value, which is no mistake.
                Some((&"", _)) => {}
                Some((field, _)) => {
                    let name = self.columns[number].name.clone();
                    self.complain(line, &name, format!("`{field}` is not a number"));
                }
                None => {
                    let name = self.columns[number].name.clone();
                    self.complain(line, &name, "the field is missing".to_owned());
                }
            }
        }
    }

    fn complain(&mut self, line: usize, field: &str, problem: String) {
        self.bad.push(Bad { line, field: field.to_owned(), problem });
    }
}

fn split(line: &str) -> Vec<&str> {
    line.trim_start_matches('\u{feff}').split(',').map(|field| field.trim().trim_matches('"')).collect()
}

fn time(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<f64>() {
        if !(number.is_finite() && number >= 0.0) {
            return None;
        }
        let whole = number as i64;
        let at = if whole >= MILLISECONDS_FROM {
            Timestamp::from_millis(whole)
        } else {
            Timestamp::from_micros((number * 1e6) as i64)
        };
        return (at.micros() < SECONDS_MAX * 1_000_000).then_some(at);
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_micros(at.as_microsecond()));
    }
    let civil: DateTime = text.parse().ok()?;
    Some(Timestamp::from_micros(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond()))
}
