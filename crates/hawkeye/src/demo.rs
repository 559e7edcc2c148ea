//! Demo data: a simulated past, imported at once, and a live present that continues it, until somebody removes both.
//!
//! One worker owns the simulation; the API sends it commands and reads its status. `demo.json` in the data folder
//! remembers what was asked, so that a restart continues: the simulation gives the same requests for the same time,
//! and what is missing begins right after the newest stored one. `demo-truth.json` says what was planted.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use hawkeye_api::App;
use hawkeye_api::demo::{DemoControl, DemoError};
use hawkeye_api::dto::{DemoProgress, DemoStart, DemoState, DemoStatus, EndpointRef, PlantedIncident};
use hawkeye_engine::Engine;
use hawkeye_forecast::{Journey, JourneyStep};
use hawkeye_model::{Clock, Timestamp};
use hawkeye_sim::{JourneyOutline, Planted, Scenario, SimConfig, Simulator, ground_truth_json};
use hawkeye_store::{Dataset, Store};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

/// How much past is generated and imported at once: it is all in memory.
const CHUNK: Duration = Duration::from_secs(6 * 3_600);

/// Requests in one chunk, at most; a busier simulation takes shorter chunks. About 250 MB.
const CHUNK_REQUESTS_MAX: f64 = 1_000_000.0;

/// Requests of the whole past: a few minutes of work and a few gigabytes.
const REQUESTS_MAX: f64 = 100_000_000.0;

const SPAN_S: std::ops::RangeInclusive<u64> = 3_600..=2_592_000;

/// New requests appear this often.
const TICK: Duration = Duration::from_millis(500);

/// The handle that the API holds.
#[derive(Debug)]
pub(crate) struct Demo {
    status: Arc<Mutex<DemoStatus>>,
    commands: mpsc::Sender<Command>,
    clock: Arc<dyn Clock>,
    /// Breaks off a generation that is under way.
    cancelled: Arc<AtomicBool>,
    position: Arc<Position>,
}

/// Up to when everything simulated is stored.
#[derive(Debug)]
struct Position(AtomicI64);

impl Position {
    fn get(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Acquire))
    }

    fn set(&self, at: Timestamp) {
        self.0.store(at.micros(), Ordering::Release);
    }
}

#[derive(Debug)]
enum Command {
    Start(Plan),
    Remove,
}

/// What was asked, and when: everything the simulation depends on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Plan {
    scenario: String,
    seed: u64,
    requests_per_second: f64,
    start_us: i64,
    end_us: i64,
}

pub(crate) struct DemoWorker {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    status: Arc<Mutex<DemoStatus>>,
    commands: mpsc::Receiver<Command>,
    cancelled: Arc<AtomicBool>,
    position: Arc<Position>,
    engine: Arc<Engine>,
}

impl Demo {
    pub(crate) fn new(
        folder: PathBuf,
        clock: Arc<dyn Clock>,
        engine: Arc<Engine>,
    ) -> (Arc<Self>, DemoWorker) {
        let (sender, commands) = mpsc::channel(4);
        let status = Arc::new(Mutex::new(no_demo()));
        // Known before the worker starts, so that nobody starts a second one meanwhile.
        if let Some(plan) = Plan::load(&folder) {
            lock(&status).describe(&plan, DemoState::Generating);
        }
        let cancelled = Arc::new(AtomicBool::new(false));
        let position = Arc::new(Position(AtomicI64::new(i64::MIN)));
        let demo = Self {
            status: Arc::clone(&status),
            commands: sender,
            clock: Arc::clone(&clock),
            cancelled: Arc::clone(&cancelled),
            position: Arc::clone(&position),
        };
        (Arc::new(demo), DemoWorker { folder, clock, status, commands, cancelled, position, engine })
    }

    /// Simulated requests before this moment are all stored.
    pub(crate) fn complete_until(&self) -> Timestamp {
        self.position.get()
    }

