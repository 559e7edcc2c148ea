//! One data set under watch: its watcher, and what changed but is not in the catalog yet.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hawkeye_catalog::{AnomalyWrite, Deployment, DeploymentDetails, Read, StoredSnapshot, Watermark};
use hawkeye_detect::{Change, Settings, WINDOW, Watcher, Window};
use hawkeye_model::{Anomaly, AnomalyId, Dataset, Series, SeriesId, Timestamp};

use crate::error::EngineError;
use crate::persist;

/// Who wants both takes `commits` first.
#[derive(Debug)]
pub(crate) struct Watching {
    pub(crate) dataset: Dataset,
    /// Held while changes go into the catalog, so that they go in order.
    pub(crate) commits: Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) watcher: Watcher,
    /// All series that were seen since they were last looked through.
    pub(crate) names: HashMap<SeriesId, Arc<Series>>,
    /// Counts up when the data set is removed: what was read before belongs to nobody.
    pub(crate) generation: u64,
    pub(crate) pending: Pending,
    /// Windows before were over before anybody watched.
    past_until: Timestamp,
    /// From the first moment to the second nobody took requests.
    gap: Option<(Timestamp, Timestamp)>,
    /// Windows that end by then were looked at before, by a watcher that is lost. Their anomalies are in the catalog.
    pub(crate) quiet_until: Option<Timestamp>,
    /// The catalog may have open anomalies that the watcher does not know.
    pub(crate) is_unsettled: bool,
    /// When the watcher was last stored.
    pub(crate) stored: Timestamp,
    /// Everything before is in the catalog; `None` until something was put there.
    pub(crate) committed: Option<Timestamp>,
}

/// What changed and is not in the catalog yet, the newest view of each anomaly.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) anomalies: Vec<AnomalyWrite>,
    position: HashMap<AnomalyId, usize>,
    pub(crate) deployments: Vec<Deployment>,
}

impl Watching {
    /// Continues from the catalog.
    pub(crate) fn open(
        dataset: Dataset,
        read: &Read<'_>,
        settings: Settings,
        series_max: usize,
        now: Timestamp,
    ) -> Result<Self, EngineError> {
        let Watermark { alive, snapshot: watermark } = read.watermark(dataset)?;
        let mut state = State::new(settings.clone(), series_max, 0, now);
        match read.snapshot(dataset)?.map(|stored| restore(&stored, settings)) {
            Some(Some(watcher)) => state.take(watcher, series_max),
            Some(None) => {
                tracing::warn!(dataset = dataset.as_str(), "detection learns again from what is stored");
                state.quiet_until = watermark;
            }
            None => {}
        }
        // The simulation has no gaps: it fills them itself.
        if dataset == Dataset::Live {
            state.gap = alive.map(|alive| (alive, now));
            state.past_until = match alive {
                Some(_) => state.quiet_until.unwrap_or(Timestamp::MIN),
                None => now,
            };
        }
        Ok(Self { dataset, commits: Mutex::default(), state: Mutex::new(state) })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn commits(&self) -> MutexGuard<'_, ()> {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn restore(stored: &StoredSnapshot, settings: Settings) -> Option<Watcher> {
    let snapshot = persist::decode_snapshot(&stored.chunks)?;
    Watcher::restore(&snapshot, settings)
        .inspect_err(|error| tracing::warn!(%error, "a snapshot of detection cannot be read"))
        .ok()
}

impl State {
    fn new(settings: Settings, series_max: usize, generation: u64, now: Timestamp) -> Self {
        let mut watcher = Watcher::new(settings);
        watcher.set_series_max(series_max);
        Self {
            watcher,
            names: HashMap::new(),
            generation,
            pending: Pending::default(),
            past_until: Timestamp::MIN,
            gap: None,
            quiet_until: None,
            is_unsettled: true,
            stored: now,
            committed: None,
        }
    }

    fn take(&mut self, watcher: Watcher, series_max: usize) {
        self.watcher = watcher;
        self.watcher.set_series_max(series_max);
        self.look_through();
    }

    /// Forgets everything, as if the data set had never been there.
    pub(crate) fn reset(&mut self, settings: Settings, series_max: usize, now: Timestamp) {
        *self = Self::new(settings, series_max, self.generation + 1, now);
    }

    /// Brings the names in line with the series that are watched.
    pub(crate) fn look_through(&mut self) {
        self.names = self.watcher.series().map(|series| (series.id(), Arc::clone(series))).collect();
    }

    /// Takes the next window.
    pub(crate) fn step(&mut self, window: &Window<'_>) {
        let end = window.start.plus(WINDOW);
        let in_gap = self.gap.is_some_and(|(from, to)| window.start < to && end > from);
        // In the past a window without any request at all is rather one in which nobody listened.
        let is_lost = window.start < self.past_until && window.rows.is_empty();
        for row in window.rows {
            self.names.entry(row.series.id()).or_insert_with(|| Arc::clone(row.series));
        }
        let window = Window { is_complete: !in_gap && !is_lost, ..*window };
        let is_quiet = self.quiet_until.is_some_and(|until| end <= until);
        for change in self.watcher.step(&window) {
            match change {
                Change::Deployed(deployment) => self.pending.deployments.push(Deployment {
                    service: deployment.service,
                    environment: deployment.environment,
                    version: deployment.version,
                    at: deployment.at,
                    details: DeploymentDetails::default(),
                }),
                Change::Opened(_) | Change::Updated(_) | Change::Closed(_) if is_quiet => {}
                Change::Opened(anomaly) | Change::Updated(anomaly) | Change::Closed(anomaly) => {
                    self.note(anomaly);
                }
            }
        }
    }

    /// Puts an anomaly down for the catalog, with its evidence while the watcher has it.
    pub(crate) fn note(&mut self, anomaly: Anomaly) {
        let evidence = self.watcher.evidence(anomaly.id);
        self.pending.add(AnomalyWrite {
            anomaly,
            spark: evidence.as_ref().map(persist::spark),
            evidence: evidence.as_ref().map(persist::encode_evidence),
        });
    }

    pub(crate) fn open_ids(&self) -> HashSet<AnomalyId> {
        self.watcher.open().map(|anomaly| anomaly.id).collect()
    }
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.anomalies.is_empty() && self.deployments.is_empty()
    }

    fn add(&mut self, new: AnomalyWrite) {
        match self.position.get(&new.anomaly.id) {
            Some(&at) => {
                let old = &mut self.anomalies[at];
                let (spark, evidence) = (old.spark.take(), old.evidence.take());
                *old = AnomalyWrite {
                    anomaly: new.anomaly,
                    spark: new.spark.or(spark),
                    evidence: new.evidence.or(evidence),
                };
            }
            None => {
                self.position.insert(new.anomaly.id, self.anomalies.len());
                self.anomalies.push(new);
            }
        }
    }

    /// Puts back what could not be written; what came meanwhile is newer.
    pub(crate) fn put_back(&mut self, mut older: Self) {
        let newer = std::mem::take(self);
        newer.anomalies.into_iter().for_each(|it| older.add(it));
        older.deployments.extend(newer.deployments);
        *self = older;
    }
}
