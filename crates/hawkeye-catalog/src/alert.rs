//! Alerts: their rows, their timelines, and what hid them.

use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::words::known;
use crate::{CatalogError, Read, Write};

/// Entries of one alert's timeline; the first and the newest stay.
const ALERT_EVENTS_MAX: i64 = 500;

/// One alert. The body is the engine's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    pub id: i64,
    pub fingerprint: String,
    pub dataset: Dataset,
    /// `pending`, `firing` or `resolved`.
    pub state: String,
    pub severity: Severity,
    pub rule: Option<String>,
    pub source: String,
    pub name: String,
    /// Lower-case text to search.
    pub words: String,
    pub is_acknowledged: bool,
    pub is_muted: bool,
    pub is_snoozed: bool,
    pub anomaly: Option<AnomalyId>,
    pub started: Timestamp,
    pub resolved: Option<Timestamp>,
    pub updated: Timestamp,
    pub body: String,
}

/// An entry of an alert's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEvent {
    pub at: Timestamp,
    pub actor: String,
    pub kind: String,
    pub note: Option<String>,
}

/// A time in which something hid an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    pub alert: i64,
    pub kind: String,
    pub by: String,
    pub from: Timestamp,
    pub to: Option<Timestamp>,
}

pub(crate) const COLUMNS: &str = "id, fingerprint, dataset, state, severity, rule, source, name, words,
     is_acknowledged, is_muted, is_snoozed, anomaly_id, started_us, resolved_us, updated_us, body";

pub(crate) fn from_row(row: &Row<'_>) -> Result<AlertRow, CatalogError> {
    let severity: i64 = row.get(4)?;
    let severity = usize::try_from(severity).ok().and_then(|it| Severity::ALL.get(it).copied());
    Ok(AlertRow {
        id: row.get(0)?,
        fingerprint: row.get(1)?,
        dataset: known("data set", &row.get::<_, String>(2)?, Dataset::parse)?,
        state: row.get(3)?,
        severity: severity.ok_or_else(|| CatalogError::damaged("severity"))?,
        rule: row.get(5)?,
        source: row.get(6)?,
        name: row.get(7)?,
        words: row.get(8)?,
        is_acknowledged: row.get(9)?,
        is_muted: row.get(10)?,
        is_snoozed: row.get(11)?,
        anomaly: row.get::<_, Option<i64>>(12)?.map(|it| AnomalyId(it.cast_unsigned())),
        started: Timestamp::from_micros(row.get(13)?),
        resolved: row.get::<_, Option<i64>>(14)?.map(Timestamp::from_micros),
        updated: Timestamp::from_micros(row.get(15)?),
        body: row.get(16)?,
    })
}

