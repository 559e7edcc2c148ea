//! Windows out of the store: the sums of minutes, by endpoint, environment and version.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_detect::{Row, WINDOW, Window};
use hawkeye_model::{Dataset, Series, Timestamp};
use hawkeye_store::{Cells, Dimension, Filter, Store, StoreError, SumQuery, TimeRange};

use crate::engine::Engine;
use crate::error::EngineError;

/// Windows that are read at once: six hours.
pub(crate) const READ_WINDOWS_MAX: usize = 360;

/// Groups times windows of one read, as far as the number of groups is known beforehand: about 80 MB.
const READ_CELLS: usize = 500_000;

/// What is dropped next is not begun with.
const EDGE: Duration = Duration::from_secs(3_600);

/// Consecutive windows in memory.
#[derive(Debug)]
pub(crate) struct Lot {
    cells: Cells,
    /// The series of each group.
    series: Vec<Arc<Series>>,
}

/// Reads forward, as many windows at once as fit.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    store: Arc<Store>,
    dataset: Dataset,
    filter: Filter,
    windows: usize,
}

impl Feed {
    pub(crate) fn new(store: Arc<Store>, dataset: Dataset, filter: Filter) -> Self {
        Self { store, dataset, filter, windows: READ_WINDOWS_MAX }
    }

    /// Windows from `from` on, at least one, all of which end by `until`.
    pub(crate) async fn read(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Lot, EngineError> {
        loop {
            let left = until.since(from).as_micros() / WINDOW.as_micros();
            let windows = self.windows.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1);
            let to = from.plus(WINDOW * u32::try_from(windows).unwrap_or(u32::MAX));
            let query = SumQuery {
                range: TimeRange { from, to },
                step: Some(WINDOW),
                filter: self.filter.clone(),
                group_by: vec![Dimension::Endpoint, Dimension::Environment, Dimension::Version],
                dataset: Some(self.dataset),
            };
            match self.store.sum(&query, now).await {
                Ok(cells) if cells.step != WINDOW => return Err(EngineError::NotKept),
                Ok(cells) => {
                    let fitting = READ_CELLS / cells.groups.len().max(1);
                    self.windows = fitting.clamp(1, READ_WINDOWS_MAX);
                    return Ok(Lot::new(cells));
                }
                Err(StoreError::TooManyGroups { .. } | StoreError::Timeout { .. }) if windows > 1 => {
                    self.windows = windows / 2;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The start of the first window in a range that has a request.
    pub(crate) async fn first(
        &self,
        range: TimeRange,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, EngineError> {
        // Long ranges are answered from sums of an hour, of which only whole ones count.
        let query = SumQuery {
            range: TimeRange { to: range.to.plus(EDGE), ..range },
            step: None,
            filter: self.filter.clone(),
            group_by: Vec::new(),
            dataset: Some(self.dataset),
        };
        let first = self.store.sum(&query, now).await?.total(0).first;
        Ok((first != Timestamp::MAX).then(|| first.max(range.from).floor(WINDOW)))
    }
}

impl Lot {
    fn new(cells: Cells) -> Self {
        let series = (0..cells.groups.len())
            .map(|group| Arc::new(Series::new(cells.endpoint(group, 0), cells.environment(group, 3))));
        Self { series: series.collect(), cells }
    }

    pub(crate) fn windows(&self) -> usize {
        self.cells.n
    }

    /// The start of a window.
    pub(crate) fn start(&self, window: usize) -> Timestamp {
        self.cells.start.plus(self.cells.step * u32::try_from(window).unwrap_or(u32::MAX))
    }

    pub(crate) fn end(&self) -> Timestamp {
        self.start(self.cells.n)
    }

    /// Hands a window to `consume`.
    pub(crate) fn with<T>(&self, window: usize, consume: impl FnOnce(&Window<'_>) -> T) -> T {
        let groups = (0..self.series.len()).map(|group| (group, &self.cells.of(group)[window]));
        let rows: Vec<Row<'_>> = groups
            .filter(|(_, rollup)| rollup.requests() > 0)
            .map(|(group, rollup)| Row {
                series: &self.series[group],
                version: self.cells.groups[group].last().map_or("", |version| version),
                rollup,
            })
            .collect();
        consume(&Window { start: self.start(window), rows: &rows, is_complete: true })
    }
}

impl Engine {
    /// The start of the oldest window that is looked at: as far back as the options say, and as sums of a minute
    /// reach safely. At the edge of their retention segments are being dropped.
    pub(crate) fn oldest(&self, now: Timestamp) -> Timestamp {
        let kept = self.store.minutes_kept().saturating_sub(EDGE);
        now.minus(self.config.history.min(kept)).floor(WINDOW).plus(WINDOW)
    }
}
