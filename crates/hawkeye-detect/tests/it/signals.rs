//! Every kind of anomaly is found in time, and nothing else is.

use hawkeye_detect::{Change, WINDOW};
use hawkeye_model::{AnomalyKind, CloseReason, Severity};

use crate::shop::{FINE, Shop, Weather};

const DAY: u32 = 1_440;

/// A usual day, the incident, and then `recovery`. The one anomaly has this kind, is found within so many windows,
/// and is over after the recovery.
fn check(incident: Weather, windows: u32, kind: AnomalyKind, delay_max: u64) -> Shop {
    let mut shop = Shop::new(7);
    shop.run(DAY, FINE);
    assert_eq!(shop.sentences(), [""; 0], "before");
    let start = shop.now;
    shop.run(windows, incident).run(60, FINE);
    let anomaly = shop.only();
    let delay = anomaly.detected.since(start).as_secs() / WINDOW.as_secs();
    assert_eq!(anomaly.kind, kind, "{}", anomaly.sentence);
    assert!(delay <= delay_max, "found after {delay} windows: {}", anomaly.sentence);
    assert_eq!(anomaly.closed.map(|(_, reason)| reason), Some(CloseReason::Recovered));
    shop
}

#[test]
fn usual_days_raise_nothing() {
    let mut shop = Shop::new(1);
    shop.run(4 * DAY, FINE);
    assert_eq!(shop.sentences(), [""; 0]);
}

#[test]
fn a_burst_of_errors() {
    let shop = check(Weather { failing: 0.3, ..FINE }, 20, AnomalyKind::ErrorBurst, 2);
    let anomaly = shop.only();
    assert!(anomaly.severity >= Severity::High);
    assert!((anomaly.observed - 0.3).abs() < 0.06, "{anomaly:?}");
    assert!((anomaly.requests_hurt - 0.295 * anomaly.requests as f64).abs() < 60.0, "{anomaly:?}");
    assert!(anomaly.sentence.starts_with("POST /orders of orders on aws/production/eu-west-1 fails: "));
    assert!(anomaly.sentence.contains(" UTC, usually 0."), "{}", anomaly.sentence);
}

#[test]
fn a_small_lasting_rise_of_errors() {
    check(Weather { failing: 0.04, ..FINE }, 90, AnomalyKind::ErrorRise, 20);
}

#[test]
fn an_error_code_that_was_not_there() {
    let shop = check(Weather { failing: 0.02, status: 503, ..FINE }, 60, AnomalyKind::NewErrorCode, 15);
    assert!(shop.only().sentence.contains("answers with 503 since"), "{}", shop.only().sentence);
}

#[test]
fn client_errors_count_apart() {
    check(Weather { failing: 0.6, status: 401, ..FINE }, 30, AnomalyKind::ClientErrorRise, 3);
}

#[test]
fn a_slow_endpoint() {
    let shop = check(Weather { median_ms: 240.0, ..FINE }, 30, AnomalyKind::LatencySpike, 2);
    let ratio = shop.only().observed / shop.only().band.expected;
    assert!((2.3..4.0).contains(&ratio), "{}", shop.only().sentence);
}

#[test]
fn a_slow_endpoint_that_stays_slow() {
    let shop = check(Weather { median_ms: 200.0, ..FINE }, 120, AnomalyKind::LatencyShift, 2);
    assert!(shop.only().sentence.contains(" stays slow: "));
}

#[test]
fn a_slow_path_beside_the_usual_one() {
    check(Weather { slow: 0.25, ..FINE }, 60, AnomalyKind::PatternChange, 4);
}

#[test]
fn traffic_that_stays_away() {
    let shop = check(Weather { requests: 12.0, ..FINE }, 30, AnomalyKind::TrafficDrop, 3);
    assert!((shop.only().requests_hurt - 48.0 * 30.0).abs() < 200.0, "{}", shop.only().sentence);
}

#[test]
fn a_total_outage() {
    check(Weather { requests: 0.0, ..FINE }, 15, AnomalyKind::Silence, 2);
}

#[test]
fn a_surge_is_information() {
    let shop = check(Weather { requests: 200.0, ..FINE }, 30, AnomalyKind::Surge, 3);
    assert_eq!(shop.only().severity, Severity::Low);
}

