//! What the store knows in memory. The committer changes it right after each commit; queries read it.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arrow::array::{Int64Array, RecordBatch};
use hawkeye_model::{Dataset, Timestamp};

use crate::StoreError;
use crate::buffer::Buffered;
use crate::pending::{Pending, Rollups};
use crate::request_batch::column;
use crate::schema::Table;
use crate::segment::Segment;

#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: RwLock<State>,
    /// Requests handed to the committer and not yet answered.
    pub(crate) queued: AtomicUsize,
    /// Requests in memory that no segment holds.
    pub(crate) head_requests: AtomicUsize,
    /// Changes with every commit, so that readers can tell whether there is news.
    pub(crate) version: AtomicU64,
    failed: AtomicBool,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) head: Vec<HeadBatch>,
    pub(crate) segments: Vec<Arc<Segment>>,
    live: Pending,
    demo: Pending,
    /// The newest request batch that `live` and `demo` contain.
    pub(crate) summed_seq: i64,
    /// The newest request batch that stored rollups contain.
    pub(crate) consumed_seq: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct HeadBatch {
    pub(crate) seq: i64,
    pub(crate) table: Table,
    pub(crate) dataset: Dataset,
    pub(crate) stored_at: Timestamp,
    pub(crate) batch: RecordBatch,
    first: Timestamp,
    last: Timestamp,
}

/// What one query reads.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) batches: Vec<RecordBatch>,
    /// Sums that are not stored yet, one lot a data set.
    pub(crate) pending: Vec<Rollups>,
    pub(crate) segments: Vec<Arc<Segment>>,
}

impl Shared {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.version.fetch_add(1, Ordering::Release);
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::Release);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }
}

impl State {
    pub(crate) fn pending(&self, dataset: Dataset) -> &Pending {
        match dataset {
            Dataset::Live => &self.live,
            Dataset::Demo => &self.demo,
        }
    }

    pub(crate) fn pending_mut(&mut self, dataset: Dataset) -> &mut Pending {
        match dataset {
            Dataset::Live => &mut self.live,
            Dataset::Demo => &mut self.demo,
        }
    }

    /// Everything of a table with rows in `from..to`, at one moment: a row is either in memory or in a segment.
    pub(crate) fn snapshot(
        &self,
        table: Table,
        from: Timestamp,
        to: Timestamp,
        dataset: Option<Dataset>,
    ) -> Snapshot {
        let is_asked = |found: Dataset| dataset.is_none_or(|dataset| dataset == found);
        let head = self.head.iter().filter(|head| {
            head.table == table && is_asked(head.dataset) && head.last >= from && head.first < to
        });
        let batches = head.map(|head| head.batch.clone()).collect();
        let pending = match table {
            Table::Requests => Vec::new(),
            Table::Rollup(resolution) => {
                let asked = Dataset::ALL.into_iter().filter(|&found| is_asked(found));
                asked.map(|dataset| self.pending(dataset).rollups(resolution, from, to)).collect()
            }
        };
        let overlaps = |segment: &&Arc<Segment>| {
            segment.row.table == table
                && is_asked(segment.row.dataset)
                && segment.row.last >= from
                && segment.row.first < to
        };
        Snapshot {
            batches,
            pending,
            segments: self.segments.iter().filter(overlaps).map(Arc::clone).collect(),
        }
    }
}

impl HeadBatch {
    /// Of the earliest and the latest row.
    pub(crate) fn times(&self) -> (Timestamp, Timestamp) {
        (self.first, self.last)
    }

    pub(crate) fn new(buffered: Buffered) -> Result<Self, StoreError> {
        let Buffered { seq, table, dataset, stored_at, batch } = buffered;
        let times = column::<Int64Array>(&batch, table.time_column())?.values();
        let at = |micros: Option<&i64>| Timestamp::from_micros(micros.copied().unwrap_or_default());
        let (first, last) = (at(times.iter().min()), at(times.iter().max()));
        Ok(Self { seq, table, dataset, stored_at, batch, first, last })
    }
}
