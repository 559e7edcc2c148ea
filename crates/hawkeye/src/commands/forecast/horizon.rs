//! Lengths of time as people write them: `90m`, `24h`, `7d`.

use std::fmt;

use jiff::{Span, SpanRelativeTo};

/// The largest unit that divides a length without rest is the one it is written in.
const UNITS: [(i64, &str); 4] =
    [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s")];

/// More than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Horizon {
    pub(super) us: i64,
}

impl Horizon {
    pub(super) fn of(us: i64) -> Self {
        Self { us }
    }

    /// Steps that it takes, the last one possibly not whole.
    pub(super) fn steps(self, step_us: i64) -> i64 {
        self.us / step_us + i64::from(self.us % step_us != 0)
    }
}

pub(super) fn parse(text: &str) -> Result<Horizon, String> {
    let unclear = || format!("`{text}` is no length of time: write 90m, 24h or 7d");
    let span: Span = text.parse().map_err(|_| unclear())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| unclear())?;
    let us = i64::try_from(length.as_micros()).map_err(|_| unclear())?;
    if us > 0 { Ok(Horizon { us }) } else { Err(format!("`{text}` is not ahead: choose more than 0")) }
}

impl fmt::Display for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A day is more familiar as 24 hours, and two as 48.
        let few_days = self.us <= 2 * UNITS[0].0;
        let units = &UNITS[usize::from(few_days)..];
        match units.iter().find(|(unit, _)| self.us % unit == 0) {
            Some((unit, name)) => write!(f, "{}{name}", self.us / unit),
            None => write!(f, "{:.3}s", self.us as f64 / 1e6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        match (parse(text), expected) {
            (Ok(horizon), Ok(expected)) => assert_eq!(horizon.to_string(), expected),
            (Err(said), Err(expected)) => assert!(said.contains(expected), "{said}"),
            (parsed, _) => panic!("{text}: {parsed:?}"),
        }
    }

    #[test]
    fn lengths_are_read_and_written() {
        check("24h", Ok("24h"));
        check("1d", Ok("24h"));
        check("7d", Ok("7d"));
        check("2w", Ok("14d"));
        check("1h 30m", Ok("90m"));
        check("90s", Ok("90s"));
        check("1.5s", Ok("1.500s"));
        check("0h", Err("not ahead"));
        check("-2h", Err("not ahead"));
        check("2 months", Err("no length"));
        check("soon", Err("no length"));
        check("24", Err("no length"));
    }

    #[test]
    fn the_last_step_need_not_be_whole() {
        let steps = |text: &str| parse(text).map(|horizon| horizon.steps(3_600_000_000));
        assert_eq!((steps("24h"), steps("90m"), steps("1s")), (Ok(24), Ok(2), Ok(1)));
    }
}
