//! What holds for any traffic.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_detect::{Row, WINDOW, Watcher, Window};
use hawkeye_model::{Provider, Request, Rollup, Timestamp};
use proptest::prelude::*;

use crate::shop::{FINE, START, Shop, Weather, series, settings};

/// 16 KiB a series: what the design allows for all signals together.
const SERIES_BYTES_MAX: usize = 16 * 1_024;

fn weather() -> impl Strategy<Value = Weather> {
    (0.0f64..80.0, 0.0f64..0.5, 1.0f64..500.0).prop_map(|(requests, failing, median_ms)| Weather {
        requests,
        failing,
        median_ms,
        ..FINE
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_restored_watcher_goes_on_as_if_nothing_had_happened(
        before in 50u32..400,
        after in prop::collection::vec(weather(), 1..40),
        seed in 0u64..1_000,
    ) {
        let mut shop = Shop::new(seed);
        shop.run(before, FINE);
        let snapshot = shop.watcher.snapshot().expect("can be written");
        let mut restored = Watcher::restore(&snapshot, settings()).expect("can be read");
        for weather in after {
            let rollup = shop.rollup(weather);
            let rows = [Row { series: &shop.series, version: "v1", rollup: &rollup }];
            let window = Window { start: shop.now, rows: &rows, is_complete: true };
            prop_assert_eq!(shop.watcher.step(&window), restored.step(&window));
            shop.now = shop.now.plus(WINDOW);
        }
        prop_assert_eq!(shop.watcher.snapshot().expect("written"), restored.snapshot().expect("written"));
    }

    #[test]
    fn any_numbers_are_taken(
        windows in prop::collection::vec((0u64..1 << 40, 0u64..1 << 40, 0u64..u64::MAX >> 8, 0u16..1_000), 1..60),
    ) {
        let series = series(Provider::Gcp, "GET", "/");
        let mut watcher = Watcher::new(settings());
        for (at, (requests, errors, duration_us, status)) in windows.into_iter().enumerate() {
            let start = START.plus(WINDOW * at as u32);
            let mut rollup = Rollup::default();
            rollup.latency.record_n(duration_us, requests);
            rollup.server_errors = errors.min(requests);
            rollup.client_errors = requests - rollup.server_errors;
            rollup.add_status(status, requests);
            let rows = [Row { series: &series, version: "", rollup: &rollup }];
            for change in watcher.step(&Window { start, rows: &rows, is_complete: at % 7 != 0 }) {
                let text = format!("{change:?}");
                prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", text);
            }
        }
        let expected = watcher.expect(series.id(), START, Duration::from_secs(300), 50).expect("watched");
        for (_, bands) in expected.measures {
            for band in bands.into_iter().flatten() {
                prop_assert!(band.lower <= band.expected && band.expected <= band.upper, "{:?}", band);
            }
        }
    }
}

#[test]
fn windows_that_come_twice_or_late_change_nothing() {
    let mut shop = Shop::new(31);
    shop.run(100, FINE);
    let before = shop.watcher.snapshot().expect("written");
    let rollup = shop.rollup(FINE);
    let rows = [Row { series: &shop.series, version: "v1", rollup: &rollup }];
    for start in [START, shop.now.minus(WINDOW), Timestamp::from_secs(0)] {
        assert_eq!(shop.watcher.step(&Window { start, rows: &rows, is_complete: true }), []);
    }
    assert_eq!(shop.watcher.snapshot().expect("written"), before);
}

#[test]
fn a_series_takes_no_more_than_its_room() {
    let mut shop = Shop::new(32);
    // Two weeks and an open anomaly.
    for _ in 0..14 * 1_440 {
        shop.window(Weather { requests: 5.0, ..FINE });
    }
    shop.run(600, Weather { failing: 0.5, ..FINE });
    let snapshot = shop.watcher.snapshot().expect("written");
    let size_bytes = snapshot.series[0].1.len();
    assert!(size_bytes <= SERIES_BYTES_MAX, "{size_bytes}");
}

#[test]
fn series_beyond_the_limit_are_not_watched() {
    let mut watcher = Watcher::new(settings());
    watcher.set_series_max(2);
    let mut rollup = Rollup::default();
    let all: Vec<_> = (0..5).map(|at| series(Provider::Aws, "GET", &format!("/{at}"))).collect();
    rollup.add(&Request::new(START, 1_000, Arc::clone(&all[0]), 200));
    let rows: Vec<_> = all.iter().map(|series| Row { series, version: "", rollup: &rollup }).collect();
    watcher.step(&Window { start: START, rows: &rows, is_complete: true });
    assert_eq!(watcher.report().series_watched, 2);
}

#[test]
fn a_snapshot_of_another_version_is_refused() {
    let mut snapshot = Shop::new(33).watcher.snapshot().expect("written");
    snapshot.shared[0] = 99;
    let error = Watcher::restore(&snapshot, settings()).expect_err("another format");
    assert!(error.to_string().contains("format 99"), "{error}");
}