    pub(crate) fn start_unless_present(&self, start: DemoStart) -> anyhow::Result<()> {
        match self.start(start) {
            Ok(_) | Err(DemoError::Exists) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl DemoControl for Demo {
    fn status(&self) -> DemoStatus {
        lock(&self.status).clone()
    }

    fn start(&self, start: DemoStart) -> Result<DemoStatus, DemoError> {
        let plan = Plan::new(&start, self.clock.now())?;
        let mut status = lock(&self.status);
        if !matches!(status.state, DemoState::None | DemoState::Failed) {
            return Err(DemoError::Exists);
        }
        self.cancelled.store(false, Ordering::Release);
        if self.commands.try_send(Command::Start(plan.clone())).is_err() {
            return Err(DemoError::Exists);
        }
        status.describe(&plan, DemoState::Generating);
        Ok(status.clone())
    }

    fn remove(&self) -> DemoStatus {
        let mut status = lock(&self.status);
        // Also without a known demo: damaged plans leave data behind.
        if status.state != DemoState::Removing && self.commands.try_send(Command::Remove).is_ok() {
            self.cancelled.store(true, Ordering::Release);
            status.state = DemoState::Removing;
        }
        status.clone()
    }
}

impl Plan {
    fn new(start: &DemoStart, now: Timestamp) -> Result<Self, DemoError> {
        let invalid = |field, message: String| Err(DemoError::Invalid { field, message });
        if Scenario::parse(&start.scenario).is_none() {
            let known = Scenario::ALL.map(Scenario::as_str).join(", ");
            return invalid("scenario", format!("`{}` is none of {known}", start.scenario));
        }
        if !SPAN_S.contains(&start.span_s) {
            return invalid("span_s", format!("must be {} to {}", SPAN_S.start(), SPAN_S.end()));
        }
        let rate = start.requests_per_second;
        if !(rate >= 0.1 && rate * start.span_s as f64 <= REQUESTS_MAX) {
            let most = REQUESTS_MAX / start.span_s as f64;
            return invalid("requests_per_second", format!("must be 0.1 to {most:.0} for this span"));
        }
        Ok(Self {
            scenario: start.scenario.clone(),
            seed: start.seed,
            requests_per_second: rate,
            start_us: now.minus(Duration::from_secs(start.span_s)).micros(),
            end_us: now.micros(),
        })
    }

    fn load(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(file(folder)).ok()?;
        serde_json::from_str(&text)
            .inspect_err(|error| tracing::warn!(%error, "demo.json is not readable"))
            .ok()
    }

    /// Whole or not at all, also when the power fails.
    fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let (path, temporary) = (file(folder), folder.join("demo.json.tmp"));
        let mut output = File::create(&temporary).with_context(|| temporary.display().to_string())?;
        output.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        output.sync_all()?;
        std::fs::rename(&temporary, &path).with_context(|| path.display().to_string())
    }

    fn simulator(&self) -> anyhow::Result<Simulator> {
        Ok(Simulator::new(SimConfig {
            seed: self.seed,
            scenario: Scenario::parse(&self.scenario).context("an unknown scenario")?,
            start: Timestamp::from_micros(self.start_us),
            end: Timestamp::from_micros(self.end_us),
            requests_per_second: self.requests_per_second,
        })?)
    }

    fn span_s(&self) -> u64 {
        u64::try_from((self.end_us - self.start_us) / 1_000_000).unwrap_or(0)
    }
}

impl DemoWorker {
    /// Obeys commands and keeps the simulation running until told to stop.
    pub(crate) async fn run(mut self, app: Arc<App>, store: Arc<Store>, mut stopped: watch::Receiver<bool>) {
        let stop = stopped.clone();
        let mut running = None;
        match Plan::load(&self.folder) {
            Some(plan) => running = self.fill(plan, &store, &stop).await,
            // A removal that was cut off, or a plan that cannot be read: nobody could continue or remove these data.
            None if store.newest(Dataset::Demo).is_some() => self.remove(&store).await,
            // Or one that was cut off between the requests and what was concluded from them.
            None => {
                if let Err(error) = self.forget().await {
                    tracing::error!(%error, "anomalies of the demo were not removed");
                }
            }
        }
        let mut ticker = tokio::time::interval(TICK);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = until_stopped(&mut stopped) => return,
                command = self.commands.recv() => match command {
                    Some(Command::Start(plan)) => running = self.start(plan, &store, &stop).await,
                    Some(Command::Remove) => {
                        running = None;
                        self.remove(&store).await;
                    }
                    None => return,
                },
                _ = ticker.tick(), if running.is_some() => {
                    if let Some((simulator, position)) = &mut running {
                        self.advance(&app, simulator, position).await;
                    }
                }
            }
        }
    }

