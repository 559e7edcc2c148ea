//! What can go wrong in detection, in words that say what to do next.

use hawkeye_catalog::CatalogError;
use hawkeye_detect::RestoreError;
use hawkeye_model::AnomalyId;
use hawkeye_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("no anomaly {0}; it may have been removed with the demo data, or be too old")]
    UnknownAnomaly(AnomalyId),
    #[error("no incident {0:016x}; it may have been removed with the demo data, or be too old")]
    UnknownIncident(u64),
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
    #[error("{} mistake(s): {}", .0.len(), .0.first().map(|it| format!("{}: {}", it.path, it.message)).unwrap_or_default())]
    Wrong(Vec<hawkeye_alert::Wrong>),
    #[error("no alert {0}; it may be too old, or have been removed with the demo data")]
    UnknownAlert(i64),
    #[error("no rule {0}")]
    UnknownRule(String),
    #[error("no silence {0}")]
    UnknownSilence(String),
    #[error("no channel {0}")]
    UnknownChannel(String),
    #[error("no notification {0}")]
    UnknownNotification(i64),
    #[error("no journey {0}")]
    UnknownJourney(String),
    #[error("there is a journey {0} already; choose another id")]
    Taken(String),
    #[error("no objective {0}")]
    UnknownObjective(String),
    #[error("no proposal {0}; it may have been answered, or people no longer walk it")]
    UnknownProposal(String),
    #[error("{0} comes from a file; change it there and apply the file")]
    FromFile(String),
    #[error("none of these alerts comes from an anomaly, so there is nothing to learn from")]
    NoAnomaly,
    #[error("there are {1} {0} already; remove some first")]
    TooMany(&'static str, usize),
    #[error("some alerts found no room: {0} are active already")]
    AlertsFull(usize),
    #[error("{0}")]
    BadLink(&'static str),
    #[error(transparent)]
    Vault(#[from] hawkeye_notify::VaultError),
    #[error(transparent)]
    Notify(#[from] hawkeye_notify::NotifyError),
    #[error("detection is shutting down")]
    Closed,
}
