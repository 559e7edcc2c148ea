//! What people say and set: verdicts, undo, maintenance, overrides, budgets.

use hawkeye_detect::{Maintenance, MaintenanceMode, Override, Scope, Settings, Verdict};
use hawkeye_model::{CloseReason, Signal};

use crate::shop::{FINE, START, Shop, Weather, settings};

const DAY: u32 = 1_440;
const BURST: Weather = Weather { failing: 0.12, ..FINE };

fn with_burst() -> Shop {
    let mut shop = Shop::new(21);
    shop.run(DAY, FINE).run(10, BURST).run(30, FINE);
    shop
}

#[test]
fn a_false_positive_raises_the_threshold_and_undo_takes_it_back() {
    let mut shop = with_burst();
    let anomaly = shop.only().clone();
    let preview = shop.watcher.preview(&anomaly, Verdict::FalsePositive);
    let done = shop.watcher.judge(&anomaly, Verdict::FalsePositive);
    assert_eq!(preview, done);
    assert_eq!(done.len(), 1);
    assert_eq!(
        (done[0].series, done[0].signal, done[0].is_kin),
        (shop.series.id(), Signal::ErrorRate, false)
    );
    assert!(done[0].threshold_after >= done[0].threshold_before + 1.0, "{done:?}");
    shop.watcher.undo(&done);
    let again = shop.watcher.preview(&anomaly, Verdict::FalsePositive);
    assert!((again[0].offset_before - 0.0).abs() < 1e-6, "{again:?}");
}

#[test]
fn a_confirmed_anomaly_lowers_the_threshold() {
    let mut shop = with_burst();
    let anomaly = shop.only().clone();
    let done = shop.watcher.judge(&anomaly, Verdict::Confirmed);
    assert!(done[0].threshold_after < done[0].threshold_before, "{done:?}");
}

#[test]
fn verdicts_stay_within_bounds_and_never_hide_a_critical_burst() {
    let mut shop = with_burst();
    let anomaly = shop.only().clone();
    for _ in 0..20 {
        shop.watcher.judge(&anomaly, Verdict::FalsePositive);
    }
    let offset = shop.watcher.preview(&anomaly, Verdict::Confirmed)[0].offset_before;
    assert!(offset <= 12.0, "{offset}");
    shop.anomalies.clear();
    shop.run(5, Weather { failing: 0.9, ..FINE });
    assert_eq!(shop.anomalies.len(), 1);
}

#[test]
fn an_expected_change_becomes_the_new_normal() {
    let mut shop = Shop::new(22);
    let slow = Weather { median_ms: 160.0, ..FINE };
    shop.run(DAY, FINE).run(90, slow);
    let id = shop.only().id;
    let closed = shop.watcher.accept(id).expect("open");
    assert_eq!(closed.closed.map(|(_, reason)| reason), Some(CloseReason::NewNormal));
    shop.anomalies.clear();
    shop.run(DAY, slow);
    assert_eq!(shop.sentences(), [""; 0]);
}

#[test]
fn maintenance_pauses() {
    let from_us = START.micros() + i64::from(DAY) * 60_000_000;
    let pause = |scope| Settings {
        maintenance: vec![Maintenance {
            id: 1,
            scope,
            from_us,
            to_us: from_us + 3_600_000_000,
            mode: MaintenanceMode::Pause,
            note: "upgrade".into(),
        }],
        ..settings()
    };
    let anomalies = |scope| {
        let mut shop = Shop::with(23, pause(scope));
        shop.run(DAY, FINE).run(60, BURST).run(60, FINE);
        shop.anomalies.len()
    };
    assert_eq!(anomalies(Scope::default()), 0);
    let elsewhere = Scope { environment: Some("gcp".into()), ..Scope::default() };
    assert_eq!(anomalies(elsewhere), 1);
    let here = Scope { environment: Some("aws/production".into()), ..Scope::default() };
    assert_eq!(anomalies(here), 0);
}

#[test]
fn the_last_override_that_applies_counts() {
    let rule = |false_alarms_per_week| Override {
        id: 1,
        scope: Scope { service: Some("orders".into()), ..Scope::default() },
        false_alarms_per_week,
        note: String::new(),
    };
    let anomalies = |overrides| {
        let mut shop = Shop::with(24, Settings { overrides, ..settings() });
        shop.run(DAY, FINE).run(10, BURST);
        shop.anomalies.len()
    };
    assert_eq!(anomalies(vec![rule(None)]), 0);
    assert_eq!(anomalies(vec![rule(None), rule(Some(0.01))]), 1);
}

#[test]
fn a_larger_budget_needs_a_lower_score() {
    let threshold = |false_alarms_per_week| {
        let mut shop = Shop::with(25, Settings { false_alarms_per_week, ..settings() });
        shop.run(200, FINE);
        shop.watcher.report().signals[0].threshold
    };
    assert!(threshold(0.001) > threshold(0.01) && threshold(0.01) > threshold(0.1));
}

#[test]
fn what_did_not_alarm_can_be_explained() {
    let mut shop = Shop::new(26);
    shop.run(DAY, FINE).run(3, Weather { failing: 0.03, ..FINE });
    let gates = shop.watcher.explain(shop.series.id()).expect("watched");
    assert!(gates.iter().any(|gate| gate.signal == Signal::ErrorRate));
    assert!(gates.iter().all(|gate| !gate.reason.is_empty() && !gate.passed), "{gates:?}");
}

#[test]
fn an_expected_change_is_accepted_however_young_it_is() {
    let failing = Weather { failing: 0.5, ..FINE };
    let mut shop = Shop::new(27);
    shop.run(DAY, FINE).run(5, failing);
    let id = shop.only().id;
    shop.watcher.accept(id).expect("open");
    shop.anomalies.clear();
    shop.run(120, failing);
    assert_eq!(shop.sentences(), [""; 0]);
}

#[test]
fn pausing_one_signal_lets_the_others_learn() {
    let pause = Override {
        id: 1,
        scope: Scope { signal: Some("error_rate".into()), ..Scope::default() },
        false_alarms_per_week: None,
        note: String::new(),
    };
    let mut shop = Shop::with(28, Settings { overrides: vec![pause], ..settings() });
    shop.run(DAY, FINE).run(10, Weather { median_ms: 300.0, ..FINE });
    assert_eq!(shop.only().kind.signal(), Signal::Latency);
}

#[test]
fn an_old_verdict_is_not_taken_back_twice() {
    let mut shop = with_burst();
    let anomaly = shop.only().clone();
    let done = shop.watcher.judge(&anomaly, Verdict::FalsePositive);
    // Three weeks later half of it is left.
    shop.run(21 * DAY, Weather { requests: 1.0, ..FINE });
    shop.watcher.undo(&done);
    let offset = shop.watcher.preview(&anomaly, Verdict::FalsePositive)[0].offset_before;
    assert!(offset.abs() < 1e-6, "{offset}");
}

#[test]
fn restored_with_other_settings_the_thresholds_are_new() {
    let mut shop = Shop::with(29, Settings { false_alarms_per_week: 0.001, ..settings() });
    shop.run(100, FINE);
    let snapshot = shop.watcher.snapshot().expect("written");
    let other = Settings { false_alarms_per_week: 0.1, ..settings() };
    let restored = hawkeye_detect::Watcher::restore(&snapshot, other).expect("read");
    let before = shop.watcher.report().signals[0].threshold;
    assert!(restored.report().signals[0].threshold < before - 1.0);
}
