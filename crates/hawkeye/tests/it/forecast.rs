//! `hawkeye forecast` on files: what it expects, what it says about itself and about bad lines, how it ends.

use std::f64::consts::TAU;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::harness::{command, folder};

/// 2025-10-10T00:00:00Z.
const START_S: i64 = 1_760_054_400;
const HOUR_S: i64 = 3_600;
const HEADER: &str = "time,expected,lower_50,upper_50,lower_80,upper_80,lower_95,upper_95";

fn forecast(folder: &Path, text: &str, arguments: &[&str]) -> Output {
    let file = folder.join("numbers.csv");
    std::fs::write(&file, text).expect("writes");
    let mut command = command(folder);
    command.arg("forecast").arg(&file).args(arguments).stdin(Stdio::null()).output().expect("runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(text: &str, arguments: &[&str]) -> Value {
    let folder = folder();
    let output = forecast(folder.path(), text, &[arguments, &["--output", "json"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The day's wave around 100, between 60 and 140.
fn wave(second: i64) -> f64 {
    100.0 + 40.0 * (second as f64 / 86_400.0 * TAU).sin()
}

/// So many lines from the start on, with a little noise, at a step in seconds.
fn lines(count: i64, step_s: i64) -> String {
    let line = |at: i64| {
        let second = at * step_s;
        format!("{},{:.3}\n", START_S + second, wave(second) + (at * 7 % 11) as f64 / 5.0)
    };
    (0..count).map(line).collect()
}

#[test]
fn forecast_continues_a_season() {
    let report = json(&lines(14 * 24, HOUR_S), &[]);
    let steps = report["steps"].as_array().expect("steps");
    assert_eq!((steps.len(), &report["step_s"]), (24, &Value::from(3600.0)));
    assert_eq!(steps[0]["time"], "2025-10-24T00:00:00Z");
    for (hour, step) in (0..).zip(steps) {
        let expected = step["expected"].as_f64().expect("a number");
        assert!((expected - 1.0 - wave(hour * HOUR_S)).abs() < 6.0, "{hour}: {step}");
        let order = ["lower_95", "lower_80", "lower_50", "upper_50", "upper_80", "upper_95"];
        assert!(order.map(|it| step[it].as_f64().expect("a number")).is_sorted(), "{step}");
    }
    assert_eq!((&report["trust"], &report["method"]), (&"good".into(), &"ensemble".into()));
    assert!(report["seasons"]["daily"].as_f64().expect("a number") > 0.9, "{report}");
    assert!(report["models"][0]["model"].is_string() && report["backtest"]["coverage_95"].is_number());
    assert!(report["limit"].is_null());
}

#[test]
fn forecast_bridges_a_gap_and_tells_of_it() {
    let text: String = lines(10 * 24, HOUR_S)
        .lines()
        .enumerate()
        .filter(|(at, _)| !(100..110).contains(at))
        .map(|it| it.1.to_owned() + "\n")
        .collect();
    let folder = folder();
    let output = forecast(folder.path(), &text, &[]);
    assert!(output.status.success());
    assert!(said(&output).contains("230 values every 1h"), "{}", said(&output));
    assert!(said(&output).contains("1 gap (10 of 240 steps)"), "{}", said(&output));
    assert!(said(&output).contains("trust    good: tested from"), "{}", said(&output));
}

#[test]
fn forecast_gathers_minutes_to_a_step_that_fits_the_horizon() {
    let text = lines(3 * 1_440, 60);
    for (horizon, step_s, steps) in [("2h", 300.0, 24), ("24h", 600.0, 144), ("2d", 3600.0, 48)] {
        let report = json(&text, &["--horizon", horizon]);
        assert_eq!(report["step_s"], step_s);
        assert_eq!(report["steps"].as_array().map(Vec::len), Some(steps));
        assert_eq!(report["steps"][0]["time"], "2025-10-13T00:00:00Z");
    }
}

#[test]
fn forecast_takes_days_as_they_are() {
    let report = json(&lines(60, 86_400), &["--horizon", "7d"]);
    assert_eq!(report["step_s"], 86_400.0);
    assert_eq!(report["steps"].as_array().map(Vec::len), Some(7));
    assert_eq!(report["steps"][0]["time"], "2025-12-09T00:00:00Z");
}

#[test]
fn forecast_names_a_broken_line_and_loses_nothing_else() {
    let text = lines(96, HOUR_S).replacen(&format!("{},", START_S + HOUR_S), "yesterday,", 1);
    let folder = folder();
    let output = forecast(folder.path(), &text, &[]);
    assert!(output.status.success());
    assert!(said(&output).contains("numbers.csv:2: timestamp: `yesterday` is no"), "{}", said(&output));
    assert!(said(&output).contains("1 gap (1 of 96 steps)"), "{}", said(&output));
}

#[track_caller]
fn refused(text: &str, arguments: &[&str], code: i32, expected: &str) {
    let folder = folder();
    let output = forecast(folder.path(), text, arguments);
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    assert!(said(&output).contains(expected), "{}", said(&output));
    assert!(output.stdout.is_empty(), "{}", said(&output));
}

#[test]
fn forecast_refuses_with_a_reason_and_a_way_out() {
    let hours = lines(96, HOUR_S);
    let uneven = format!("{hours}{},1\n", START_S + 95 * HOUR_S + 600);
    refused(&uneven, &[], 1, "numbers.csv:97: timestamp: 2025-10-13T23:10:00Z is 10m after the time before");
    refused("", &[], 1, "expected a time and a value");
    refused("1,2\n1,3\n", &[], 1, "give at least two times");
    refused("time,a,b\n1,2,3\n", &[], 1, "choose one of its columns with --column: a, b");
    refused("time,a,b\n1,2,3\n", &["--column", "c"], 1, "no numbers in a column `c`; there are: a, b");
    refused("time,failed,total\n0,0,0\n3600,0,0\n", &[], 1, "no total above 0");
    refused("0,1\n60,2\n", &["--kind", "count"], 1, "not one whole step of 10m: choose a shorter --horizon");
    refused(&hours, &["--kind", "rate"], 1, "divide percentages by 100");
    refused(&hours, &["--horizon", "3000h"], 1, "choose a shorter --horizon");
    refused(&hours, &["--horizon", "soon"], 2, "`soon` is no length of time");
    refused(&hours, &["--below"], 2, "--limit");
}

#[test]
fn forecast_writes_csv() {
    let folder = folder();
    let text = format!("time,requests,latency_ms\n{}", lines(96, HOUR_S).replace(',', ",5,"));
    let output = forecast(folder.path(), &text, &["--column", "latency_ms", "--output", "csv"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!((rows.len(), rows[0]), (25, HEADER));
    assert!(rows[1].starts_with("2025-10-14T00:00:00Z,"), "{}", rows[1]);
    assert!(rows[1..].iter().all(|row| row.split(',').skip(1).all(|it| it.parse::<f64>().is_ok())));
}

#[test]
fn forecast_keeps_rates_between_0_and_1() {
    let counted = |failed: i64| {
        let line = |at: i64| {
            let total = 50 + (at * 7 % 11);
            format!("{},{},{total}\n", START_S + at * HOUR_S, if at % 9 == 0 { failed } else { failed / 3 })
        };
        format!("time,failed,total\n{}", (0..200).map(line).collect::<String>())
    };
    let shares: String =
        (0..200).map(|at| format!("{},{}\n", START_S + at * HOUR_S, (at % 5) as f64 / 4.0)).collect();
    let files = [(counted(3), "auto"), (counted(48), "auto"), (shares, "rate")];
    for (text, kind) in files {
        let report = json(&text, &["--kind", kind]);
        assert_eq!(report["kind"], "rate");
        for step in report["steps"].as_array().expect("steps") {
            let values = step.as_object().expect("an object").values().filter_map(Value::as_f64);
            assert!(
                values.clone().count() == 7 && values.clone().all(|it| (0.0..=1.0).contains(&it)),
                "{step}"
            );
        }
    }
}

#[test]
fn forecast_of_one_hour_answers_and_says_that_it_is_untested() {
    let folder = folder();
    let output = forecast(folder.path(), &lines(60, 60), &["--horizon", "1h"]);
    assert!(output.status.success());
    assert!(
        said(&output).contains("trust    untested: 60 minutes of history are too little"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("averaged to 12 steps of 5m"), "{}", said(&output));
    assert_eq!(said(&output).lines().filter(|line| line.starts_with("2025-10-10T01:")).count(), 12);
}

#[test]
fn forecast_of_what_never_changes_says_so() {
    let text: String = (0..200).map(|at| format!("{},5\n", START_S + at * HOUR_S)).collect();
    let report = json(&text, &[]);
    assert_eq!(
        (&report["steps"][0]["lower_95"], &report["steps"][0]["upper_95"]),
        (&5.0.into(), &5.0.into())
    );
    assert!(report["reason"].as_str().is_some_and(|it| it.contains("was the same")), "{report}");
}

#[test]
fn forecast_tells_how_likely_a_limit_is_crossed() {
    let hours = lines(14 * 24, HOUR_S);
    let probability = |arguments: &[&str]| {
        let limit = &json(&hours, arguments)["limit"];
        limit["probability"].as_f64().expect("a number")
    };
    assert!(probability(&["--limit", "130"]) > 0.9);
    assert!(probability(&["--limit", "300"]) < 0.05);
    assert!(probability(&["--limit", "70", "--below"]) > 0.9);
    let folder = folder();
    let code = |arguments: &[&str]| forecast(folder.path(), &hours, arguments).status.code();
    assert_eq!(code(&["--limit", "130"]), Some(0));
    assert_eq!(code(&["--limit", "130", "--fail-on-limit"]), Some(3));
    assert_eq!(code(&["--limit", "300", "--fail-on-limit=0.2"]), Some(0));
    let output = forecast(folder.path(), &hours, &["--limit", "130"]);
    let first = "if so first at about 2025-10-24T0";
    assert!(said(&output).contains("limit    above 130 within 24h: ") && said(&output).contains(first));
    let output = forecast(folder.path(), &hours, &["--limit", "80"]);
    assert!(said(&output).contains("the last value is already above it"), "{}", said(&output));
}

#[test]
fn forecast_draws_a_page_that_asks_nobody() {
    let folder = folder();
    let page = folder.path().join("page.html");
    let arguments = ["--plot", &page.to_string_lossy(), "--limit", "150", "--output", "csv"];
    assert!(forecast(folder.path(), &lines(14 * 24, HOUR_S), &arguments).status.success());
    let page = std::fs::read_to_string(&page).expect("a page");
    for part in
        ["default-src 'none'", "prefers-color-scheme", "class=\"fan\"", "class=\"ahead\"", "class=\"limit\""]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<polygon").count(), 3);
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
    assert!(!page.contains("NaN") && !page.contains("inf"));
}
