//! `hawkeye detect` on files: what it finds, what it says about bad lines, how it ends.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::harness::{command, folder};

/// Speeds on a road, from the Numenta Anomaly Benchmark (MIT).
const SPEEDS: &str = include_str!("fixtures/speed_7578.csv");

fn detect(folder: &Path, text: &str, arguments: &[&str]) -> Output {
    let file = folder.join("numbers.csv");
    std::fs::write(&file, text).expect("writes");
    let mut command = command(folder);
    command.arg("detect").arg(&file).args(arguments).stdin(Stdio::null()).output().expect("runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Four days of minutes with a wave, and a jump in the last hour when asked.
fn wave(jump: bool) -> String {
    let line = |minute: i64| {
        let value =
            100.0 + 20.0 * (minute as f64 / 1_440.0 * std::f64::consts::TAU).sin() + (minute * 7 % 11) as f64;
        let value = if jump && minute == 7_000 { 3.0 * value } else { value };
        format!("{},{value}\n", 1_760_000_000 + minute * 60)
    };
    (0..7_200).map(line).collect()
}

#[test]
fn detect_finds_an_accident_on_the_road() {
    let folder = folder();
    let output = detect(folder.path(), SPEEDS, &["--output", "json"]);
    assert!(output.status.success());
    let anomalies = json(&output)["signals"][0]["anomalies"].as_array().expect("a list").clone();
    assert!((1..12).contains(&anomalies.len()), "{anomalies:?}");
    assert!(
        anomalies.iter().any(|it| it["start"].as_str().is_some_and(|start| start.starts_with("2015-09-16")))
    );
}

#[test]
fn detect_ends_with_3_only_when_asked_and_something_is_odd() {
    let folder = folder();
    let code = |text: &str, arguments: &[&str]| detect(folder.path(), text, arguments).status.code();
    assert_eq!(code(&wave(true), &[]), Some(0));
    assert_eq!(code(&wave(true), &["--fail-on-anomaly", "--budget", "0.5"]), Some(3));
    assert_eq!(code(&wave(false), &["--fail-on-anomaly", "--budget", "0.5"]), Some(0));
}

#[test]
fn detect_names_bad_lines_and_loses_nothing_else() {
    let folder = folder();
    let text = "window,requests,latency_ms_p95\n2026-01-01T00:00:00Z,5,abc\n2026-01-01 00:01:00,,3\nnope,1,2\n1767225720000,3,4\n";
    let output = detect(folder.path(), text, &["--output", "json"]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("numbers.csv:2: latency_ms_p95: `abc` is not a number"), "{said}");
    assert!(said.contains("numbers.csv:4: window: `nope` is no"), "{said}");
    let report = json(&output);
    assert_eq!(report["signals"][0]["values"], 2);
    assert_eq!(report["signals"][1]["values"], 2);
    assert_eq!(report["bad_fields"].as_array().map(Vec::len), Some(2));
}

#[test]
fn detect_draws_a_page_that_asks_nobody() {
    let folder = folder();
    let page = folder.path().join("page.html");
    let output = detect(folder.path(), &wave(true), &["--plot", &page.to_string_lossy(), "--output", "csv"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stdout)
            .starts_with("signal,start,end,value,expected,chance\nvalue,2025-10-")
    );
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(
        page.contains("default-src 'none'")
            && page.contains("<polyline")
            && page.contains("prefers-color-scheme")
    );
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
}

#[test]
fn detect_refuses_what_is_no_series() {
    let folder = folder();
    for text in ["", "hello\n", "a,b\nc,d\n"] {
        let output = detect(folder.path(), text, &[]);
        assert_eq!(output.status.code(), Some(1), "{text:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("expected a time and a value"), "{text:?}");
    }
}
