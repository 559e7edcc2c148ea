//! An engine on a folder of its own with a clock that tests move, and crashes.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, StoredAnomaly};
use hawkeye_engine::{AlertingConfig, Engine, EngineConfig, ForecastConfig};
use hawkeye_model::{
    Clock, Dataset, Endpoint, Environment, ManualClock, Provider, Request, Series, Signal, Timestamp,
};
use hawkeye_store::{Store, StoreConfig};
use tokio::sync::watch;

/// A Monday, 2026-01-05 00:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_767_571_200);

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) struct Harness {
    runtime: tokio::runtime::Runtime,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<ManualClock>,
    config: EngineConfig,
    pub(crate) forecasts: ForecastConfig,
}

pub(crate) struct Running {
    pub(crate) engine: Arc<Engine>,
    store: Arc<Store>,
    committer: std::thread::JoinHandle<()>,
    worker: tokio::task::JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Harness {
    pub(crate) fn new() -> Self {
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
            forecasts: ForecastConfig::default(),
        }
    }

    pub(crate) fn run(&self) -> Running {
        let folder = self.folder.path();
        let opened = Store::open(StoreConfig::at(folder), self.runtime.handle().clone());
        let (store, committer) = opened.expect("opens");
        let committer = std::thread::spawn(|| committer.run());
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let engine = Engine::open(
            folder,
            Arc::clone(&store),
            clock,
            self.config,
            AlertingConfig::default(),
            self.forecasts.clone(),
        )
        .expect("opens");
        let (stop, stopped) = watch::channel(false);
        let worker = self.runtime.spawn(Arc::clone(&engine).run(|_| Timestamp::MAX, stopped));
        Running { engine, store, committer, worker, stop }
    }

    /// As a power cut would: the worker is gone between two windows, and nobody says goodbye.
    pub(crate) fn crash(&self, running: Running) {
        running.worker.abort();
        drop(self.runtime.block_on(running.worker));
        self.take_down(running.engine, running.store, running.committer);
    }

    pub(crate) fn stop(&self, running: Running) {
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
    pub(crate) fn append(
        &self,
        running: &Running,
        minutes: std::ops::Range<u64>,
        failing: std::ops::Range<u64>,
    ) {
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

    pub(crate) fn append_requests(&self, running: &Running, requests: Vec<Request>) {
        let appended = running.store.append(requests, Dataset::Live, self.clock.now());
        self.runtime.block_on(appended).expect("appends");
    }

    /// One round of forecasts, if one is due.
    pub(crate) fn forecast(&self, running: &Running) {
        let (_stop, stopped) = watch::channel(false);
        self.block_on(running.engine.forecast_if_due(Dataset::Live, &stopped)).expect("forecasts");
    }

    /// Moves the clock to a minute since the start and waits until everything before it was looked at and stored.
    pub(crate) fn pass_to(&self, running: &Running, minute: u32) {
        let until = START.plus(MINUTE * minute);
        self.clock.advance(until.plus(self.config.grace).since(self.clock.now()));
        loop {
            let status = running.engine.status().expect("answers");
            if status.committed >= Some(until) {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    pub(crate) fn found(&self, running: &Running) -> Vec<StoredAnomaly> {
        let query = AnomalyQuery { signals: vec![Signal::ErrorRate], limit: 100, ..AnomalyQuery::default() };
        running.engine.anomalies(&query).expect("answers").page.items
    }

    pub(crate) fn wait_for_one(&self, running: &Running) -> StoredAnomaly {
        loop {
            if let Some(found) = self.found(running).pop() {
                return found;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Harness {
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

impl Running {
    /// Waits until the rules were applied to everything before a moment.
    pub(crate) fn wait_for_rules(&self, until: Timestamp) {
        while self.engine.alerting_status().expect("answers").evaluated_until < Some(until) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}
