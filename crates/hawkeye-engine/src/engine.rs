//! The handle that the API holds: the watchers, the catalog, and what is told to those who watch.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hawkeye_catalog::{Catalog, CatalogError, Deployment, StoredAnomaly, Upserted, Write};
use hawkeye_detect::Settings;
use hawkeye_model::{Clock, Dataset};
use hawkeye_store::Store;
use tokio::sync::Semaphore;

use crate::alerting::Alerting;
use crate::config::{AlertingConfig, EngineConfig};
use crate::diagnosing::Diagnosing;
use crate::error::EngineError;
use crate::events::{EVENTS_MAX, Event, EventKind, Events, Heard};
use crate::forecasting::{Documents, ForecastConfig, Forecasting};
use crate::persist;
use crate::settings::stored_settings;
use crate::watching::{Pending, Watching};

/// Detection. Share it in an `Arc`.
#[derive(Debug)]
pub struct Engine {
    pub(crate) store: Arc<Store>,
    pub(crate) catalog: Catalog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: EngineConfig,
    pub(crate) settings: Mutex<Settings>,
    watching: [Watching; 2],
    pub(crate) events: Events<Event>,
    /// A backtest steps as fast as it can; one at a time leaves room for the rest.
    pub(crate) backtests: Semaphore,
    pub(crate) alerting: Alerting,
    pub(crate) forecasting: Forecasting,
    pub(crate) diagnosing: Diagnosing,
}

impl Engine {
    /// Opens the catalog in the store's folder and continues where the last run stopped. Blocks.
    ///
    /// # Errors
    /// When the catalog cannot be read, or a newer version wrote it.
    pub fn open(
        folder: &Path,
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        config: EngineConfig,
        alerting: AlertingConfig,
        forecast: ForecastConfig,
    ) -> Result<Arc<Self>, EngineError> {
        let catalog = Catalog::open(folder)?;
        let now = clock.now();
        let alerting = Alerting::open(folder, &catalog, alerting, now)?;
        let documents = catalog.read(|read| Documents::load(read, &forecast, now))?;
        let settings = catalog.read(stored_settings)??;
        let open = |dataset| {
            catalog
                .read(|read| Ok(Watching::open(dataset, read, settings.clone(), config.series_max, now)))?
        };
        let watching = [open(Dataset::Live)?, open(Dataset::Demo)?];
        Ok(Arc::new(Self {
            store,
            catalog,
            clock,
            config,
            settings: Mutex::new(settings),
            watching,
            events: Events::keeping(EVENTS_MAX),
            backtests: Semaphore::new(1),
            alerting,
            forecasting: Forecasting::open(forecast, documents),
            diagnosing: Diagnosing::new(config.diagnosis),
        }))
    }

    /// Asks from async code something that may block.
    ///
    /// # Errors
    /// What the question returns.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Self) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let engine = Arc::clone(self);
        match tokio::task::spawn_blocking(move || question(&engine)).await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(EngineError::Closed),
        }
    }

    /// Changes of anomalies from a position on.
    #[must_use]
    pub fn events_since(&self, position: u64) -> Heard<Event> {
        self.events.since(position)
    }

    /// The position after the newest event.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.events.since(u64::MAX).next
    }

    /// Forgets everything about a data set. Its rows must be gone from the store by then.
    ///
    /// # Errors
    /// When the catalog refuses; then nothing is forgotten.
    pub fn forget(&self, dataset: Dataset) -> Result<(), EngineError> {
        let watching = self.watching(dataset);
        let _turn = watching.commits();
        self.forget_alerts(dataset)?;
        self.forget_journeys(dataset)?;
        self.forecasting.forget(dataset);
        self.catalog.write(|write| write.forget_forecasts(dataset))?;
        let settings = self.settings().clone();
        watching.state().reset(settings, self.config.series_max, self.clock.now());
        // Last, and from disk after that: who was grouping what is gone can no longer write it.
        self.diagnosing.forget(dataset, self.config.diagnosis);
        Ok(self.catalog.write(|write| write.forget_incidents(dataset))?)
    }

    pub(crate) fn watching(&self, dataset: Dataset) -> &Watching {
        &self.watching[dataset as usize]
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is pending of a data set, with the watcher if asked, and `more`, in one transaction; then tells
    /// those who watch. The caller holds the turn.
    pub(crate) fn commit<T>(
        &self,
        watching: &Watching,
        with_watcher: bool,
        more: impl FnOnce(&Write<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, EngineError> {
        let now = self.clock.now();
        let (pending, snapshot, is_unsettled, watermark) = {
            let mut state = watching.state();
            let snapshot = match (with_watcher, state.watcher.watermark()) {
                (true, Some(watermark)) => Some((watermark, state.watcher.snapshot()?)),
                _ => None,
            };
            let watermark = state.watcher.watermark();
            (std::mem::take(&mut state.pending), snapshot, state.is_unsettled, watermark)
        };
        let written = self.catalog.write(|write| {
            let events = write_pending(write, watching.dataset, &pending)?;
            if let Some((watermark, snapshot)) = &snapshot {
                write.put_snapshot(watching.dataset, *watermark, &persist::encode_snapshot(snapshot))?;
            }
            // Until the time without listening is behind a snapshot, a crash must find it again.
            if snapshot.is_some() || !is_unsettled {
                write.put_alive(watching.dataset, now)?;
            }
            Ok((events, more(write)?))
        });
        match written {
            Ok((events, answer)) => {
                let mut state = watching.state();
                if snapshot.is_some() {
                    state.stored = now;
                }
                state.committed = watermark;
                drop(state);
                self.events.publish(events);
                Ok(answer)
            }
            Err(error) => {
                watching.state().pending.put_back(pending);
                Err(error.into())
            }
        }
    }
}

fn write_pending(write: &Write<'_>, dataset: Dataset, pending: &Pending) -> Result<Vec<Event>, CatalogError> {
    let mut events = Vec::new();
    for anomaly in &pending.anomalies {
        let kind = match write.upsert(dataset, anomaly)? {
            Upserted::Unchanged => continue,
            Upserted::Closed => EventKind::Closed,
            Upserted::Opened if anomaly.anomaly.closed.is_some() => EventKind::Closed,
            Upserted::Opened | Upserted::Reopened => EventKind::Opened,
            Upserted::Updated => EventKind::Updated,
        };
        if kind == EventKind::Opened {
            metrics::counter!("hawkeye_detection_anomalies_total").increment(1);
        }
        let stored: Option<StoredAnomaly> = write.anomaly(anomaly.anomaly.id)?;
        events.extend(stored.map(|anomaly| Event { kind, anomaly }));
    }
    let deployments: &[Deployment] = &pending.deployments;
    deployments.iter().try_for_each(|deployment| write.add_deployment(dataset, deployment))?;
    Ok(events)
}
