//! `kill -9` at random points under load: what was acknowledged is there exactly once, and rollups equal a recount.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use prost::Message;

use crate::harness::{Server, folder};
use crate::otlp::message;

const KILLS: u64 = 12;
const CLIENTS: u64 = 3;
const SPANS_PER_BATCH: u64 = 50;

/// Segments and rollup flushes happen all the time, so that kills hit them, too.
const BUSY: [(&str, &str); 4] = [
    ("HAWKEYE_STORAGE__SEGMENT_ROWS", "500"),
    ("HAWKEYE_STORAGE__ROLLUP_FLUSH_INTERVAL", "1s"),
    ("HAWKEYE_STORAGE__SEGMENT_INTERVAL", "1s"),
    ("HAWKEYE_LOG__LEVEL", "error"),
];

#[test]
fn what_was_acknowledged_is_there_exactly_once_after_kill_9() {
    let folder = folder();
    // What each client sent last and does not know the fate of; it sends the same again after the restart.
    let next_batch: Vec<AtomicU64> = (0..CLIENTS).map(|_| AtomicU64::new(0)).collect();
    let acknowledged: Mutex<HashSet<u64>> = Mutex::default();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..KILLS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let acks_until_kill = AtomicU64::new(1 + random % 60);
        let server = Server::start_with(folder.path(), &BUSY);
        let is_over = AtomicBool::new(false);
        let url = format!("{}/v1/traces", server.otlp_http);
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (next_batch, acknowledged) = (&next_batch[client as usize], &acknowledged);
                let (acks_until_kill, is_over, server, url) = (&acks_until_kill, &is_over, &server, &url);
                scope.spawn(move || {
                    while !is_over.load(Ordering::Acquire) {
                        let batch = next_batch.load(Ordering::Acquire);
                        let number = (batch * CLIENTS + client) * SPANS_PER_BATCH;
                        let body = message(&format!("crash-{client}"), number..number + SPANS_PER_BATCH)
                            .encode_to_vec();
                        match server.try_post_to(url, &[("content-type", "application/x-protobuf")], &body) {
                            Ok(answer) if answer.status == 200 => {
                                acknowledged.lock().expect("sound").extend(number..number + SPANS_PER_BATCH);
                                next_batch.fetch_add(1, Ordering::AcqRel);
                                if acks_until_kill.fetch_sub(1, Ordering::AcqRel) == 1 {
                                    is_over.store(true, Ordering::Release);
                                }
                            }
                            Ok(answer) => assert_eq!(answer.status, 503, "only overload may refuse"),
                            Err(_) => return,
                        }
                    }
                });
            }
            while !is_over.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            let kill = std::process::Command::new("kill").args(["-KILL", &server.pid().to_string()]).status();
            assert!(kill.expect("kill exists").success());
        });
        drop(server);
    }
    let acknowledged = acknowledged.into_inner().expect("sound");
    for _ in 0..2 {
        let server = Server::start_with(folder.path(), &BUSY);
        check(&server, &acknowledged);
        server.kill();
    }
}

fn check(server: &Server, acknowledged: &HashSet<u64>) {
    let mut spans: BTreeMap<u64, u64> = BTreeMap::new();
    let mut by_service: BTreeMap<String, u64> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = server.ask(&format!("/api/v1/requests?from=now-1h&to=now%2B1h&limit=1000{cursor}"));
        for item in page["items"].as_array().expect("items") {
            let span = u64::from_str_radix(item["span_id"].as_str().expect("an id"), 16).expect("hex") - 1;
            *spans.entry(span).or_default() += 1;
            *by_service.entry(item["endpoint"]["service"].as_str().expect("a name").into()).or_default() += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let doubled: Vec<_> = spans.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "stored twice: {doubled:?}");
    let missing: Vec<_> = acknowledged.iter().filter(|span| !spans.contains_key(span)).collect();
    assert!(missing.is_empty(), "{} of {} acknowledged are missing", missing.len(), acknowledged.len());
    let unknown = spans.len() - acknowledged.len();
    assert!(
        unknown as u64 <= CLIENTS * SPANS_PER_BATCH,
        "only the last unanswered batches may be there as well"
    );
    for step in ["10s", "1m", "1h"] {
        let series =
            server.ask(&format!("/api/v1/series?from=now-1h&to=now%2B1h&step={step}&group_by=service"));
        let groups = series["groups"].as_array().expect("groups").iter().map(|group| {
            let requests =
                group["requests"].as_array().expect("numbers").iter().filter_map(|it| it.as_u64()).sum();
            (group["key"].as_str().expect("a name").to_owned(), requests)
        });
        assert_eq!(
            groups.collect::<BTreeMap<String, u64>>(),
            by_service,
            "rollups of {step} against a recount"
        );
    }
}
