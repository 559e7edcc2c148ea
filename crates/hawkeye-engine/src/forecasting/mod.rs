//! Forecasts of what is watched: made every ten minutes from the store's sums, published every hour, and scored when
//! their time has come.
//!
//! **Scopes.** Endpoints in environments, and whole services in environments, those with the most traffic up to a limit.
//!
//! **Memory.** The past of each scope is kept in steps of ten minutes; a round reads what is new, and an hour again,
//! because late requests still come in. After a restart the past is read again from the store.
//!
//! **Honesty.** Each full hour forecasts are published: some of their steps go into the catalog, as they were shown. When
//! the time of a step has come it is compared, and the intervals learn from it. Hours that were missed, and after the
//! first start a limited number of hours before it, are caught up on: each forecast from the past before its own hour
//! only.

mod ask;
mod capacity;
mod documents;
mod history;
mod journeys;
mod limit;
mod publish;
mod read;
mod reliability;
mod round;
mod told;

pub use ask::{ForecastAnswer, ForecastQuery, Trust, place};
pub use capacity::{CapacityItem, CapacityQuery};
pub use documents::{StoredJourney, StoredObjective};
pub use journeys::{
    Answer, Checked, CheckedStep, FailedSession, JourneyHealth, JourneyImpact, JourneyQuery, JourneyState,
    JourneyView, Outlook, Proposal, Proposals, StepHealth, Timeline,
};
pub use limit::Limit;
pub use reliability::{Breaches, Record, Reliability, ReliabilityQuery};
pub use round::{Prediction, PredictionQuery, Predictions, RoundStatus, prediction_sentence};

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hawkeye_catalog::{ForecastKey, Place};
use hawkeye_forecast::{Correction, Journey, Objective};
use hawkeye_model::{Dataset, Endpoint, EndpointId, Environment, Provider, Series, SeriesId, Timestamp};
use tokio::sync::watch;

pub(crate) use self::documents::Documents;
use self::history::{History, STEP};
use self::round::Round;
use crate::engine::Engine;
use crate::error::EngineError;

/// Steps of a published forecast: a day.
pub(crate) const HORIZON_STEPS: usize = 144;

/// How often it is looked whether a round is due.
const TICK: Duration = Duration::from_secs(5);

/// A store that cannot answer is not asked at once again.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(30);

/// Detection is this close to the present before anything is forecast.
const BEHIND_MAX: Duration = Duration::from_secs(900);

/// Paths that people walk are looked for so often.
const DISCOVERY_INTERVAL: Duration = Duration::from_secs(3_600);

/// The limits of forecasting. The reasons stand in `config/hawkeye.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastConfig {
    /// Scopes of a data set that are forecast: those with the most traffic.
    pub scopes_max: usize,
    /// How much past a forecast is made from; no longer than sums of a minute are kept.
    pub history: Duration,
    /// How long scores of forecasts are kept.
    pub score_retention: Duration,
    /// What a file defines.
    pub journeys: Vec<Journey>,
    pub objectives: Vec<Objective>,
}

impl Default for ForecastConfig {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(86_400);
        Self {
            scopes_max: 1_000,
            history: 21 * DAY,
            score_retention: 90 * DAY,
            journeys: Vec::new(),
            objectives: Vec::new(),
        }
    }
}

/// The handle's part of forecasting.
#[derive(Debug)]
pub(crate) struct Forecasting {
    pub(crate) config: ForecastConfig,
    states: [Mutex<State>; 2],
    pub(crate) documents: Mutex<Documents>,
    /// Held by who changes documents, while that is written.
    pub(crate) changing: Mutex<()>,
    pub(crate) discovered: Mutex<journeys::Discovered>,
    asked: Mutex<ask::Asked>,
    peaks: Mutex<Vec<capacity::Peaks>>,
    usual: Mutex<journeys::Usual>,
    outlooks: journeys::Outlooks,
}

/// One data set: what the task keeps between rounds, and what the newest round said.
#[derive(Debug, Default)]
struct State {
    pasts: Pasts,
    round: Arc<Round>,
    /// Counts up when the data set is removed: what was made before belongs to nobody.
    generation: u64,
    /// What people set has changed since the round.
    is_stale: bool,
    discovered: Option<Timestamp>,
}

/// The past of all scopes.
#[derive(Debug, Default, Clone)]
struct Pasts {
    scopes: BTreeMap<SeriesId, Arc<Past>>,
    corrections: HashMap<ForecastKey, Correction>,
    /// The end of the newest step that was read.
    until: Option<Timestamp>,
    /// When the scopes were chosen, and which.
    chosen: Option<Timestamp>,
    wanted: HashSet<SeriesId>,
    /// Chosen later than the first time: their past is read by itself, a few in each round.
    latecomers: Vec<Arc<Series>>,
    left_out: usize,
}

/// A scope with its past. A whole service is a series without method and route.
#[derive(Debug, Clone)]
struct Past {
    series: Arc<Series>,
    history: History,
}

impl Forecasting {
    pub(crate) fn open(config: ForecastConfig, documents: Documents) -> Self {
        Self {
            config,
            states: Default::default(),
            documents: Mutex::new(documents),
            changing: Mutex::default(),
            discovered: Mutex::default(),
            asked: Mutex::default(),
            peaks: Mutex::default(),
            usual: Mutex::default(),
            outlooks: journeys::Outlooks::default(),
        }
    }

