//! The worker: about once a second it looks for windows that have closed, and steps them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::AnomalyQuery;
use hawkeye_detect::WINDOW;
use hawkeye_model::{AnomalyId, CloseReason, Dataset, Timestamp};
use hawkeye_store::{Filter, TimeRange};
use tokio::sync::watch;

use crate::alerting::SlowSums;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::feed::{Feed, Lot};
use crate::verdict::detect_verdict;

/// How often the worker looks whether a window has closed.
const TICK: Duration = Duration::from_secs(1);

/// After a failure, so that a full disk does not fill the log.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(10);

const RETENTION_INTERVAL: Duration = Duration::from_secs(3_600);

/// Verdicts that are told again to a watcher that had to start anew.
const VERDICTS_RETOLD_MAX: usize = 10_000;

impl Engine {
    /// Watches until told to stop. `complete_until` says up to when a data set's requests are all there.
    pub async fn run(
        self: Arc<Self>,
        complete_until: impl Fn(Dataset) -> Timestamp + Send,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut feeds = Dataset::ALL
            .map(|dataset| (dataset, Feed::new(Arc::clone(&self.store), dataset, Filter::default())));
        let mut slow = Dataset::ALL.map(|_| SlowSums::default());
        let mut retained = Timestamp::MIN;
        loop {
            let mut pause = TICK;
            for ((dataset, feed), slow) in feeds.iter_mut().zip(&mut slow) {
                match self.catch_up(*dataset, feed, slow, &complete_until, &stopped).await {
                    Ok(()) => {}
                    Err(error) => {
                        metrics::counter!("hawkeye_detection_failures_total").increment(1);
                        tracing::error!(dataset = dataset.as_str(), %error, "detection failed; it is tried again");
                        pause = PAUSE_AFTER_ERROR;
                    }
                }
            }
            let now = self.clock.now();
            if now.since(retained) >= RETENTION_INTERVAL || now < retained {
                retained = now;
                self.logged("retention", |engine| engine.retain()).await;
            }
            self.logged("alerts", |engine| engine.pass_if_due()).await;
            self.logged("metrics", |engine| engine.count()).await;
            if tokio::time::timeout(pause, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
                break;
            }
        }
        for dataset in Dataset::ALL {
            self.logged("the last snapshot", move |engine| engine.store_watcher(dataset)).await;
        }
    }

    /// Steps what has closed of a data set.
    async fn catch_up(
        self: &Arc<Self>,
        dataset: Dataset,
        feed: &mut Feed,
        slow: &mut SlowSums,
        complete_until: &impl Fn(Dataset) -> Timestamp,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        while !*stopped.borrow() {
            let now = self.clock.now();
            let until = now.minus(self.config.grace).min(complete_until(dataset)).floor(WINDOW);
            let generation = self.watching(dataset).state().generation;
            let Some(from) = self.next_window(dataset, feed, now).await? else { return Ok(()) };
            if from >= until {
                self.ask(move |engine| engine.settle(dataset)).await?;
                self.group_or_log(dataset).await;
                return self.evaluate_alerts(dataset, slow).await;
            }
            let lot = feed.read(from, until, now).await?;
            let stop = stopped.clone();
            self.ask(move |engine| engine.step(dataset, generation, &lot, &stop)).await?;
            self.group_or_log(dataset).await;
            self.evaluate_alerts(dataset, slow).await?;
        }
        Ok(())
    }

    /// Nobody's pager waits for incidents that cannot be made.
    async fn group_or_log(self: &Arc<Self>, dataset: Dataset) {
        if let Err(error) = self.group_at_once(dataset).await {
            metrics::counter!("hawkeye_diagnosis_failures_total").increment(1);
            tracing::error!(dataset = dataset.as_str(), %error, "anomalies could not be grouped; it is tried again");
        }
    }

