//! The rules at the end of each window, after its anomalies are in the catalog.
//!
//! How far the rules have come is stored with what they said, so after a crash they go on from there: a window is
//! never judged twice, and none is left out. While the past is caught up on, only rules about anomalies can be told
//! exactly, because they carry their own times; the others hold still until the present is reached.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::{Incidents, Past, Rule};
use hawkeye_catalog::{AnomalyQuery, StoredAnomaly};
use hawkeye_detect::WINDOW;
use hawkeye_model::{Anomaly, Dataset, Rollup, Series, Timestamp};
use hawkeye_store::{Dimension, Filter, SumQuery, TimeRange};

use crate::engine::Engine;
use crate::error::EngineError;

/// Rules that need sums are left out for windows older than this.
const LATE_MAX: Duration = Duration::from_secs(900);

/// Windows longer than this change slowly, so their sums are read only once in five minutes.
const SLOW_WINDOW_S: u32 = 7_200;
const SLOW_INTERVAL: Duration = Duration::from_secs(300);

/// Anomalies that are looked at in one go.
const ANOMALIES_MAX: usize = 10_000;

/// The sum of each series.
type Sums = Vec<(Arc<Series>, Rollup)>;

/// The sums of the long windows, and when they were read.
#[derive(Debug, Default)]
pub(crate) struct SlowSums {
    read: Option<Timestamp>,
    sums: Vec<(u32, Sums)>,
}

impl Engine {
    /// Applies the rules up to the end of a window that was looked at.
    pub(crate) async fn evaluate_alerts(
        self: &Arc<Self>,
        dataset: Dataset,
        slow: &mut SlowSums,
    ) -> Result<(), EngineError> {
        let Some(until) = self.watching(dataset).state().watcher.watermark() else { return Ok(()) };
        let (rules, evaluated) = self
            .ask(move |engine| {
                let state = engine.alerting.state();
                Ok((state.active_rules(), state.evaluated[dataset as usize]))
            })
            .await?;
        if evaluated.is_some_and(|evaluated| evaluated >= until) {
            return Ok(());
        }
        let now = self.clock.now();
        let past = if now.since(until) <= LATE_MAX {
            let mut past = self.past(dataset, &rules, until, slow).await?;
            past.future = self.future(dataset, &rules, until, &past).await?;
            past.incidents = self.open_incidents(dataset, &rules).await?;
            past
        } else {
            Past::default()
        };
        self.ask(move |engine| engine.apply_rules_until(dataset, &rules, evaluated, until, &past)).await
    }

    fn apply_rules_until(
        &self,
        dataset: Dataset,
        rules: &[Rule],
        evaluated: Option<Timestamp>,
        until: Timestamp,
        past: &Past,
    ) -> Result<(), EngineError> {
        let from = evaluated.unwrap_or_else(|| until.minus(self.config.history));
        let query = AnomalyQuery {
            range: Some((from, until.plus(Duration::from_micros(1)))),
            datasets: vec![dataset],
            limit: ANOMALIES_MAX,
            ..AnomalyQuery::default()
        };
        let anomalies = self.catalog.read(|read| read.anomalies(&query))?.items;
        let named = |stored: &StoredAnomaly| Some((stored.anomaly.id, format!("{:016x}", stored.incident?)));
        let of: BTreeMap<_, _> = anomalies.iter().filter_map(named).collect();
        let nothing = Past::of_incidents(Incidents { of: of.clone(), ..Incidents::default() });
        let mut past = past.clone();
        past.incidents.of = of;
        self.change_alerts(|state, batch| {
            // Somebody else may have been faster, or the data set is gone.
            if state.evaluated[dataset as usize] != evaluated {
                return;
            }
            let unseen =
                evaluated.map_or(Duration::ZERO, |evaluated| until.since(evaluated).saturating_sub(WINDOW));
            if unseen > Duration::ZERO {
                let changes = state.book.pause(dataset, unseen);
                batch.note(&state.book, &changes, until);
            }
            for at in moments(&anomalies, from, until) {
                let open: Vec<&Anomaly> = anomalies
                    .iter()
                    .map(|stored| &stored.anomaly)
                    .filter(|it| it.detected <= at && it.closed.is_none_or(|(closed, _)| at < closed))
                    .collect();
                let past = if at == until { &past } else { &nothing };
                let changes = state.book.step(rules, dataset, at, &open, past);
                batch.note(&state.book, &changes, at);
            }
            state.evaluated[dataset as usize] = Some(until);
            batch.progress = Some((dataset, until));
        })
    }

    /// The sums that the rules look at.
    pub(crate) async fn past(
        &self,
        dataset: Dataset,
        rules: &[Rule],
        until: Timestamp,
        slow: &mut SlowSums,
    ) -> Result<Past, EngineError> {
        let mut past = Past::default();
        let is_stale = slow.read.is_none_or(|read| until.since(read) >= SLOW_INTERVAL || until < read);
        let windows = Past::windows(rules);
        let missing = windows
            .iter()
            .any(|window| *window > SLOW_WINDOW_S && !slow.sums.iter().any(|(known, _)| known == window));
        if is_stale || missing {
            *slow = SlowSums { read: Some(until), sums: Vec::new() };
        }
        for window in windows {
            if window <= SLOW_WINDOW_S {
                past.insert(window, self.sums_of(dataset, window, until).await?);
                continue;
            }
            if !slow.sums.iter().any(|(known, _)| *known == window) {
                slow.sums.push((window, self.sums_of(dataset, window, until).await?));
            }
            let known = slow.sums.iter().find(|(known, _)| *known == window);
            past.insert(window, known.map(|(_, sums)| sums.clone()).unwrap_or_default());
        }
        Ok(past)
    }

    async fn sums_of(&self, dataset: Dataset, window_s: u32, until: Timestamp) -> Result<Sums, EngineError> {
        let query = SumQuery {
            range: TimeRange { from: until.minus(Duration::from_secs(window_s.into())), to: until },
            step: None,
            filter: Filter::default(),
            group_by: vec![Dimension::Endpoint, Dimension::Environment],
            dataset: Some(dataset),
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        let series = |group| Arc::new(Series::new(cells.endpoint(group, 0), cells.environment(group, 3)));
        Ok((0..cells.groups.len()).map(|group| (series(group), cells.total(group))).collect())
    }
}

/// The ends of windows at which an anomaly began or ended, and the last one.
fn moments(anomalies: &[StoredAnomaly], from: Timestamp, until: Timestamp) -> BTreeSet<Timestamp> {
    let ends = anomalies.iter().flat_map(|stored| {
        let anomaly = &stored.anomaly;
        [Some(anomaly.detected), anomaly.closed.map(|(at, _)| at)]
    });
    let ceiling = |at: Timestamp| {
        let floor = at.floor(WINDOW);
        if floor == at { at } else { floor.plus(WINDOW) }
    };
    let mut moments: BTreeSet<Timestamp> =
        ends.flatten().map(ceiling).filter(|&at| from < at && at < until).collect();
    moments.insert(until);
    moments
}
