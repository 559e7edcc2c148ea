//! What can go wrong in detection, in words that say what to do next.

use hawkeye_catalog::CatalogError;
use hawkeye_detect::RestoreError;
use hawkeye_model::AnomalyId;
use hawkeye_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("no anomaly {0}; it may have been removed with the demo data, or be too old")]
    UnknownAnomaly(AnomalyId),
    #[error("no series of this endpoint is watched in this environment")]
    UnknownSeries,
    #[error("a backtest is running; wait until it is done")]
    Busy,
    #[error("sums of a minute are not kept back to the start; ask for a later one")]
    NotKept,
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Snapshot(#[from] RestoreError),
    #[error("the stored settings cannot be read: {0}")]
    Settings(#[from] serde_json::Error),
    #[error("detection is shutting down")]
    Closed,
}
