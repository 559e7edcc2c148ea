//! Anomalies and detection: what is odd, what people say about it, and what they set. The engine does the work.

pub(crate) mod actions;
pub(crate) mod adjustments;
pub(crate) mod backtest;
pub(crate) mod conversions;
pub(crate) mod expectations;
pub(crate) mod explanation;
pub(crate) mod list;
pub(crate) mod settings;
pub(crate) mod status;

use axum::http::StatusCode;
use hawkeye_catalog::AnomalyQuery;
use hawkeye_engine::EngineError;
use hawkeye_store::Filter;

use crate::error::Problem;

/// Which anomalies belong to a scope. Versions and statuses are no property of a series.
pub(crate) fn in_scope(filter: &Filter) -> AnomalyQuery {
    AnomalyQuery {
        places: filter.environments.iter().map(place).collect(),
        endpoints: filter.endpoints.clone(),
        services: filter.services.clone(),
        methods: filter.methods.clone(),
        words: filter.text.split_whitespace().map(str::to_owned).collect(),
        ..AnomalyQuery::default()
    }
}

pub(crate) use hawkeye_engine::place;

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::UnknownAnomaly(_) | EngineError::UnknownIncident(_) | EngineError::UnknownSeries => {
                Self::not_found(error.to_string())
            }
            EngineError::UnknownAlert(_)
            | EngineError::UnknownRule(_)
            | EngineError::UnknownSilence(_)
            | EngineError::UnknownChannel(_)
            | EngineError::UnknownNotification(_)
            | EngineError::UnknownJourney(_)
            | EngineError::UnknownObjective(_)
            | EngineError::UnknownProposal(_) => Self::not_found(error.to_string()),
            EngineError::Wrong(mistakes) => crate::alerting::wrong(mistakes),
            EngineError::FromFile(_) => {
                Self::new(StatusCode::CONFLICT, "from_file", "A file owns this", error.to_string())
            }
            EngineError::Taken(_) => {
                Self::new(StatusCode::CONFLICT, "taken", "The id is taken", error.to_string())
            }
            EngineError::NoAnomaly => Self::parameter("action", error.to_string()),
            EngineError::TooMany(..) | EngineError::AlertsFull(_) => {
                Self::new(StatusCode::CONFLICT, "too_many", "There is no room", error.to_string())
            }
            EngineError::BadLink(_) => {
                Self::new(StatusCode::GONE, "bad_link", "This link does not work", error.to_string())
            }
            EngineError::Catalog(hawkeye_catalog::CatalogError::Cursor) => {
                Self::parameter("cursor", error.to_string())
            }
            EngineError::NotKept => Self::parameter("from_ms", error.to_string()),
            EngineError::Busy => Self::new(
                StatusCode::CONFLICT,
                "backtest_running",
                "A backtest is running",
                error.to_string(),
            ),
            EngineError::Closed => Self::overloaded(error.to_string()),
            EngineError::Store(error) => error.into(),
            EngineError::Catalog(hawkeye_catalog::CatalogError::DiskFull) => {
                Self::overloaded("the disk is full; free some space")
            }
            internal => {
                tracing::error!(error = %internal, "detection could not answer");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Hawkeye could not answer",
                    "the cause is in the server's log",
                )
            }
        }
    }
}