    /// The start of the next window; `None` while there is nothing to watch.
    async fn next_window(
        &self,
        dataset: Dataset,
        feed: &Feed,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, EngineError> {
        let oldest = self.oldest(now);
        if let Some(watermark) = self.watching(dataset).state().watcher.watermark() {
            return Ok(Some(watermark.max(oldest)));
        }
        if self.store.newest(dataset).is_none() {
            return Ok(None);
        }
        feed.first(TimeRange { from: oldest, to: now.plus(WINDOW) }, now).await
    }

    fn step(
        &self,
        dataset: Dataset,
        generation: u64,
        lot: &Lot,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        let watching = self.watching(dataset);
        let begun = self.clock.now();
        let mut stepped: u64 = 0;
        for window in 0..lot.windows() {
            if *stopped.borrow() {
                break;
            }
            let mut state = watching.state();
            if state.generation != generation {
                return Ok(());
            }
            lot.with(window, |window| state.step(window));
            stepped += 1;
        }
        let seconds = self.clock.now().since(begun).as_secs_f64();
        metrics::counter!("hawkeye_detection_windows_total").increment(stepped);
        metrics::histogram!("hawkeye_detection_step_seconds").record(seconds / stepped.max(1) as f64);
        tracing::debug!(dataset = dataset.as_str(), windows = stepped, seconds, "windows looked at");
        let _turn = watching.commits();
        let (is_due, is_over) = {
            let state = watching.state();
            if state.generation != generation {
                return Ok(());
            }
            let is_due = self.clock.now().since(state.stored) >= self.config.snapshot_interval;
            (is_due, state.quiet_until.is_some_and(|until| lot.end() >= until))
        };
        if is_over {
            self.end_quiet(dataset)?;
        }
        self.commit(watching, is_due, |_| Ok(()))
    }

    /// The past has been looked at a second time: from now on the watcher's view counts, with what people said.
    fn end_quiet(&self, dataset: Dataset) -> Result<(), EngineError> {
        let query = AnomalyQuery {
            datasets: vec![dataset],
            verdicts: hawkeye_catalog::Verdict::ALL.map(Some).into(),
            limit: VERDICTS_RETOLD_MAX,
            ..AnomalyQuery::default()
        };
        let judged = self.catalog.read(|read| read.anomalies(&query))?.items;
        let mut state = self.watching(dataset).state();
        for stored in judged.iter().rev() {
            if let Some(verdict) = stored.verdict {
                state.watcher.judge(&stored.anomaly, detect_verdict(verdict));
            }
        }
        state.quiet_until = None;
        let open: Vec<_> = state.watcher.open().collect();
        open.into_iter().for_each(|anomaly| state.note(anomaly));
        Ok(())
    }

    /// After the first catching-up: stores what was learnt, and closes what the catalog alone still holds open.
    fn settle(&self, dataset: Dataset) -> Result<(), EngineError> {
        let watching = self.watching(dataset);
        let _turn = watching.commits();
        let (known, watermark): (HashSet<AnomalyId>, _) = {
            let state = watching.state();
            match state.watcher.watermark().filter(|_| state.is_unsettled || !state.pending.is_empty()) {
                Some(watermark) => (state.open_ids(), watermark),
                None => return Ok(()),
            }
        };
        let lost = self.catalog.read(|read| read.open_anomalies(dataset))?;
        {
            let mut state = watching.state();
            for mut stored in lost.into_iter().filter(|stored| !known.contains(&stored.anomaly.id)) {
                let at = watermark.max(stored.anomaly.updated);
                (stored.anomaly.closed, stored.anomaly.updated) = (Some((at, CloseReason::Unwatched)), at);
                state.note(stored.anomaly);
            }
        }
        self.commit(watching, true, |_| Ok(()))?;
        watching.state().is_unsettled = false;
        Ok(())
    }

    fn store_watcher(&self, dataset: Dataset) -> Result<(), EngineError> {
        let watching = self.watching(dataset);
        let _turn = watching.commits();
        if watching.state().watcher.watermark().is_none() {
            return Ok(());
        }
        self.commit(watching, true, |_| Ok(()))
    }

    fn retain(&self) -> Result<(), EngineError> {
        let (retention, now) = (self.config.retention, self.clock.now());
        let (kept, alerts_max) = (self.alerting.config.alert_retention, self.alerting.config.alerts_max);
        let gone = self.catalog.write(|write| {
            write.retain_alerts(kept, alerts_max, now)?;
            write.retain(retention, now)
        })?;
        if gone > 0 {
            tracing::info!(anomalies = gone, "anomalies past their retention dropped");
        }
        for dataset in Dataset::ALL {
            let mut state = self.watching(dataset).state();
            if state.names.len() > 2 * self.config.series_max {
                state.look_through();
            }
        }
        Ok(())
    }

    /// Sets the gauges.
    fn count(&self) -> Result<(), EngineError> {
        let (mut open, mut series) = (0, 0);
        for dataset in Dataset::ALL {
            let report = self.watching(dataset).state().watcher.report();
            open += report.open;
            series += report.series_watched;
        }
        metrics::gauge!("hawkeye_detection_open_anomalies").set(open as f64);
        metrics::gauge!("hawkeye_detection_series").set(series as f64);
        metrics::gauge!("hawkeye_detection_lag_seconds").set(self.lag().as_secs_f64());
        let alerting = self.alerting_status()?;
        metrics::gauge!("hawkeye_alerts_firing").set(alerting.firing as f64);
        metrics::counter!("hawkeye_alerts_dropped_total").absolute(alerting.alerts_dropped);
        metrics::gauge!("hawkeye_notifications_waiting").set(alerting.waiting as f64);
        metrics::gauge!("hawkeye_notifications_dead").set(alerting.dead as f64);
        Ok(())
    }

    async fn logged(
        self: &Arc<Self>,
        what: &'static str,
        work: impl FnOnce(&Self) -> Result<(), EngineError> + Send + 'static,
    ) {
        if let Err(error) = self.ask(work).await {
            tracing::error!(what, %error, "detection failed; it is tried again");
        }
    }
}
