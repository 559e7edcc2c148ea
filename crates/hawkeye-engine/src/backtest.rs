//! Backtests: the stored past once more, with the present settings and with others, side by side.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{Spark, StoredAnomaly};
use hawkeye_detect::{Change, Settings, WINDOW, Watcher};
use hawkeye_model::{Anomaly, AnomalyId, Dataset, SeriesId, Signal, Timestamp};
use hawkeye_store::{Filter, TimeRange};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::feed::{Feed, Lot};
use crate::persist;

/// The longest range of a backtest.
pub const BACKTEST_MAX: Duration = Duration::from_secs(60 * 86_400);

/// What is learnt from before the range.
const WARM_UP: Duration = Duration::from_secs(14 * 86_400);

/// Anomalies that are listed of each side.
const LISTED_MAX: usize = 200;

/// Anomalies that one side may have; more say that the settings are of no use.
const FOUND_MAX: usize = 100_000;

#[derive(Debug, Clone)]
pub struct BacktestQuery {
    pub range: TimeRange,
    pub filter: Filter,
    /// `None` compares the present settings with themselves.
    pub settings: Option<Settings>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub range: TimeRange,
    pub series: usize,
    pub windows: u64,
    pub elapsed: Duration,
    pub current: Side,
    pub changed: Side,
    /// Newest first.
    pub only_current: Vec<StoredAnomaly>,
    pub only_changed: Vec<StoredAnomaly>,
    pub both: usize,
}

/// Counts of what one run opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Side {
    pub opened: usize,
    /// From low to critical.
    pub by_severity: [usize; 4],
    /// In the order of [`Signal::ALL`].
    pub by_signal: [usize; 4],
}

/// One watcher, and the newest view of everything it opened in the range.
struct Run {
    watcher: Watcher,
    found: HashMap<AnomalyId, StoredAnomaly>,
}

impl Engine {
    /// Runs the past again. One at a time.
    ///
    /// # Errors
    /// [`EngineError::Busy`], or that the past is no longer stored in minutes.
    pub async fn backtest(self: &Arc<Self>, query: BacktestQuery) -> Result<Backtest, EngineError> {
        let _place = self.backtests.try_acquire().map_err(|_| EngineError::Busy)?;
        let begun = self.clock.now();
        let range = TimeRange {
            from: query.range.from.floor(WINDOW),
            to: query.range.to.min(begun.minus(self.config.grace)).floor(WINDOW),
        };
        let current = self.current_settings();
        let changed = query.settings.clone().unwrap_or_else(|| current.clone());
        let (mut all, mut windows, mut series) = ([Vec::new(), Vec::new()], 0, HashSet::new());
        for dataset in Dataset::ALL {
            let runs = [&current, &changed].map(|settings| self.new_run(settings));
            let feed = Feed::new(Arc::clone(&self.store), dataset, query.filter.clone());
            let (runs, seen) = self.run_again(dataset, feed, range, runs, &mut series).await?;
            windows = windows.max(seen);
            for (side, run) in all.iter_mut().zip(runs) {
                side.extend(run.found.into_values());
            }
        }
        let [current, changed] = all;
        Ok(compare(range, series.len(), windows, self.clock.now().since(begun), current, changed))
    }

    fn new_run(&self, settings: &Settings) -> Run {
        let mut watcher = Watcher::new(settings.clone());
        watcher.set_series_max(self.config.series_max);
        Run { watcher, found: HashMap::new() }
    }

    async fn run_again(
        self: &Arc<Self>,
        dataset: Dataset,
        mut feed: Feed,
        range: TimeRange,
        mut runs: [Run; 2],
        series: &mut HashSet<SeriesId>,
    ) -> Result<([Run; 2], u64), EngineError> {
        let now = self.clock.now();
        let warm = range.from.minus(WARM_UP).max(self.oldest(now));
        if range.from < warm {
            return Err(EngineError::NotKept);
        }
        let warm = TimeRange { from: warm, to: range.to };
        let Some(mut at) = feed.first(warm, now).await? else { return Ok((runs, 0)) };
        let mut windows = 0;
        while at < range.to {
            let lot = feed.read(at, range.to, now).await?;
            (at, windows) = (lot.end(), windows + lot.windows() as u64);
            let seen;
            (runs, seen) = self
                .ask(move |_| {
                    let [current, changed] = &mut runs;
                    let seen = current.take(dataset, &lot, range);
                    changed.take(dataset, &lot, range);
                    Ok((runs, seen))
                })
                .await?;
            series.extend(seen);
        }
        Ok((runs, windows))
    }
}

