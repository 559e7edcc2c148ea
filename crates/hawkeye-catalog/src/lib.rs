//! Everything small and transactional, in `catalog.db` (SQLite): anomalies with what people said about them, the
//! audit of what that changed, incidents, deployments with their verdicts, settings, the snapshots of detection; published forecasts and their scores;
//! alerts, silences, channels and the outbox of notifications.
//!
//! It keeps and finds; what is anomalous others decide.
//!
//! * [`Catalog::write`] runs its closure in one transaction: all of it is on disk, or nothing.
//! * [`Catalog::read`] has a connection of its own, so that a long write holds up nobody who reads.
//!
//! Both block; call them from a thread that may.

mod adjustment;
mod alert;
mod alert_query;
mod anomaly;
mod anomaly_query;
mod catalog;
mod channel;
mod deployment;
mod error;
mod forecast;
mod incident;
mod incident_query;
mod outbox;
mod people;
mod places;
mod retain;
mod setting;
mod silence;
mod snapshot;
mod words;

pub use adjustment::{ADJUSTMENTS_MAX, Adjustment, NewAdjustment};
pub use alert::{AlertEvent, AlertRow, Mute};
pub use alert_query::{AlertCounts, AlertListState, AlertPage, AlertQuery};
pub use anomaly::{Acknowledged, AnomalyWrite, Spark, StoredAnomaly, Upserted};
pub use anomaly_query::{AnomalyCounts, AnomalyPage, AnomalyQuery, AnomalySort, CursorError, Place};
pub use catalog::{Catalog, Read, Write};
pub use channel::ChannelRow;
pub use deployment::{DEPLOYMENTS_MAX, Deployment, DeploymentDetails, DeploymentQuery};
pub use error::CatalogError;
pub use forecast::{BreachScoreRow, ForecastKey, ForecastScopeRow, ForecastScore, ForecastScoreRow};
pub use incident::{Conclusion, IncidentEvent, IncidentRow, IncidentState, StoredIncident};
pub use incident_query::{IncidentPage, IncidentQuery, MEMBERS_MAX};
pub use outbox::{
    DUE_COUNTED_MAX, Finish, NewOutbox, OutboxCounts, OutboxDepth, OutboxPage, OutboxQuery, OutboxRow,
};
pub use people::{ACTIVITIES_MAX, Activity, PersonalChange};
pub use retain::Retention;
pub use silence::SilenceRow;
pub use snapshot::{StoredSnapshot, Watermark};
pub use words::{ActivityAction, AnomalyState, Verdict};

#[cfg(test)]
mod tests;
