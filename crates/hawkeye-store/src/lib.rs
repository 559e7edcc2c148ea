//! Requests and their rollups on one machine's disk: append, query, retain. It does not know what an anomaly is.
//!
//! **Writing.** One committer thread owns `buffer.db` (SQLite, write-ahead log, `synchronous=FULL`). Batches that
//! arrive while a commit runs form the next group; an append is answered only after its group is on disk.
//! The same rows stay in memory as the *head*, so a query sees them at once.
//!
//! **Segments.** From time to time the head is sorted and written as Parquet: temporary name, fsync, rename.
//! One SQLite transaction then names the segment and deletes the buffered rows that it covers.
//!
//! **Rollups** are deltas per series, version and window. Requests are first summed in memory (*pending*, also
//! queryable); a flush stores the sums together with the last buffer sequence number they contain, in one transaction.
//! After a crash only requests beyond that number are summed again, so each request counts exactly once.
//!
//! **Reading.** A query takes a snapshot (head, pending, the segments its time range touches) and runs over one
//! DataFusion `TableProvider`. Queries are typed values; there is no query text.
//!
//! **Threads.** The caller runs [`Committer::run`] on a thread of its own and calls [`Store::maintain`] about once a
//! second; the crate starts nothing by itself and reads no clock.

mod buffer;
mod committer;
mod config;
mod error;
mod import;
mod lock;
mod maintain;
mod pending;
mod provider;
mod query;
mod request_batch;
mod rollup_batch;
mod schema;
mod segment;
mod state;
mod store;

pub use committer::Committer;
pub use config::StoreConfig;
pub use error::StoreError;
pub use hawkeye_model::Dataset;
pub use query::{
    Cells, Cursor, Dimension, EnvironmentPattern, Filter, RequestPage, RequestQuery, RequestSort, Sample,
    SampleQuery, Source, StatusPattern, StoredRequest, SumQuery, TimeRange, Visit, VisitQuery, Visits,
};
pub use store::{Appended, Imported, Store, StoreStatus};
