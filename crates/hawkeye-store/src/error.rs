//! What can go wrong while storing and reading, in words that say what to do next.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{} is in use by process {pid}; stop it or set storage.path to another folder", folder.display())]
    Locked { folder: PathBuf, pid: String },
    #[error("{} was written by a newer version (format {found}, this one reads {known}); upgrade hawkeye", folder.display())]
    TooNew { folder: PathBuf, found: i64, known: i64 },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("row {seq} of {} is damaged ({reason}); restore the folder from a backup", path.display())]
    Damaged { path: PathBuf, seq: i64, reason: String },
    #[error("{queued} requests wait to be stored, the limit is {limit}; send again later")]
    Overloaded { queued: usize, limit: usize },
    #[error("the disk is full; free some space or lower storage.disk_size_bytes_max")]
    DiskFull,
    #[error("storage failed earlier and no longer accepts data; look at the log and restart")]
    Failed,
    #[error("storage is shutting down")]
    Closed,
    #[error("buffer: {0}")]
    Buffer(#[source] rusqlite::Error),
    #[error("query: {0}")]
    Query(#[from] datafusion::error::DataFusionError),
    #[error("columns: {0}")]
    Columns(#[from] arrow::error::ArrowError),
    #[error("segment: {0}")]
    Segment(#[from] parquet::errors::ParquetError),
    #[error("the query took longer than {seconds} s; ask for a shorter range or fewer groups")]
    Timeout { seconds: u64 },
    #[error("more than {limit} groups; filter, or group by fewer dimensions")]
    TooManyGroups { limit: usize },
}

impl StoreError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Buffer(error),
        }
    }
}
