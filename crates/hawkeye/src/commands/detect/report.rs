//! What was found, for people and for programs.
#![expect(clippy::print_stdout, reason = "the report is what the command is for")]

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Anomaly, Signal};
use crate::commands::numbers::input::Bad;
use crate::commands::numbers::text::{json_of_bad, number, quoted, time};

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
    let bad: Vec<Value> = bad.iter().map(json_of_bad).collect();
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
