//! Limits, retention, compaction and starting again.

use std::time::Duration;

use hawkeye_model::Timestamp;
use hawkeye_store::{Dataset, Store, StoreConfig, StoreError};

use crate::harness::{Harness, START, hours, request, requests};

#[test]
fn a_span_sent_again_counts_once_even_after_a_crash() {
    let mut harness = Harness::new();
    assert_eq!(harness.append(requests(0..10)).requests, 10);
    assert_eq!(harness.append(requests(5..15)).duplicates, 5);
    harness.reopen();
    assert_eq!(harness.append(requests(0..15)).duplicates, 15);
    assert_eq!(harness.total(hours(0, 1)).requests(), 15);
}

#[test]
fn a_span_in_a_segment_is_recognised_after_a_restart() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.append(requests(0..10));
    harness.maintain_after(Duration::from_secs(20));
    assert_eq!(harness.store().status().head_requests, 0);
    harness.reopen();
    assert_eq!(harness.append(requests(5..15)).duplicates, 5);
}

#[test]
fn requests_without_a_span_are_never_taken_for_duplicates() {
    let harness = Harness::new();
    let mut plain = request(1);
    plain.span_id = hawkeye_model::SpanId::default();
    assert_eq!(harness.append(vec![plain.clone(), plain.clone()]).requests, 2);
    assert_eq!(harness.append(vec![plain]).duplicates, 0);
    assert_eq!(harness.requests().len(), 3);
}

#[test]
fn a_full_head_refuses_and_recovers() {
    let mut harness = Harness::with(|config| {
        config.head_requests_max = 50;
        config.segment_rows = 1;
    });
    harness.append(requests(0..60));
    assert!(matches!(harness.try_append(requests(60..61)), Err(StoreError::Overloaded { .. })));
    harness.maintain_after(Duration::from_secs(20));
    harness.append(requests(60..61));
    assert_eq!(harness.requests().len(), 61);
}

#[test]
fn old_requests_go_and_their_hours_stay() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.append(requests(0..100));
    harness.maintain_after(Duration::from_secs(20));
    harness.maintain_after(Duration::from_secs(9 * 86_400));
    assert_eq!(harness.requests().len(), 0);
    assert_eq!(harness.total(hours(0, 24 * 9)).requests(), 100);
}

#[test]
fn the_disk_budget_drops_the_oldest_requests_first() {
    let mut harness = Harness::with(|config| {
        config.segment_rows = 1;
        config.disk_size_bytes_max = 1;
    });
    harness.append(requests(0..100));
    harness.maintain_after(Duration::from_secs(20));
    harness.maintain_after(Duration::from_secs(61));
    assert_eq!(harness.requests().len(), 0);
    assert_eq!(harness.total(hours(0, 1)).requests(), 100);
}

#[test]
fn many_small_segments_become_few_and_their_files_go() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    for lot in 0..20 {
        harness.append(requests(lot * 10..lot * 10 + 10));
        harness.maintain_after(Duration::from_secs(11));
    }
    harness.maintain_after(Duration::from_secs(61));
    let segments = harness.store().status().segments;
    assert!(segments < 40, "{segments} segments");
    let files = std::fs::read_dir(harness.folder().join("segments")).expect("a folder").count();
    assert_eq!(files as u64, segments);
    assert_eq!(harness.requests().len(), 200);
    assert_eq!(harness.total(hours(0, 1)).requests(), 200);
}

#[test]
fn files_that_no_segment_names_are_deleted_at_the_start() {
    let mut harness = Harness::new();
    let orphan = harness.folder().join("segments/requests-live-99999999-0.parquet.tmp");
    std::fs::write(&orphan, "half a file").expect("writes");
    harness.reopen();
    assert!(!orphan.exists());
}