    /// Imports the past, or what is missing of it. `None` when that failed or was cancelled.
    async fn fill(
        &self,
        plan: Plan,
        store: &Arc<Store>,
        stopped: &watch::Receiver<bool>,
    ) -> Option<(Arc<Simulator>, Timestamp)> {
        lock(&self.status).describe(&plan, DemoState::Generating);
        let filling = Filling {
            folder: self.folder.clone(),
            store: Arc::clone(store),
            clock: Arc::clone(&self.clock),
            status: Arc::clone(&self.status),
            cancelled: Arc::clone(&self.cancelled),
            stopped: stopped.clone(),
            position: Arc::clone(&self.position),
        };
        let is_new = store.newest(Dataset::Demo).is_none();
        let outcome = if is_new {
            // Sums of an import that was broken off may exist without requests to continue from.
            self.clear_data(store).await
        } else {
            Ok(())
        };
        let outcome = match outcome {
            Ok(()) => tokio::task::spawn_blocking(move || filling.run(&plan))
                .await
                .unwrap_or_else(|error| Err(error.into())),
            Err(error) => Err(error),
        };
        // Who removes one does not want it back after a restart.
        if let (Ok(Some((simulator, _))), true) = (&outcome, is_new) {
            self.define_journeys(simulator).await;
        }
        let mut status = lock(&self.status);
        status.progress = None;
        match outcome {
            Ok(Some(running)) => {
                if status.state == DemoState::Generating {
                    status.state = DemoState::Live;
                }
                Some(running)
            }
            Ok(None) => None,
            Err(error) => {
                drop(status);
                self.fail(&format!("{error:#}"));
                None
            }
        }
    }

    /// Some of the journeys that people walk; the others are there to be discovered.
    async fn define_journeys(&self, simulator: &Simulator) {
        let journeys = simulator.journeys().into_iter().take(JOURNEYS_DEFINED).map(journey).collect();
        if let Err(error) = self.engine.ask(|engine| engine.put_demo_journeys(journeys)).await {
            tracing::error!(%error, "the demo's journeys were not defined");
        }
    }

    /// Adds the requests since the last time.
    async fn advance(&self, app: &App, simulator: &Arc<Simulator>, position: &mut Timestamp) {
        let now = self.clock.now();
        if now <= *position {
            return;
        }
        // After a pause of the machine the missing time comes in pieces of bounded size.
        let to = now.min(position.plus(Duration::from_secs(60)));
        let requests = simulator.requests(*position, to);
        match app.accept(requests, Dataset::Demo).await {
            Ok(_) => {
                *position = to;
                self.position.set(to);
            }
            Err(error) => tracing::warn!(%error, "simulated requests were not stored; they come again"),
        }
        let planted = simulator.planted_until(now);
        let mut status = lock(&self.status);
        if status.planted.len() != planted.len() {
            status.planted = planted.iter().map(described).collect();
            write_truth(&self.folder, &planted);
        }
    }

    async fn start(
        &self,
        plan: Plan,
        store: &Arc<Store>,
        stopped: &watch::Receiver<bool>,
    ) -> Option<(Arc<Simulator>, Timestamp)> {
        // What a failed attempt left behind belongs to another plan.
        if let Err(error) = self.clear(store).await {
            self.fail(&format!("earlier demo data were not removed: {error}"));
            return None;
        }
        self.fill(plan, store, stopped).await
    }

    async fn remove(&self, store: &Store) {
        match self.clear(store).await {
            Ok(()) => *lock(&self.status) = no_demo(),
            Err(error) => self.fail(&format!("not removed: {error}")),
        }
        self.cancelled.store(false, Ordering::Release);
    }

    async fn clear(&self, store: &Store) -> anyhow::Result<()> {
        // The plan goes first: data without a plan are removed at the next start, a plan without data is carried out.
        for path in [file(&self.folder), truth_file(&self.folder)] {
            if let Err(error) = std::fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "could not delete a file of the demo");
            }
        }
        self.clear_data(store).await
    }

    /// Requests first: what is concluded from them must not come back.
    async fn clear_data(&self, store: &Store) -> anyhow::Result<()> {
        self.position.set(Timestamp::MIN);
        store.remove(Dataset::Demo).await?;
        self.forget().await
    }

    async fn forget(&self) -> anyhow::Result<()> {
        Ok(self.engine.ask(|engine| engine.forget(Dataset::Demo)).await?)
    }

    fn fail(&self, error: &str) {
        tracing::error!(error, "the demo failed");
        let mut status = lock(&self.status);
        status.state = DemoState::Failed;
        status.error = Some(error.to_owned());
    }
}

/// Of the simulation's five.
const JOURNEYS_DEFINED: usize = 3;

