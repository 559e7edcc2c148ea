//! A crash between two snapshots, a snapshot that cannot be read, and a time in which nobody listened.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, Catalog, StoredAnomaly, Verdict};
use hawkeye_engine::{Action, AlertingConfig, Engine, EngineConfig};
use hawkeye_model::{
    Clock, Dataset, Endpoint, Environment, ManualClock, Provider, Request, Series, Signal, Timestamp,
};
use hawkeye_store::{Store, StoreConfig};
use tokio::sync::watch;

/// A Monday, 2026-01-05 00:00 UTC.
const START: Timestamp = Timestamp::from_secs(1_767_571_200);

const MINUTE: Duration = Duration::from_secs(60);

struct Harness {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    config: EngineConfig,
}

struct Running {
    engine: Arc<Engine>,
    store: Arc<Store>,
    committer: std::thread::JoinHandle<()>,
    worker: tokio::task::JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Harness {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
        Self {
            runtime: runtime.expect("a runtime"),
            folder: tempfile::tempdir().expect("a folder"),
            clock: Arc::new(ManualClock::at(START)),
            // Only the first catching-up is stored, so that a crash loses all that came after.
            config: EngineConfig {
                snapshot_interval: Duration::from_secs(1_000_000),
                ..EngineConfig::default()
            },
        }
    }

    fn run(&self) -> Running {
        let folder = self.folder.path();
        let opened = Store::open(StoreConfig::at(folder), self.runtime.handle().clone());
        let (store, committer) = opened.expect("opens");
        let committer = std::thread::spawn(|| committer.run());
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let engine = Engine::open(folder, Arc::clone(&store), clock, self.config, AlertingConfig::default()).expect("opens");
        let (stop, stopped) = watch::channel(false);
        let worker = self.runtime.spawn(Arc::clone(&engine).run(|_| Timestamp::MAX, stopped));
        Running { engine, store, committer, worker, stop }
    }

    /// As a power cut would: the worker is gone between two windows, and nobody says goodbye.
    fn crash(&self, running: Running) {
        running.worker.abort();
        drop(self.runtime.block_on(running.worker));
        self.take_down(running.engine, running.store, running.committer);
    }

    fn stop(&self, running: Running) {
        running.stop.send_replace(true);
        self.runtime.block_on(running.worker).expect("ends");
        self.take_down(running.engine, running.store, running.committer);
    }

    fn take_down(&self, engine: Arc<Engine>, store: Arc<Store>, committer: std::thread::JoinHandle<()>) {
        // A step that was under way on another thread still holds the engine.
        while Arc::strong_count(&engine) > 1 {
            std::thread::yield_now();
        }
        drop((engine, store));
        committer.join().expect("ends");
    }

    /// Requests of some minutes since the start, of which most fail in the others.
    fn append(&self, running: &Running, minutes: std::ops::Range<u64>, failing: std::ops::Range<u64>) {
        let endpoint = Endpoint { service: "shop".into(), method: "GET".into(), route: "/".into() };
        let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "")));
        let requests = minutes.flat_map(|minute| (0..30_u64).map(move |n| (minute, n))).map(|(minute, n)| {
            let status = if failing.contains(&minute) && n % 5 != 0 { 503 } else { 200 };
            let start = START.plus(MINUTE * u32::try_from(minute).expect("small"));
            let start = start.plus(Duration::from_millis(n * 1_900));
            Request::new(start, 20_000 + n * 331, Arc::clone(&series), status)
        });
        let appended = running.store.append(requests.collect(), Dataset::Live, self.clock.now());
        self.runtime.block_on(appended).expect("appends");
    }

    /// Moves the clock to a minute since the start and waits until everything before it was looked at.
    fn pass_to(&self, running: &Running, minute: u32) {
        let until = START.plus(MINUTE * minute);
        self.clock.advance(until.plus(self.config.grace).since(self.clock.now()));
        loop {
            let status = running.engine.status().expect("answers");
            if status.watermark >= Some(until) {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn found(&self, running: &Running) -> Vec<StoredAnomaly> {
        let query = AnomalyQuery { signals: vec![Signal::ErrorRate], limit: 100, ..AnomalyQuery::default() };
        running.engine.anomalies(&query).expect("answers").page.items
    }

    fn wait_for_one(&self, running: &Running) -> StoredAnomaly {
        loop {
            if let Some(found) = self.found(running).pop() {
                return found;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

#[test]
fn windows_since_the_snapshot_are_looked_at_again_with_the_same_outcome() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..200, 0..0);
    harness.pass_to(&running, 200);
    // Stored after the first catching-up; what follows is not.
    harness.append(&running, 200..230, 205..230);
    harness.pass_to(&running, 230);
    let before = harness.wait_for_one(&running);
    running.engine.act(&[before.anomaly.id], &Action::Acknowledge, "ann", None).expect("acts");
    harness.crash(running);

    let running = harness.run();
    harness.pass_to(&running, 230);
    let after = harness.found(&running);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!(after[0].anomaly, before.anomaly);
    assert_eq!(after[0].acknowledged.as_ref().map(|it| it.by.as_str()), Some("ann"));
    harness.stop(running);
}

#[test]
fn a_snapshot_that_cannot_be_read_is_learnt_again_without_doubles() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..230, 205..230);
    harness.pass_to(&running, 230);
    let before = harness.wait_for_one(&running);
    let judge = Action::Judge { verdict: Verdict::Confirmed, reason: None };
    running.engine.act(&[before.anomaly.id], &judge, "ann", None).expect("acts");
    harness.stop(running);
    let catalog = Catalog::open(harness.folder.path()).expect("opens");
    let watermark = catalog.read(|read| read.watermark(Dataset::Live)).expect("reads").snapshot;
    let damaged = [vec![255, 1, 2]];
    catalog
        .write(|write| write.put_snapshot(Dataset::Live, watermark.expect("stored"), &damaged))
        .expect("writes");
    drop(catalog);

    let running = harness.run();
    harness.pass_to(&running, 231);
    let after = harness.found(&running);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!((after[0].anomaly.id, after[0].verdict), (before.anomaly.id, Some(Verdict::Confirmed)));
    assert!(after[0].anomaly.is_open(), "{after:?}");
    harness.stop(running);
}

#[test]
fn silence_while_nobody_listened_means_nothing() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append(&running, 0..400, 0..0);
    harness.pass_to(&running, 400);
    harness.stop(running);
    harness.clock.advance(MINUTE * 60);
    let running = harness.run();
    harness.append(&running, 461..470, 0..0);
    harness.pass_to(&running, 470);
    let query = AnomalyQuery { limit: 100, ..AnomalyQuery::default() };
    let found = running.engine.anomalies(&query).expect("answers").page.items;
    assert!(found.is_empty(), "{found:?}");
    harness.stop(running);
}
