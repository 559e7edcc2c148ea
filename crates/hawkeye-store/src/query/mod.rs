//! What can be asked: sums of requests by time and dimension, single requests, and samples of whole traces.

mod filter;
mod requests;
mod sample;
mod sums;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, col, lit};
use futures::TryStreamExt;
use hawkeye_model::{Dataset, Timestamp};
use tokio::task::JoinSet;

pub use filter::{EnvironmentPattern, Filter, StatusPattern};
pub use requests::{Cursor, RequestPage, RequestQuery, RequestSort, StoredRequest};
pub use sample::{Sample, SampleQuery};
pub use sums::{Cells, Dimension, Source, SumQuery};
pub use visits::{Visit, VisitQuery, Visits};

use crate::provider::SnapshotTable;
use crate::schema::Table;
use crate::segment::Segment;
use crate::store::Store;
use crate::{StoreError, rollup_batch};

/// From a moment on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl TimeRange {
    #[must_use]
    pub fn width(self) -> Duration {
        self.to.since(self.from)
    }

    /// The same width, `offset` earlier.
    #[must_use]
    pub fn earlier(self, offset: Duration) -> Self {
        Self { from: self.from.minus(offset), to: self.to.minus(offset) }
    }
}

impl Store {
    /// The rows of a table in a range, before any filter. The files are there as long as the second value is held:
    /// a physical plan knows only their names.
    fn rows(
        &self,
        table: Table,
        range: TimeRange,
        dataset: Option<Dataset>,
    ) -> Result<(DataFrame, Vec<Arc<Segment>>), StoreError> {
        let mut snapshot = self.shared.read().snapshot(table, range.from, range.to, dataset);
        for rollups in snapshot.pending.drain(..).filter(|rollups| !rollups.is_empty()) {
            snapshot.batches.push(rollup_batch::encode(&rollups)?);
        }
        let segments = snapshot.segments.clone();
        let table_rows = self.session.read_table(Arc::new(SnapshotTable::new(table.schema(), snapshot)))?;
        Ok((table_rows.filter(time_is_in(table, range))?, segments))
    }

    /// Runs a query on the query runtime, within the time limit, and stops it when the caller goes away.
    async fn run<T: Send + 'static>(
        &self,
        query: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut tasks = JoinSet::new();
        let (limit, places) = (self.config.query_timeout, Arc::clone(&self.queries));
        let query = async move {
            // The semaphore is never closed; without a permit the query would only run sooner.
            let _place = places.acquire().await.ok();
            query.await
        };
        tasks.spawn_on(async move { tokio::time::timeout(limit, query).await }, &self.query_runtime);
        match tasks.join_next().await {
            Some(Ok(Ok(answer))) => answer,
            Some(Ok(Err(_))) => Err(StoreError::Timeout { seconds: limit.as_secs() }),
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) | None => Err(StoreError::Closed),
        }
    }
}

/// Hands every batch to `consume`, one at a time.
async fn for_each_batch(
    rows: DataFrame,
    mut consume: impl FnMut(&RecordBatch) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut stream = rows.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        consume(&batch)?;
    }
    Ok(())
}

fn time_is_in(table: Table, range: TimeRange) -> Expr {
    let time = || col(table.time_column());
    time().gt_eq(lit(range.from.micros())).and(time().lt(lit(range.to.micros())))
}
