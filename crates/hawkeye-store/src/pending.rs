//! Sums of requests that are durable but not yet in a stored rollup, per series, version and 10-second window.

use std::collections::HashMap;
use std::sync::Arc;

use hawkeye_model::{Request, Resolution, Rollup, Series, SeriesId, Timestamp};

/// What one rollup row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RollupKey {
    pub(crate) window: Timestamp,
    pub(crate) series: SeriesId,
    pub(crate) version: Arc<str>,
}

#[derive(Debug, Default)]
pub(crate) struct Pending {
    cells: Rollups,
}

/// Rollups by key, each with the series that its key names.
pub(crate) type Rollups = HashMap<RollupKey, (Arc<Series>, Rollup)>;

impl Pending {
    pub(crate) fn add(&mut self, request: &Request) {
        let key = RollupKey {
            window: Resolution::TenSeconds.window(request.start),
            series: request.series.id(),
            version: Arc::clone(&request.version),
        };
        self.cells
            .entry(key)
            .or_insert_with(|| (Arc::clone(&request.series), Rollup::default()))
            .1
            .add(request);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.cells = HashMap::new();
    }

    /// The sums at a resolution, of windows that start in `from..to`.
    pub(crate) fn rollups(&self, resolution: Resolution, from: Timestamp, to: Timestamp) -> Rollups {
        let mut merged = Rollups::new();
        for (key, (series, rollup)) in &self.cells {
            let window = resolution.window(key.window);
            if window >= from && window < to {
                merge(&mut merged, RollupKey { window, ..key.clone() }, series, rollup);
            }
        }
        merged
    }
}

pub(crate) fn merge(rollups: &mut Rollups, key: RollupKey, series: &Arc<Series>, rollup: &Rollup) {
    rollups.entry(key).or_insert_with(|| (Arc::clone(series), Rollup::default())).1.merge(rollup);
}
