//! Incidents: which anomalies belong together, how that came, and what was concluded of them.
//!
//! The conclusion is JSON that only the engine understands. Finding them is in `incident_query`.

use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};
use rusqlite::params;

use crate::{CatalogError, Write};

#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRow {
    /// Shown as 16 hex digits.
    pub id: u64,
    pub dataset: Dataset,
    pub severity: Severity,
    pub title: String,
    pub onset: Timestamp,
    pub detected: Timestamp,
    pub updated: Timestamp,
    pub closed: Option<Timestamp>,
    pub services: Vec<String>,
    pub environments: Vec<String>,
    pub requests_hurt: f64,
    pub conclusion: Option<Conclusion>,
}

/// What is searched and listed of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    pub verdict: String,
    pub sentence: String,
    /// JSON.
    pub subject: String,
    /// When it was made.
    pub at: Timestamp,
}

/// An incident as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredIncident {
    pub row: IncidentRow,
    pub anomalies: u64,
    pub anomalies_open: u64,
    /// Who acknowledged, when all open anomalies are acknowledged.
    pub acknowledged_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentEvent {
    pub at: Timestamp,
    pub kind: String,
    pub reason: String,
    pub anomaly: Option<AnomalyId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IncidentState {
    Open,
    Acknowledged,
    Closed,
}

impl IncidentState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Closed];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    pub(crate) const fn condition(self) -> &'static str {
        match self {
            Self::Open => "(closed_us IS NULL AND unseen > 0)",
            Self::Acknowledged => "(closed_us IS NULL AND unseen = 0)",
            Self::Closed => "closed_us IS NOT NULL",
        }
    }
}

impl StoredIncident {
    #[must_use]
    pub fn state(&self) -> IncidentState {
        match (self.row.closed, &self.acknowledged_by) {
            (Some(_), _) => IncidentState::Closed,
            (None, Some(_)) => IncidentState::Acknowledged,
            (None, None) => IncidentState::Open,
        }
    }
}

impl Write<'_> {
    /// Writes all but the conclusion and the diagnosis, which stay, with the severity and harm that they found.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_incident(&self, row: &IncidentRow) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO incident (id, dataset, severity, title, onset_us, detected_us, updated_us, closed_us,
                     services, environments, requests_hurt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET severity = IIF(diagnosed_us IS NULL, ?3, severity), title = ?4,
                     onset_us = ?5, detected_us = ?6, updated_us = MAX(updated_us, ?7), closed_us = ?8, services = ?9,
                     environments = ?10, requests_hurt = IIF(diagnosed_us IS NULL, ?11, requests_hurt),
                     merged_into = NULL",
            )?
            .execute(params![
                row.id.cast_signed(),
                row.dataset.as_str(),
                row.severity as i64,
                row.title,
                row.onset.micros(),
                row.detected.micros(),
                row.updated.micros(),
                row.closed.map(Timestamp::micros),
                texts(&row.services),
                texts(&row.environments),
                finite(row.requests_hurt),
            ])?;
        Ok(())
    }

    /// What was concluded, and the harm that was measured.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_diagnosis(
        &self,
        id: u64,
        concluded: &Conclusion,
        severity: Severity,
        requests_hurt: f64,
        body: &str,
    ) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "UPDATE incident SET verdict = ?2, sentence = ?3, subject = ?4, diagnosed_us = ?5, diagnosis = ?6,
                     severity = ?7, requests_hurt = ?8, updated_us = MAX(updated_us, ?5)
                 WHERE id = ?1",
            )?
            .execute(params![
                id.cast_signed(),
                concluded.verdict,
                concluded.sentence,
                concluded.subject,
                concluded.at.micros(),
                body,
                severity as i64,
                finite(requests_hurt),
            ])?;
        Ok(())
    }

    /// It was looked at once more, and nothing better was found.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_diagnosed(&self, id: u64, at: Timestamp) -> Result<(), CatalogError> {
        self.0
            .prepare_cached("UPDATE incident SET diagnosed_us = ?2 WHERE id = ?1")?
            .execute([id.cast_signed(), at.micros()])?;
        Ok(())
    }

    /// Takes the incidents of a data set away.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget_incidents(&self, dataset: Dataset) -> Result<(), CatalogError> {
        for table in ["incident", "incident_progress"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE dataset = ?1"), [dataset.as_str()])?;
        }
        self.drop_incident_orphans()
    }

    /// Puts an anomaly into an incident, out of any other.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_member(&self, incident: u64, anomaly: AnomalyId) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO incident_anomaly (anomaly_id, incident_id) VALUES (?1, ?2)",
            )?
            .execute([anomaly.0.cast_signed(), incident.cast_signed()])?;
        Ok(())
    }

    /// All that one incident has becomes another's; links to it lead there.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn merge_incidents(&self, from: u64, into: u64, at: Timestamp) -> Result<(), CatalogError> {
        let ids = [from.cast_signed(), into.cast_signed()];
        for table in ["incident_anomaly", "incident_event"] {
            self.0.execute(&format!("UPDATE {table} SET incident_id = ?2 WHERE incident_id = ?1"), ids)?;
        }
        self.0.execute(
            "UPDATE incident SET merged_into = ?2, closed_us = COALESCE(closed_us, ?3) WHERE id = ?1",
            [ids[0], ids[1], at.micros()],
        )?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn add_incident_event(&self, incident: u64, event: &IncidentEvent) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO incident_event (incident_id, at_us, kind, reason, anomaly_id) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                incident.cast_signed(),
                event.at.micros(),
                event.kind,
                event.reason,
                event.anomaly.map(|id| id.0.cast_signed())
            ])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_incident_progress(&self, dataset: Dataset, until: Timestamp) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO incident_progress (dataset, until_us) VALUES (?1, ?2)
                 ON CONFLICT (dataset) DO UPDATE SET until_us = excluded.until_us",
            )?
            .execute(params![dataset.as_str(), until.micros()])?;
        Ok(())
    }

    /// Drops incidents whose anomalies are gone.
    pub(crate) fn drop_incident_orphans(&self) -> Result<(), CatalogError> {
        self.0.execute_batch(
            "DELETE FROM incident_anomaly WHERE anomaly_id NOT IN (SELECT id FROM anomaly);
             DELETE FROM incident WHERE merged_into IS NULL
                 AND id NOT IN (SELECT incident_id FROM incident_anomaly);
             DELETE FROM incident WHERE merged_into IS NOT NULL
                 AND merged_into NOT IN (SELECT id FROM incident);
             DELETE FROM incident_event WHERE incident_id NOT IN (SELECT id FROM incident);",
        )?;
        Ok(())
    }
}

fn texts(texts: &[String]) -> String {
    // Texts always have a JSON.
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".into())
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}
