//! The audit of what verdicts changed, each with its way back.

use std::sync::Arc;

use hawkeye_model::{AnomalyId, Dataset, Series, Signal, Timestamp};
use rusqlite::{Row, params};

use crate::places::{self, SERIES};
use crate::words::known;
use crate::{CatalogError, Read, Verdict, Write};

/// Older ones go. At a few verdicts a day these are years.
pub const ADJUSTMENTS_MAX: i64 = 10_000;

/// A change of what one signal of one series must reach.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAdjustment {
    pub dataset: Dataset,
    pub at: Timestamp,
    pub actor: String,
    pub anomaly: AnomalyId,
    pub verdict: Verdict,
    pub series: Arc<Series>,
    pub signal: Signal,
    /// Changed only because a relative was judged.
    pub is_kin: bool,
    pub offset_before: f64,
    pub offset_after: f64,
    pub threshold_before: f64,
    pub threshold_after: f64,
    pub hidden: u64,
    pub revealed: u64,
    pub hidden_anomalies: Vec<AnomalyId>,
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    pub id: i64,
    pub what: NewAdjustment,
    pub undone: Option<Timestamp>,
}

impl Read<'_> {
    /// # Errors
    /// When the row cannot be read.
    pub fn adjustment(&self, id: i64) -> Result<Option<Adjustment>, CatalogError> {
        Ok(self.adjustments_where("id = ?1", id, 1)?.pop())
    }

    /// Newest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn adjustments(&self, limit: usize) -> Result<Vec<Adjustment>, CatalogError> {
        self.adjustments_where("?1 = 0", 0, limit)
    }

    /// What verdicts about an anomaly changed and nobody took back, newest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn adjustments_of(&self, anomaly: AnomalyId) -> Result<Vec<Adjustment>, CatalogError> {
        self.adjustments_where("anomaly_id = ?1 AND undone_us IS NULL", anomaly.0.cast_signed(), usize::MAX)
    }

    fn adjustments_where(
        &self,
        condition: &str,
        value: i64,
        limit: usize,
    ) -> Result<Vec<Adjustment>, CatalogError> {
        let sql = format!(
            "SELECT id, dataset, at_us, actor, anomaly_id, verdict, signal, is_kin, offset_before, offset_after,
                    threshold_before, threshold_after, hidden, revealed, hidden_anomalies, sentence, undone_us, {SERIES}
             FROM adjustment WHERE {condition} ORDER BY id DESC LIMIT ?2"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([value, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(from_row(row)?);
        }
        Ok(found)
    }
}

impl Write<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn add_adjustment(&self, new: NewAdjustment) -> Result<Adjustment, CatalogError> {
        let (endpoint, environment) = (new.series.endpoint(), new.series.environment());
        let hidden: Vec<String> = new.hidden_anomalies.iter().map(AnomalyId::to_string).collect();
        self.0
            .prepare_cached(&format!(
                "INSERT INTO adjustment (dataset, at_us, actor, anomaly_id, verdict, signal, is_kin, offset_before,
                     offset_after, threshold_before, threshold_after, hidden, revealed, hidden_anomalies, sentence,
                     {SERIES})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
            ))?
            .execute(params![
                new.dataset.as_str(),
                new.at.micros(),
                new.actor,
                new.anomaly.0.cast_signed(),
                new.verdict.as_str(),
                new.signal.as_str(),
                new.is_kin,
                new.offset_before,
                new.offset_after,
                new.threshold_before,
                new.threshold_after,
                new.hidden.cast_signed(),
                new.revealed.cast_signed(),
                serde_json::to_string(&hidden).unwrap_or_default(),
                new.sentence,
                endpoint.service,
                endpoint.method,
                endpoint.route,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
            ])?;
        let id = self.0.last_insert_rowid();
        self.0
            .prepare_cached("DELETE FROM adjustment WHERE id <= ?1")?
            .execute([id.saturating_sub(ADJUSTMENTS_MAX)])?;
        Ok(Adjustment { id, what: new, undone: None })
    }

    /// False when it was taken back before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn undo_adjustment(&self, id: i64, at: Timestamp) -> Result<bool, CatalogError> {
        let undone = self
            .0
            .prepare_cached("UPDATE adjustment SET undone_us = ?2 WHERE id = ?1 AND undone_us IS NULL")?
            .execute([id, at.micros()])?;
        Ok(undone > 0)
    }
}

fn from_row(row: &Row<'_>) -> Result<Adjustment, CatalogError> {
    let text = |column: usize| row.get::<_, String>(column);
    let hidden: Vec<String> =
        serde_json::from_str(&text(14)?).map_err(|_| CatalogError::damaged("hidden_anomalies"))?;
    Ok(Adjustment {
        id: row.get(0)?,
        what: NewAdjustment {
            dataset: known("data set", &text(1)?, Dataset::parse)?,
            at: Timestamp::from_micros(row.get(2)?),
            actor: text(3)?,
            anomaly: AnomalyId(row.get::<_, i64>(4)?.cast_unsigned()),
            verdict: known("verdict", &text(5)?, Verdict::parse)?,
            series: places::series(row, 17)?,
            signal: known("signal", &text(6)?, Signal::parse)?,
            is_kin: row.get(7)?,
            offset_before: row.get(8)?,
            offset_after: row.get(9)?,
            threshold_before: row.get(10)?,
            threshold_after: row.get(11)?,
            hidden: row.get::<_, i64>(12)?.cast_unsigned(),
            revealed: row.get::<_, i64>(13)?.cast_unsigned(),
            hidden_anomalies: hidden.iter().filter_map(|id| AnomalyId::parse(id)).collect(),
            sentence: text(15)?,
        },
        undone: row.get::<_, Option<i64>>(16)?.map(Timestamp::from_micros),
    })
}