#[test]
fn a_damaged_row_stops_the_start_with_its_number() {
    let harness = Harness::new();
    harness.append(requests(0..10));
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["buffer.db", "buffer.db-wal"] {
        std::fs::copy(harness.folder().join(file), folder.path().join(file)).expect("copies");
    }
    let connection = rusqlite::Connection::open(folder.path().join("buffer.db")).expect("opens");
    connection.execute("UPDATE buffer SET payload = x'00' WHERE seq = 1", []).expect("damages");
    drop(connection);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let error = Store::open(StoreConfig::at(folder.path()), runtime.handle().clone()).expect_err("damaged");
    assert!(error.to_string().contains("row 1 of"), "{error}");
}

#[test]
fn the_status_tells_what_is_there() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.append(requests(10..20));
    harness.append_to(Dataset::Demo, requests(0..5));
    harness.maintain_after(Duration::from_secs(20));
    let status = harness.store().status();
    assert_eq!((status.requests, status.demo_requests, status.head_requests), (15, 5, 0));
    assert_eq!(status.oldest_request, Some(START));
    harness.remove_demo();
    let status = harness.store().status();
    assert_eq!((status.requests, status.demo_requests), (10, 0));
    assert_eq!(status.oldest_request, Some(Timestamp::from_millis(START.millis() + 7_000)));
}

#[test]
fn an_import_older_than_retention_keeps_only_what_is_kept() {
    let mut harness = Harness::new();
    harness.now = START.plus(Duration::from_secs(20 * 86_400));
    harness.store().import(&requests(0..50), Dataset::Live, harness.now).expect("imports");
    assert_eq!(harness.requests().len(), 0);
    assert_eq!(harness.total(hours(0, 24)).requests(), 50);
}

#[test]
fn old_ranges_are_answered_in_wider_steps() {
    let mut harness = Harness::new();
    harness.append(requests(0..100));
    let ten_seconds = Some(Duration::from_secs(10));
    let sum =
        |harness: &Harness| harness.sum(hours(0, 1), ten_seconds, hawkeye_store::Filter::default(), &[]);
    assert_eq!(sum(&harness).step, Duration::from_secs(10));
    harness.maintain_after(Duration::from_secs(3 * 86_400));
    let cells = sum(&harness);
    assert_eq!((cells.step, cells.n), (Duration::from_secs(60), 60));
    assert_eq!(cells.total(0).requests(), 100);
    let ninety = Duration::from_secs(90);
    assert_eq!(harness.store().step_kept(ninety, START, harness.now), Duration::from_secs(120));
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_upkeep() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.maintain_after(Duration::from_secs(100 * 86_400));
    harness.append(requests(0..10));
    harness.now = START;
    harness.maintain_after(Duration::from_secs(1));
    harness.maintain_after(Duration::from_secs(11));
    assert_eq!(harness.store().status().head_requests, 0);
    assert_eq!(harness.requests().len(), 10);
}

#[test]
fn a_query_keeps_its_files_while_data_are_removed() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.append_to(Dataset::Demo, requests(0..5_000));
    harness.maintain_after(Duration::from_secs(20));
    let found = harness.requests_while(|harness| harness.remove_demo());
    assert_eq!(found, 5_000);
    assert_eq!(harness.requests().len(), 0);
    assert_eq!(std::fs::read_dir(harness.folder().join("segments")).expect("a folder").count(), 0);
}

#[test]
fn a_sum_can_be_asked_of_one_data_set() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    // In segments and in memory, both sums and requests.
    harness.append_to(Dataset::Demo, requests(0..30));
    harness.append_to(Dataset::Live, requests(30..50));
    harness.maintain_after(Duration::from_secs(20));
    harness.append_to(Dataset::Demo, requests(50..53));
    harness.append_to(Dataset::Live, requests(53..55));
    for (dataset, expected) in [(Dataset::Demo, 33), (Dataset::Live, 22)] {
        assert_eq!(harness.total_of(dataset, hours(0, 1)).requests(), expected, "{dataset:?}");
    }
    assert_eq!(harness.total(hours(0, 1)).requests(), 55);
}
