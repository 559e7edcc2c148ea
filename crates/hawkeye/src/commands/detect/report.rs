//! What was found, for people and for programs.
#![expect(clippy::print_stdout, reason = "the report is what the command is for")]

use std::path::Path;

use anyhow::Result;
use hawkeye_model::Timestamp;
use serde_json::{Value, json};

use super::input::Bad;
use super::{Anomaly, Signal};

/// More complaints than this are counted, not shown.
const COMPLAINTS_MAX: usize = 20;

pub(super) fn complain(file: &Path, bad: &[Bad]) {
    for bad in bad.iter().take(COMPLAINTS_MAX) {
        eprintln!("{}:{}: {}: {}", file.display(), bad.line, bad.field, bad.problem);
    }
    if bad.len() > COMPLAINTS_MAX {
        eprintln!("{}: {} more fields were left out", file.display(), bad.len() - COMPLAINTS_MAX);
    }
}

pub(super) fn table(signals: &[Signal]) {
    println!(
        "{:<20}  {:<20}  {:<24}  {:>14}  {:>14}  {:>9}",
        "START", "END", "SIGNAL", "VALUE", "EXPECTED", "CHANCE"
    );
    for (signal, anomaly) in each(signals) {
        println!(
            "{:<20}  {:<20}  {:<24}  {:>14}  {:>14}  {:>9.1e}",
            time(anomaly.start),
            time(anomaly.end),
            signal.name,
            number(anomaly.worst.value),
            anomaly.worst.expected.map_or("-".to_owned(), number),
            anomaly.probability,
        );
    }
    for signal in signals {
        let (points, anomalies) = (signal.points.len(), signal.anomalies.len());
        println!("{}: {points} values, {anomalies} anomalies, detector {}", signal.name, signal.detector);
    }
}

pub(super) fn csv(signals: &[Signal]) {
    println!("signal,start,end,value,expected,chance");
    for (signal, anomaly) in each(signals) {
        let expected = anomaly.worst.expected.map_or(String::new(), |expected| expected.to_string());
        println!(
            "{},{},{},{},{expected},{}",
            quoted(&signal.name),
            time(anomaly.start),
            time(anomaly.end),
            anomaly.worst.value,
            anomaly.probability
        );
    }
}

pub(super) fn json(file: &Path, bad: &[Bad], signals: &[Signal]) -> Result<()> {
    let bad: Vec<Value> = bad
        .iter()
        .map(|bad| json!({ "line": bad.line, "field": bad.field, "problem": bad.problem }))
        .collect();
    let signals: Vec<Value> = signals
        .iter()
        .map(|signal| {
            let anomalies: Vec<Value> = signal.anomalies.iter().map(json_of).collect();
            json!({
                "name": signal.name,
                "detector": signal.detector,
                "values": signal.points.len(),
                "anomalies": anomalies,
            })
        })
        .collect();
    let report = json!({ "file": file.display().to_string(), "bad_fields": bad, "signals": signals });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn json_of(anomaly: &Anomaly) -> Value {
    json!({
        "start": time(anomaly.start),
        "end": time(anomaly.end),
        "value": anomaly.worst.value,
        "expected": anomaly.worst.expected,
        "chance": anomaly.probability,
    })
}

fn each(signals: &[Signal]) -> impl Iterator<Item = (&Signal, &Anomaly)> {
    signals.iter().flat_map(|signal| signal.anomalies.iter().map(move |anomaly| (signal, anomaly)))
}

/// RFC 3339, UTC.
pub(super) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros())
        .map_or_else(|_| at.micros().to_string(), |at| at.to_string())
}

/// Four digits are enough to read.
pub(super) fn number(value: f64) -> String {
    if value != 0.0 && (value.abs() >= 1e7 || value.abs() < 1e-3) {
        format!("{value:.3e}")
    } else {
        format!("{value:.3}")
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