/// A generation that is under way, on a thread that may block.
struct Filling {
    folder: PathBuf,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    status: Arc<Mutex<DemoStatus>>,
    cancelled: Arc<AtomicBool>,
    stopped: watch::Receiver<bool>,
    position: Arc<Position>,
}

impl Filling {
    /// Returns the simulation and how far it has come; `None` when it was broken off.
    fn run(&self, plan: &Plan) -> anyhow::Result<Option<(Arc<Simulator>, Timestamp)>> {
        plan.save(&self.folder)?;
        let simulator = plan.simulator()?;
        let planted = simulator.planted_until(self.clock.now());
        write_truth(&self.folder, &planted);
        lock(&self.status).planted = planted.iter().map(described).collect();
        let begun = self.clock.now();
        let newest = self.store.newest(Dataset::Demo);
        let start = newest.map_or(simulator.config().start, |newest| newest.plus(Duration::from_micros(1)));
        let chunk_s = (CHUNK_REQUESTS_MAX / plan.requests_per_second).clamp(10.0, CHUNK.as_secs_f64()) as u64;
        let (mut position, mut made) = (start, 0);
        self.position.set(position);
        loop {
            let now = self.clock.now();
            if now.since(position) < Duration::from_secs(5) {
                break;
            }
            if self.cancelled.load(Ordering::Acquire) || *self.stopped.borrow() {
                return Ok(None);
            }
            let to = position.plus(Duration::from_secs(chunk_s)).min(now);
            made += self.store.import(&simulator.requests(position, to), Dataset::Demo, now)?.requests;
            position = to;
            self.position.set(position);
            let elapsed = self.clock.now().since(begun).as_secs_f64();
            lock(&self.status).progress = Some(DemoProgress {
                stage: "generating history".into(),
                done: position.since(start).as_secs(),
                total: now.since(start).as_secs(),
                requests: made,
                requests_per_second: made as f64 / elapsed.max(1e-3),
            });
        }
        tracing::info!(
            requests = made,
            seconds = self.clock.now().since(begun).as_secs_f64(),
            "demo history is there"
        );
        Ok(Some((Arc::new(simulator), position)))
    }
}

trait Describe {
    fn describe(&mut self, plan: &Plan, state: DemoState);
}

impl Describe for DemoStatus {
    fn describe(&mut self, plan: &Plan, state: DemoState) {
        self.state = state;
        self.scenario = Some(plan.scenario.clone());
        self.span_s = Some(plan.span_s());
        self.seed = Some(plan.seed);
        self.error = None;
    }
}

async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    stopped.wait_for(|stopped| *stopped).await.ok();
}

fn no_demo() -> DemoStatus {
    DemoStatus {
        state: DemoState::None,
        progress: None,
        scenario: None,
        span_s: None,
        seed: None,
        error: None,
        planted: Vec::new(),
    }
}

fn journey(outline: JourneyOutline) -> Journey {
    let step = |it: &hawkeye_model::Endpoint| JourneyStep::of(&it.service, &it.method, &it.route);
    Journey {
        id: format!("demo-{}", outline.name.to_ascii_lowercase().replace(' ', "-")),
        name: outline.name.to_owned(),
        steps: outline.steps.iter().map(step).collect(),
        success_target: None,
        latency_ms_max: None,
    }
}

fn described(planted: &Planted) -> PlantedIncident {
    PlantedIncident {
        kind: planted.kind.as_str().into(),
        title: planted.title.clone(),
        from_ms: planted.from.millis(),
        to_ms: planted.to.millis(),
        decoy: planted.decoy,
        environment: planted.environment.as_ref().map(ToString::to_string),
        service: planted.service.as_ref().map(ToString::to_string),
        endpoint: planted.endpoint.as_ref().map(EndpointRef::from),
        version: planted.version.as_ref().map(ToString::to_string),
    }
}

fn write_truth(folder: &Path, planted: &[Planted]) {
    let path = truth_file(folder);
    if let Err(error) = std::fs::write(&path, ground_truth_json(planted)) {
        tracing::warn!(path = %path.display(), %error, "the ground truth was not written");
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("demo.json")
}

fn truth_file(folder: &Path) -> PathBuf {
    folder.join("demo-truth.json")
}

fn lock(status: &Mutex<DemoStatus>) -> std::sync::MutexGuard<'_, DemoStatus> {
    status.lock().unwrap_or_else(PoisonError::into_inner)
}
