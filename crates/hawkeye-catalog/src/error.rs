//! What can go wrong with the catalog, in words that say what to do next.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("{} was written by a newer version (format {found}, this one reads {known}); upgrade hawkeye", path.display())]
    TooNew { path: PathBuf, found: i64, known: i64 },
    #[error("catalog.db holds an unreadable {what}; restore the folder from a backup")]
    Damaged { what: String },
    #[error("this was used before")]
    Used,
    #[error("is no cursor of this list; take `next_cursor` as it is")]
    Cursor,
    #[error("the disk is full; free some space or lower storage.disk_size_bytes_max")]
    DiskFull,
    #[error("catalog: {0}")]
    Database(#[source] rusqlite::Error),
}

impl CatalogError {
    /// Something stored that cannot be read.
    pub fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl From<rusqlite::Error> for CatalogError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}
