//! Incidents: anomalies that belong together, diagnosed while they go on and once more when they end; deployments,
//! judged after 5, 15 and 30 minutes.
//!
//! **Order.** Anomalies are grouped in the order of their detection, as far as they are in the catalog. However often it
//! is looked, and after a crash, the same anomalies give the same incidents; all changes of a look are one transaction
//! with how far it has come.
//!
//! **Cost.** A diagnosis reads the requests of two windows, or of some of their traces when there are too many. Open
//! incidents are diagnosed every minute at first, then less often; what ended while nobody looked is caught up on,
//! a few at a time.

mod ask;
mod compare;
mod conclude;
mod deployments;
mod grouping;
mod silent;
mod told;

pub use ask::{DifferenceQuery, FoundDifferences, IncidentDetail, incident_title};
pub use compare::{ComparedCell, ComparedEndpoint, ComparedEnvironment, EnvironmentComparison};
pub use deployments::{DeploymentView, NewDeployment};
pub use silent::{SilenceGate, SilenceGateName, SilenceGateOutcome};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hawkeye_catalog::StoredIncident;
use hawkeye_diagnose::{CallGraph, EDGES_MAX, Grouper};
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_store::{Filter, Sample, SampleQuery, TimeRange};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::events::{Events, Heard};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(2);

/// A store that cannot answer is not asked at once again.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(15);

/// Changes of incidents kept for those who watch.
const EVENTS_MAX: usize = 500;

/// The limits of diagnosis. The reasons stand in `config/hawkeye.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosisConfig {
    /// Requests of one window that are looked at; of more, some traces as a whole.
    pub requests_max: usize,
    /// Pairs of caller and callee that are remembered.
    pub call_edges_max: usize,
}

impl Default for DiagnosisConfig {
    fn default() -> Self {
        Self { requests_max: 150_000, call_edges_max: EDGES_MAX }
    }
}

/// The handle's part of diagnosis.
#[derive(Debug)]
pub(crate) struct Diagnosing {
    states: [Mutex<State>; 2],
    /// Held while the anomalies of a data set are grouped, so that nothing is grouped twice.
    grouping: [tokio::sync::Mutex<()>; 2],
    events: Events<StoredIncident>,
}

/// One data set.
#[derive(Debug, Clone)]
struct State {
    /// Counts up when the data set is removed.
    generation: u64,
    /// Up to when anomalies have been grouped; `None` until it was read from the catalog.
    until: Option<Timestamp>,
    grouper: Grouper,
    graph: CallGraph,
    /// The end of the newest requests in the graph.
    graph_until: Option<Timestamp>,
    /// When each open incident was last diagnosed, and with how many anomalies.
    looked: BTreeMap<u64, (Timestamp, usize)>,
    /// Deployments were last looked through for this minute.
    deployments_until: Option<Timestamp>,
    /// Ended incidents that could not be diagnosed: they are not tried again before the next start.
    given_up: BTreeSet<u64>,
}

impl State {
    fn new(generation: u64, edges_max: usize) -> Self {
        Self {
            generation,
            until: None,
            grouper: Grouper::default(),
            graph: CallGraph::new(edges_max),
            graph_until: None,
            looked: BTreeMap::new(),
            deployments_until: None,
            given_up: BTreeSet::new(),
        }
    }
}

impl Diagnosing {
    pub(crate) fn new(config: DiagnosisConfig) -> Self {
        let state = || Mutex::new(State::new(0, config.call_edges_max));
        Self { states: [state(), state()], grouping: Default::default(), events: Events::keeping(EVENTS_MAX) }
    }

    fn state(&self, dataset: Dataset) -> MutexGuard<'_, State> {
        self.states[dataset as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is in memory about a data set.
    pub(crate) fn forget(&self, dataset: Dataset, config: DiagnosisConfig) {
        let mut state = self.state(dataset);
        *state = State::new(state.generation + 1, config.call_edges_max);
    }
}

impl Engine {
    /// Groups and diagnoses until told to stop.
    pub async fn run_diagnoses(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            let mut pause = TICK;
            for dataset in Dataset::ALL {
                if let Err(error) = self.diagnose_if_due(dataset, &stopped).await {
                    pause = PAUSE_AFTER_ERROR;
                    metrics::counter!("hawkeye_diagnosis_failures_total").increment(1);
                    tracing::error!(dataset = dataset.as_str(), %error, "diagnosis failed; it is tried again");
                }
            }
            if tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
                return;
            }
        }
    }

    /// Groups what changed, then diagnoses what is due and judges deployments.
    ///
    /// What cannot be diagnosed holds up nothing else.
    ///
    /// # Errors
    /// When the catalog cannot answer; what was done until then stays.
    pub async fn diagnose_if_due(
        self: &Arc<Self>,
        dataset: Dataset,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        self.group(dataset).await?;
        let Some(committed) = self.watching(dataset).state().committed else { return Ok(()) };
        // While detection learns its past again, incidents are known better than it knows them.
        if self.diagnosing.state(dataset).until.is_some_and(|until| until > committed) {
            return Ok(());
        }
        self.judge_deployments(dataset, committed, stopped).await?;
        self.conclude_due(dataset, committed, stopped).await
    }

    /// Changes of incidents from a position on.
    #[must_use]
    pub fn incident_events_since(&self, position: u64) -> Heard<StoredIncident> {
        self.diagnosing.events.since(position)
    }

    /// The position after the newest change of an incident.
    #[must_use]
    pub fn incident_position(&self) -> u64 {
        self.diagnosing.events.since(u64::MAX).next
    }

    /// All requests of a range, or those of some traces.
    async fn sample(&self, dataset: Dataset, range: TimeRange) -> Result<Sample, EngineError> {
        self.sample_of(Some(dataset), range, Filter::default(), 1.0).await
    }

    async fn sample_of(
        &self,
        dataset: Option<Dataset>,
        range: TimeRange,
        filter: Filter,
        share_max: f64,
    ) -> Result<Sample, EngineError> {
        let requests_max = self.config.diagnosis.requests_max;
        Ok(self.store.sample(&SampleQuery { range, filter, dataset, requests_max, share_max }).await?)
    }

    /// Two ranges, the same share of the traces of both.
    async fn sample_both(
        &self,
        dataset: Dataset,
        ranges: [TimeRange; 2],
        filter: &Filter,
    ) -> Result<[Sample; 2], EngineError> {
        let sample = |range, share| self.sample_of(Some(dataset), range, filter.clone(), share);
        let mut first = sample(ranges[0], 1.0).await?;
        let second = sample(ranges[1], first.share).await?;
        if second.share < first.share {
            first = sample(ranges[0], second.share).await?;
        }
        Ok([first, second])
    }

    /// Tells those who watch how incidents are now.
    fn tell_incidents(&self, ids: &[u64]) -> Result<(), EngineError> {
        let read = |read: &hawkeye_catalog::Read<'_>| {
            ids.iter().map(|id| read.incident(*id)).collect::<Result<Vec<_>, _>>()
        };
        let found = self.catalog.read(read)?;
        self.diagnosing.events.publish(found.into_iter().flatten().collect());
        Ok(())
    }
}