    fn state(&self, dataset: Dataset) -> MutexGuard<'_, State> {
        lock(&self.states[dataset as usize])
    }

    pub(crate) fn documents(&self) -> MutexGuard<'_, Documents> {
        lock(&self.documents)
    }

    fn round(&self, dataset: Dataset) -> Arc<Round> {
        Arc::clone(&self.state(dataset).round)
    }

    /// Forgets what is in memory about a data set.
    pub(crate) fn forget(&self, dataset: Dataset) {
        let mut state = self.state(dataset);
        *state = State { generation: state.generation + 1, ..State::default() };
        drop(state);
        lock(&self.discovered).forget(dataset);
        lock(&self.asked).clear();
        lock(&self.peaks).clear();
        self.outlooks.clear();
        *lock(&self.usual) = journeys::Usual::default();
    }

    /// What people set has changed: the next round comes at once.
    fn forecast_again(&self) {
        for dataset in Dataset::ALL {
            self.state(dataset).is_stale = true;
        }
        self.outlooks.clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(dataset: Dataset, series: &Series, measure: hawkeye_forecast::ForecastMeasure) -> ForecastKey {
    ForecastKey { scope: scope_id(dataset, series), measure: measure.as_str().into() }
}

/// Names a scope in the catalog.
pub(crate) fn scope_id(dataset: Dataset, series: &Series) -> Arc<str> {
    format!("{}/{:016x}", dataset.as_str(), series.id().0).into()
}

/// An endpoint wherever it runs, for objectives that name no environment.
fn series_of(endpoint: &Endpoint) -> Series {
    Series::new(endpoint.clone(), Environment::new(Provider::Other, "", ""))
}

/// A whole service in an environment.
fn service_series(service: &Arc<str>, environment: Environment) -> Series {
    let endpoint = Endpoint { service: Arc::clone(service), method: "".into(), route: "".into() };
    Series::new(endpoint, environment)
}

/// Whether a scope is asked for; empty lists let everything pass.
fn passes(
    (places, endpoints, services): (&[Place], &[EndpointId], &[String]),
    endpoint: &Endpoint,
    environment: &Environment,
) -> bool {
    (endpoints.is_empty() || endpoints.contains(&endpoint.id()))
        && (services.is_empty() || services.iter().any(|it| **it == *endpoint.service))
        && (places.is_empty() || places.iter().any(|it| it.contains(environment)))
}

/// Whether it stands for a whole service.
fn is_service(series: &Series) -> bool {
    series.endpoint().method.is_empty()
}

impl Engine {
    /// Forecasts until told to stop.
    pub async fn run_forecasts(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            let mut pause = TICK;
            for dataset in Dataset::ALL {
                if let Err(error) = self.forecast_if_due(dataset, &stopped).await {
                    pause = PAUSE_AFTER_ERROR;
                    metrics::counter!("hawkeye_forecast_failures_total").increment(1);
                    tracing::error!(dataset = dataset.as_str(), %error, "forecasting failed; it is tried again");
                }
            }
            if tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
                return;
            }
        }
    }

    /// One round if a step has ended since the last one; then what is due every hour.
    ///
    /// # Errors
    /// When the store or the catalog cannot answer.
    pub async fn forecast_if_due(
        self: &Arc<Self>,
        dataset: Dataset,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        let Some(watermark) = self.watching(dataset).state().watcher.watermark() else { return Ok(()) };
        let until = watermark.floor(STEP);
        let (generation, mut pasts) = {
            let mut state = self.forecasting.state(dataset);
            let is_new = state.pasts.until.is_none_or(|known| known < until);
            if !(is_new || state.is_stale) || self.clock.now().since(watermark) > BEHIND_MAX {
                return Ok(());
            }
            state.is_stale = false;
            (state.generation, state.pasts.clone())
        };
        let begun = self.clock.now();
        if let Err(error) = self.read_pasts(dataset, &mut pasts, until).await {
            // What was read need not be read again.
            let mut state = self.forecasting.state(dataset);
            if state.generation == generation {
                (state.pasts, state.is_stale) = (pasts, true);
            }
            return Err(error);
        }
        let stop = stopped.clone();
        let (pasts, round) = self
            .ask(move |engine| {
                let round = engine.make_round(dataset, &pasts, until, begun, &stop);
                Ok((pasts, round))
            })
            .await?;
        let made = Arc::new(round);
        {
            let mut state = self.forecasting.state(dataset);
            if state.generation != generation || *stopped.borrow() {
                return Ok(());
            }
            (state.pasts, state.round) = (pasts.clone(), Arc::clone(&made));
        }
        metrics::gauge!("hawkeye_forecasts").set(made.len() as f64);
        metrics::histogram!("hawkeye_forecast_round_seconds")
            .record(self.clock.now().since(begun).as_secs_f64());
        let discovery_is_due = {
            let state = self.forecasting.state(dataset);
            state.generation == generation
                && state.discovered.is_none_or(|at| until.since(at) >= DISCOVERY_INTERVAL)
        };
        if discovery_is_due {
            self.discover_journeys(dataset, until, generation).await?;
        }
        let stop = stopped.clone();
        let corrections =
            self.ask(move |engine| engine.publish(dataset, pasts, until, generation, &stop)).await?;
        let mut state = self.forecasting.state(dataset);
        if state.generation == generation {
            state.pasts.corrections = corrections;
        }
        Ok(())
    }
}