#[test]
fn a_slow_drift() {
    let mut shop = Shop::new(3);
    shop.run(4 * DAY, FINE);
    for at in 0..600 {
        shop.window(Weather { median_ms: 80.0 * (1.0 + f64::from(at) / 600.0), ..FINE });
    }
    let first = shop.anomalies.values().min_by_key(|anomaly| anomaly.detected).expect("found");
    assert_eq!(first.kind, AnomalyKind::LatencyDrift, "{}", first.sentence);
}

#[test]
fn an_outage_of_a_quiet_endpoint_is_found_once_twenty_requests_are_missing() {
    let quiet = Weather { requests: 2.0, ..FINE };
    let mut shop = Shop::new(5);
    shop.run(4 * DAY, quiet);
    assert_eq!(shop.sentences(), [""; 0]);
    let start = shop.now;
    shop.run(30, Weather { requests: 0.0, ..FINE });
    let missing = shop.only().detected.since(start).as_secs_f64() / 60.0 * 2.0;
    assert!(missing <= 24.0, "{missing} requests were missing");
}

#[test]
fn a_quiet_endpoint_neither_pages_nor_is_invisible() {
    let quiet = Weather { requests: 3.0, ..FINE };
    let mut shop = Shop::new(6);
    shop.run(2 * DAY, quiet);
    // Two failures in a row happen.
    shop.run(1, Weather { failing: 0.6, ..quiet }).run(60, quiet);
    assert_eq!(shop.sentences(), [""; 0]);
    let start = shop.now;
    shop.run(20, Weather { failing: 0.9, ..quiet });
    assert!(shop.only().detected.since(start) <= WINDOW * 6, "{}", shop.only().sentence);
}

#[test]
fn three_milliseconds_instead_of_two_page_nobody() {
    let quick = Weather { median_ms: 2.0, slow: 0.0, ..FINE };
    let mut shop = Shop::new(8);
    shop.run(DAY, quick).run(120, Weather { median_ms: 3.0, ..quick });
    assert_eq!(shop.sentences(), [""; 0]);
}

#[test]
fn an_open_anomaly_teaches_nothing() {
    let mut shop = Shop::new(9);
    shop.run(DAY, FINE).run(6 * 60, Weather { failing: 0.5, median_ms: 400.0, ..FINE });
    assert!(shop.anomalies.values().all(hawkeye_model::Anomaly::is_open), "{:?}", shop.sentences());
    let usual = shop.anomalies.values().map(|anomaly| anomaly.band.expected).fold(f64::MAX, f64::min);
    assert!(usual < 0.02, "{usual}");
}

#[test]
fn a_new_level_that_stays_for_three_days_is_the_new_normal() {
    let slow = Weather { median_ms: 160.0, ..FINE };
    let mut shop = Shop::new(10);
    shop.run(DAY, FINE).run(4 * DAY, slow);
    assert_eq!(shop.only().closed.map(|(_, reason)| reason), Some(CloseReason::NewNormal));
}

#[test]
fn silence_means_nothing_while_nobody_listened() {
    let mut shop = Shop::new(11);
    shop.run(DAY, FINE).incomplete().run(30, Weather { requests: 0.0, ..FINE });
    assert_eq!(shop.sentences(), [""; 0]);
}

#[test]
fn a_deployment_is_noticed_and_named() {
    let mut shop = Shop::new(12);
    shop.run(DAY, FINE).deploy("v2").run(1, FINE).run(20, Weather { failing: 0.3, ..FINE });
    let deployed =
        shop.changes.iter().any(|change| matches!(change, Change::Deployed(it) if &*it.version == "v2"));
    assert!(deployed);
    assert_eq!(shop.only().deployment.as_deref(), Some("v2"));
    assert!(shop.only().sentence.contains("Version v2 appeared"), "{}", shop.only().sentence);
}

#[test]
fn the_evidence_goes_from_before_the_onset_to_the_end() {
    let mut shop = Shop::new(13);
    shop.run(DAY, FINE).run(10, Weather { failing: 0.3, ..FINE });
    let id = shop.only().id;
    while shop.only().is_open() {
        shop.run(1, FINE);
    }
    let evidence = shop.watcher.evidence(id).expect("it ended in the last window");
    let anomaly = shop.only();
    assert!(evidence.start_us < anomaly.onset.micros());
    let end_us = evidence.start_us + evidence.step_us * evidence.scores.len() as i64;
    assert_eq!(end_us, anomaly.updated.micros());
    assert!(evidence.tests.iter().any(|test| test.fired), "{:?}", evidence.tests);
    shop.run(1, FINE);
    assert_eq!(shop.watcher.evidence(id), None);
}