impl Run {
    /// Steps all windows of a lot, and returns the series in it.
    fn take(&mut self, dataset: Dataset, lot: &Lot, range: TimeRange) -> HashSet<SeriesId> {
        let mut seen = HashSet::new();
        for window in 0..lot.windows() {
            let changes = lot.with(window, |window| {
                seen.extend(window.rows.iter().map(|row| row.series.id()));
                self.watcher.step(window)
            });
            for change in changes {
                match change {
                    Change::Opened(anomaly) | Change::Updated(anomaly) | Change::Closed(anomaly)
                        if anomaly.detected > range.from =>
                    {
                        self.note(dataset, anomaly);
                    }
                    _ => {}
                }
            }
        }
        seen
    }

    fn note(&mut self, dataset: Dataset, anomaly: Anomaly) {
        let id = anomaly.id;
        let evidence = self.watcher.evidence(id);
        let is_known = self.found.contains_key(&id);
        if !is_known && self.found.len() >= FOUND_MAX {
            return;
        }
        let before = self.found.remove(&id).map(|before| before.spark);
        let spark: Option<Spark> = evidence.as_ref().map(persist::spark).or(before);
        self.found.insert(
            id,
            StoredAnomaly {
                anomaly,
                dataset,
                spark: spark.unwrap_or_default(),
                acknowledged: None,
                assignee: None,
                verdict: None,
                verdict_reason: None,
                incident: None,
            },
        );
    }
}

/// The same when series, signal and time overlap: a more sensitive setting opens earlier.
fn compare(
    range: TimeRange,
    series: usize,
    windows: u64,
    elapsed: Duration,
    current: Vec<StoredAnomaly>,
    changed: Vec<StoredAnomaly>,
) -> Backtest {
    let key = |stored: &StoredAnomaly| (stored.dataset, stored.anomaly.series.id(), signal(stored));
    let mut by_key: HashMap<_, Vec<&StoredAnomaly>> = HashMap::new();
    for stored in current.iter().chain(&changed) {
        by_key.entry(key(stored)).or_default().push(stored);
    }
    let only = |mine: &[StoredAnomaly], others: &HashSet<AnomalyId>| -> Vec<StoredAnomaly> {
        let has_twin = |stored: &StoredAnomaly| {
            let alike = by_key.get(&key(stored)).into_iter().flatten();
            alike.into_iter().any(|other| others.contains(&other.anomaly.id) && overlap(stored, other))
        };
        mine.iter().filter(|stored| !has_twin(stored)).cloned().collect()
    };
    let ids = |side: &[StoredAnomaly]| side.iter().map(|stored| stored.anomaly.id).collect::<HashSet<_>>();
    let mut only_current = only(&current, &ids(&changed));
    let mut only_changed = only(&changed, &ids(&current));
    let both = current.len() - only_current.len();
    for side in [&mut only_current, &mut only_changed] {
        side.sort_by_key(|stored| std::cmp::Reverse((stored.anomaly.onset, stored.anomaly.id)));
        side.truncate(LISTED_MAX);
    }
    Backtest {
        range,
        series,
        windows,
        elapsed,
        current: Side::of(&current),
        changed: Side::of(&changed),
        only_current,
        only_changed,
        both,
    }
}

fn signal(stored: &StoredAnomaly) -> Signal {
    stored.anomaly.kind.signal()
}

fn overlap(left: &StoredAnomaly, right: &StoredAnomaly) -> bool {
    let end = |stored: &StoredAnomaly| stored.anomaly.closed.map_or(Timestamp::MAX, |(at, _)| at);
    left.anomaly.onset < end(right) && right.anomaly.onset < end(left)
}

impl Side {
    fn of(anomalies: &[StoredAnomaly]) -> Self {
        let mut side = Self { opened: anomalies.len(), ..Self::default() };
        for stored in anomalies {
            side.by_severity[stored.anomaly.severity as usize] += 1;
            side.by_signal[signal(stored) as usize] += 1;
        }
        side
    }
}
