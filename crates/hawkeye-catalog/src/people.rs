//! What people do with an anomaly, and its timeline.

use hawkeye_model::{AnomalyId, CloseReason, Timestamp};
use rusqlite::{ToSql, params};

use crate::words::known;
use crate::{ActivityAction, CatalogError, Read, Verdict, Write};

/// Entries of one anomaly; the first and the newest stay.
pub const ACTIVITIES_MAX: i64 = 500;

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    pub at: Timestamp,
    pub actor: String,
    pub action: ActivityAction,
    pub note: Option<String>,
}

/// What a person changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonalChange {
    Acknowledge,
    Unacknowledge,
    Assign(Option<String>),
    /// Only the entry in the timeline.
    Note,
    Judge {
        verdict: Verdict,
        reason: Option<String>,
    },
    ClearVerdict,
    /// Only the row: who watches must be told, too.
    Close,
}

impl Read<'_> {
    /// Oldest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn activity(&self, id: AnomalyId) -> Result<Vec<Activity>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT at_us, actor, action, note FROM activity WHERE anomaly_id = ?1 ORDER BY at_us, id",
        )?;
        let mut rows = statement.query([id.0.cast_signed()])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(Activity {
                at: Timestamp::from_micros(row.get(0)?),
                actor: row.get(1)?,
                action: known("action", &row.get::<_, String>(2)?, ActivityAction::parse)?,
                note: row.get(3)?,
            });
        }
        Ok(entries)
    }
}

impl Write<'_> {
    /// True when the anomaly is other than before. Every change that counts has an entry in the timeline.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn change(
        &self,
        id: AnomalyId,
        change: &PersonalChange,
        actor: &str,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, CatalogError> {
        let row = id.0.cast_signed();
        let update = |sql: &str, values: &[&dyn ToSql]| {
            Ok::<_, CatalogError>(self.0.prepare_cached(sql)?.execute(values)? > 0)
        };
        let (changed, action) = match change {
            PersonalChange::Acknowledge => (
                update(
                    "UPDATE anomaly SET acknowledged_by = ?2, acknowledged_us = ?3
                     WHERE id = ?1 AND acknowledged_us IS NULL AND closed_us IS NULL",
                    &[&row, &actor, &at.micros()],
                )?,
                ActivityAction::Acknowledged,
            ),
            PersonalChange::Unacknowledge => (
                update(
                    "UPDATE anomaly SET acknowledged_by = NULL, acknowledged_us = NULL
                     WHERE id = ?1 AND acknowledged_us IS NOT NULL",
                    &[&row],
                )?,
                ActivityAction::Unacknowledged,
            ),
            PersonalChange::Assign(assignee) => (
                update(
                    "UPDATE anomaly SET assignee = ?2 WHERE id = ?1 AND assignee IS NOT ?2",
                    &[&row, assignee],
                )?,
                ActivityAction::Assigned,
            ),
            PersonalChange::Note => {
                (update("UPDATE anomaly SET id = id WHERE id = ?1", &[&row])?, ActivityAction::Noted)
            }
            PersonalChange::Judge { verdict, reason } => (
                update(
                    "UPDATE anomaly SET verdict = ?2, verdict_reason = ?3
                     WHERE id = ?1 AND (verdict IS NOT ?2 OR verdict_reason IS NOT ?3)",
                    &[&row, &verdict.as_str(), reason],
                )?,
                ActivityAction::Judged,
            ),
            PersonalChange::ClearVerdict => (
                update(
                    "UPDATE anomaly SET verdict = NULL, verdict_reason = NULL WHERE id = ?1 AND verdict IS NOT NULL",
                    &[&row],
                )?,
                ActivityAction::VerdictCleared,
            ),
            PersonalChange::Close => (
                update(
                    "UPDATE anomaly SET closed_us = ?2, updated_us = MAX(updated_us, ?2), close_reason = ?3
                     WHERE id = ?1 AND closed_us IS NULL",
                    &[&row, &at.micros(), &CloseReason::ByHand.as_str()],
                )?,
                ActivityAction::Closed,
            ),
        };
        if changed {
            let detail = match (change, note) {
                (PersonalChange::Assign(assignee), None) => assignee.clone(),
                (PersonalChange::Judge { verdict, .. }, None) => Some(verdict.as_str().to_owned()),
                (PersonalChange::Judge { verdict, .. }, Some(note)) => {
                    Some(format!("{}: {note}", verdict.as_str()))
                }
                (_, note) => note.map(str::to_owned),
            };
            self.add_activity(id, at, actor, action, detail.as_deref())?;
        }
        Ok(changed)
    }

    /// # Errors
    /// When the database refuses.
    pub fn add_activity(
        &self,
        id: AnomalyId,
        at: Timestamp,
        actor: &str,
        action: ActivityAction,
        note: Option<&str>,
    ) -> Result<(), CatalogError> {
        let row = id.0.cast_signed();
        self.0
            .prepare_cached(
                "INSERT INTO activity (anomaly_id, at_us, actor, action, note) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![row, at.micros(), actor, action.as_str(), note])?;
        // The oldest but the first: how it began is always told.
        self.0
            .prepare_cached(
                "DELETE FROM activity WHERE id IN (
                     SELECT id FROM activity WHERE anomaly_id = ?1 ORDER BY id LIMIT
                         MAX(0, (SELECT COUNT(*) FROM activity WHERE anomaly_id = ?1) - ?2) OFFSET 1)",
            )?
            .execute([row, ACTIVITIES_MAX])?;
        Ok(())
    }
}
