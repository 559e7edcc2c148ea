//! How times, numbers and complaints about a file are written.

use std::path::Path;

use hawkeye_model::Timestamp;
use serde_json::{Value, json};

use super::input::Bad;

/// More complaints than this are counted, not shown.
const COMPLAINTS_MAX: usize = 20;

pub(in crate::commands) fn complain(file: &Path, bad: &[Bad]) {
    for bad in bad.iter().take(COMPLAINTS_MAX) {
        eprintln!("{}:{}: {}: {}", file.display(), bad.line, bad.field, bad.problem);
    }
    if bad.len() > COMPLAINTS_MAX {
        eprintln!("{}: {} more fields were left out", file.display(), bad.len() - COMPLAINTS_MAX);
    }
}

pub(in crate::commands) fn json_of_bad(bad: &Bad) -> Value {
    json!({ "line": bad.line, "field": bad.field, "problem": bad.problem })
}

/// RFC 3339, UTC.
pub(in crate::commands) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros())
        .map_or_else(|_| at.micros().to_string(), |at| at.to_string())
}

/// Four digits are enough to read.
pub(in crate::commands) fn number(value: f64) -> String {
    if value != 0.0 && (value.abs() >= 1e7 || value.abs() < 1e-3) {
        format!("{value:.3e}")
    } else {
        format!("{value:.3}")
    }
}

/// A field of a CSV file.
pub(in crate::commands) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Text within HTML.
pub(in crate::commands) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