impl Read<'_> {
    /// Those that are not over, and those that ended since a moment.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn active_alerts(&self, resolved_since: Timestamp) -> Result<Vec<AlertRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM alert WHERE state <> 'resolved'
             UNION ALL SELECT {COLUMNS} FROM alert WHERE resolved_us >= ?1 AND state = 'resolved' ORDER BY id"
        ))?;
        let mut rows = statement.query([resolved_since.micros()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(from_row(row)?);
        }
        Ok(found)
    }

    /// # Errors
    /// When the row cannot be read.
    pub fn alert(&self, id: i64) -> Result<Option<AlertRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {COLUMNS} FROM alert WHERE id = ?1"))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(from_row).transpose()
    }

    /// Oldest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn alert_events(&self, alert: i64) -> Result<Vec<AlertEvent>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT at_us, actor, kind, note FROM alert_event WHERE alert_id = ?1 ORDER BY id",
        )?;
        let events = statement.query_map([alert], |row| {
            Ok(AlertEvent {
                at: Timestamp::from_micros(row.get(0)?),
                actor: row.get(1)?,
                kind: row.get(2)?,
                note: row.get(3)?,
            })
        })?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// Oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn mutes_of(&self, alert: i64) -> Result<Vec<Mute>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT alert_id, kind, by, from_us, to_us FROM alert_mute WHERE alert_id = ?1 ORDER BY from_us",
        )?;
        Ok(statement.query_map([alert], mute)?.collect::<Result<_, _>>()?)
    }

    /// What something hid, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn hidden_by(&self, kind: &str, by: &str, limit: usize) -> Result<Vec<Mute>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT alert_id, kind, by, from_us, to_us FROM alert_mute WHERE kind = ?1 AND by = ?2
             ORDER BY from_us DESC LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(statement.query_map(params![kind, by, limit], mute)?.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When the database refuses.
    pub fn next_alert_id(&self) -> Result<i64, CatalogError> {
        Ok(self.progress("next_alert_id")?.unwrap_or(1))
    }

    /// Up to where the rules were applied.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn alert_progress(&self, dataset: Dataset) -> Result<Option<Timestamp>, CatalogError> {
        Ok(self.progress(dataset.as_str())?.map(Timestamp::from_micros))
    }

    fn progress(&self, name: &str) -> Result<Option<i64>, CatalogError> {
        let mut statement = self.0.prepare_cached("SELECT value FROM alert_progress WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// # Errors
    /// When the database refuses.
    pub fn groups(&self) -> Result<Vec<(String, String)>, CatalogError> {
        let mut statement = self.0.prepare_cached("SELECT key, body FROM alert_group ORDER BY key")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}

fn mute(row: &Row<'_>) -> rusqlite::Result<Mute> {
    Ok(Mute {
        alert: row.get(0)?,
        kind: row.get(1)?,
        by: row.get(2)?,
        from: Timestamp::from_micros(row.get(3)?),
        to: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
    })
}

impl Write<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn put_alert(&self, alert: &AlertRow) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(&format!(
                "INSERT OR REPLACE INTO alert ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            ))?
            .execute(params![
                alert.id,
                alert.fingerprint,
                alert.dataset.as_str(),
                alert.state,
                alert.severity as i64,
                alert.rule,
                alert.source,
                alert.name,
                alert.words,
                alert.is_acknowledged,
                alert.is_muted,
                alert.is_snoozed,
                alert.anomaly.map(|it| it.0.cast_signed()),
                alert.started.micros(),
                alert.resolved.map(Timestamp::micros),
                alert.updated.micros(),
                alert.body,
            ])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn remove_alert(&self, id: i64) -> Result<(), CatalogError> {
        self.0.prepare_cached("DELETE FROM alert WHERE id = ?1")?.execute([id])?;
        self.0.prepare_cached("DELETE FROM alert_event WHERE alert_id = ?1")?.execute([id])?;
        self.0.prepare_cached("DELETE FROM alert_mute WHERE alert_id = ?1")?.execute([id])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn add_alert_event(
        &self,
        alert: i64,
        at: Timestamp,
        actor: &str,
        kind: &str,
        note: Option<&str>,
    ) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO alert_event (alert_id, at_us, actor, kind, note) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![alert, at.micros(), actor, kind, note])?;
        // The oldest but the first: how it began is always told.
        self.0
            .prepare_cached(
                "DELETE FROM alert_event WHERE id IN (
                     SELECT id FROM alert_event WHERE alert_id = ?1 ORDER BY id LIMIT
                         MAX(0, (SELECT COUNT(*) FROM alert_event WHERE alert_id = ?1) - ?2) OFFSET 1)",
            )?
            .execute([alert, ALERT_EVENTS_MAX])?;
        Ok(())
    }

    /// Makes what hides an alert be exactly this from a moment on.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_mutes(&self, alert: i64, by: &[(String, String)], at: Timestamp) -> Result<(), CatalogError> {
        let open = self.mutes_of(alert)?.into_iter().filter(|it| it.to.is_none());
        let open: Vec<(String, String)> = open.map(|it| (it.kind, it.by)).collect();
        for (kind, name) in open.iter().filter(|it| !by.contains(it)) {
            self.0
                .prepare_cached(
                    "UPDATE alert_mute SET to_us = ?4
                     WHERE alert_id = ?1 AND kind = ?2 AND by = ?3 AND to_us IS NULL",
                )?
                .execute(params![alert, kind, name, at.micros()])?;
        }
        for (kind, name) in by.iter().filter(|it| !open.contains(it)) {
            self.0
                .prepare_cached(
                    "INSERT OR REPLACE INTO alert_mute (alert_id, kind, by, from_us, to_us)
                     VALUES (?1, ?2, ?3, ?4, NULL)",
                )?
                .execute(params![alert, kind, name, at.micros()])?;
        }
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_next_alert_id(&self, id: i64) -> Result<(), CatalogError> {
        self.put_progress("next_alert_id", id)
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_alert_progress(&self, dataset: Dataset, until: Timestamp) -> Result<(), CatalogError> {
        self.put_progress(dataset.as_str(), until.micros())
    }

    fn put_progress(&self, name: &str, value: i64) -> Result<(), CatalogError> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO alert_progress (name, value) VALUES (?1, ?2)")?
            .execute(params![name, value])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_group(&self, key: &str, body: &str) -> Result<(), CatalogError> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO alert_group (key, body) VALUES (?1, ?2)")?
            .execute([key, body])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn remove_group(&self, key: &str) -> Result<(), CatalogError> {
        self.0.prepare_cached("DELETE FROM alert_group WHERE key = ?1")?.execute([key])?;
        Ok(())
    }
}
