//! One anomaly: its row, and how the engine's view of it is written without touching what people said.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, Band, CloseReason, Dataset, Measure, Severity, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::places::{self, SERIES};
use crate::words::known;
use crate::{ActivityAction, AnomalyState, CatalogError, Read, Verdict, Write};

/// Who acts when nobody does.
const HAWKEYE: &str = "hawkeye";

/// An anomaly with everything that is known about it but its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnomaly {
    pub anomaly: Anomaly,
    pub dataset: Dataset,
    pub spark: Spark,
    pub acknowledged: Option<Acknowledged>,
    pub assignee: Option<String>,
    pub verdict: Option<Verdict>,
    pub verdict_reason: Option<String>,
    /// The incident that it belongs to.
    pub incident: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub by: String,
    pub at: Timestamp,
}

/// A short course of the score, to draw in a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spark {
    pub t0: Timestamp,
    pub step: Duration,
    pub scores: Vec<f32>,
}

/// What the engine knows about an anomaly.
#[derive(Debug, Clone, PartialEq)]
pub struct AnomalyWrite {
    pub anomaly: Anomaly,
    /// `None` keeps what is there; the same for the evidence.
    pub spark: Option<Spark>,
    pub evidence: Option<Vec<u8>>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    Opened,
    Reopened,
    Updated,
    Closed,
    /// The catalog already knows as much or more.
    Unchanged,
}

impl StoredAnomaly {
    #[must_use]
    pub fn state(&self) -> AnomalyState {
        match (self.anomaly.closed, &self.acknowledged) {
            (Some(_), _) => AnomalyState::Closed,
            (None, Some(_)) => AnomalyState::Acknowledged,
            (None, None) => AnomalyState::Open,
        }
    }
}

/// All columns of a [`StoredAnomaly`].
pub(crate) fn columns() -> String {
    format!(
        "id, dataset, kind, severity, onset_us, detected_us, updated_us, closed_us, close_reason, measure, observed,
         lower, expected, upper, score_peak, threshold, requests, requests_hurt, version, sentence, spark,
         acknowledged_by, acknowledged_us, assignee, verdict, verdict_reason, {SERIES},
         (SELECT incident_id FROM incident_anomaly WHERE anomaly_id = anomaly.id)"
    )
}

impl Read<'_> {
    /// # Errors
    /// When the row cannot be read.
    pub fn anomaly(&self, id: AnomalyId) -> Result<Option<StoredAnomaly>, CatalogError> {
        let mut statement =
            self.0.prepare_cached(&format!("SELECT {} FROM anomaly WHERE id = ?1", columns()))?;
        let mut rows = statement.query([id.0.cast_signed()])?;
        rows.next()?.map(from_row).transpose()
    }

    /// # Errors
    /// When the row cannot be read.
    pub fn evidence(&self, id: AnomalyId) -> Result<Option<Vec<u8>>, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT evidence FROM anomaly_evidence WHERE anomaly_id = ?1")?;
        Ok(statement.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?)
    }

    /// Those of a data set that are not closed.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn open_anomalies(&self, dataset: Dataset) -> Result<Vec<StoredAnomaly>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT {} FROM anomaly WHERE dataset = ?1 AND closed_us IS NULL",
            columns()
        ))?;
        let mut rows = statement.query([dataset.as_str()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(from_row(row)?);
        }
        Ok(found)
    }
}

impl Write<'_> {
    /// Writes what the engine knows. What people said stays. A view that is older than the stored one changes
    /// nothing: after a crash the same windows are looked at again.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn upsert(
        &self,
        dataset: Dataset,
        AnomalyWrite { anomaly, spark, evidence }: &AnomalyWrite,
    ) -> Result<Upserted, CatalogError> {
        let before = self.anomaly(anomaly.id)?;
        let stored_spark = before.as_ref().map(|before| &before.spark);
        let spark = spark.as_ref().or(stored_spark).cloned().unwrap_or_default();
        let outcome = match &before {
            // Another data set's: 64 bits make that a curiosity, not a case to solve.
            Some(before) if before.dataset != dataset => return Ok(Upserted::Unchanged),
            Some(before) if before.anomaly.updated > anomaly.updated => return Ok(Upserted::Unchanged),
            Some(before) => match (before.anomaly.closed, anomaly.closed) {
                (None, Some(_)) => Upserted::Closed,
                (Some(_), None) => Upserted::Reopened,
                _ if before.anomaly == *anomaly && before.spark == spark => Upserted::Unchanged,
                _ => Upserted::Updated,
            },
            None => Upserted::Opened,
        };
        if outcome != Upserted::Unchanged {
            self.put_row(dataset, anomaly, &spark)?;
        }
        if let Some(evidence) = evidence {
            self.0
                .prepare_cached(
                    "INSERT OR REPLACE INTO anomaly_evidence (anomaly_id, evidence) VALUES (?1, ?2)",
                )?
                .execute(params![anomaly.id.0.cast_signed(), evidence])?;
        }
        self.note_course(before.as_ref(), anomaly, outcome)?;
        Ok(outcome)
    }

    fn note_course(
        &self,
        before: Option<&StoredAnomaly>,
        anomaly: &Anomaly,
        outcome: Upserted,
    ) -> Result<(), CatalogError> {
        let note = |at, action, note: Option<&str>| self.add_activity(anomaly.id, at, HAWKEYE, action, note);
        if outcome == Upserted::Opened {
            note(anomaly.detected, ActivityAction::Opened, Some(&anomaly.sentence))?;
        }
        if outcome == Upserted::Reopened {
            note(anomaly.updated, ActivityAction::Reopened, None)?;
        }
        let rose = before.is_some_and(|before| before.anomaly.severity < anomaly.severity);
        if rose && outcome != Upserted::Unchanged {
            note(anomaly.updated, ActivityAction::Escalated, Some(anomaly.severity.as_str()))?;
        }
        let was_open = before.is_none_or(|before| before.anomaly.is_open());
        match anomaly.closed {
            // A person's closing has its own entry.
            Some((at, reason)) if was_open && reason != CloseReason::ByHand => {
                note(at, ActivityAction::Closed, Some(reason.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn put_row(&self, dataset: Dataset, anomaly: &Anomaly, spark: &Spark) -> Result<(), CatalogError> {
        let (endpoint, environment) = (anomaly.series.endpoint(), anomaly.series.environment());
        self.0
            .prepare_cached(
                "INSERT INTO anomaly (id, dataset, series_id, endpoint_id, service, method, route, provider, deployment,
                     region, signal, kind, severity, onset_us, detected_us, updated_us, closed_us, close_reason, measure,
                     observed, lower, expected, upper, score_peak, threshold, requests, requests_hurt, version, sentence,
                     spark)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                     ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)
                 ON CONFLICT (id) DO UPDATE SET kind = ?12, severity = ?13, onset_us = ?14, updated_us = ?16,
                     closed_us = ?17, close_reason = ?18, measure = ?19, observed = ?20, lower = ?21, expected = ?22,
                     upper = ?23, score_peak = ?24, threshold = ?25, requests = ?26, requests_hurt = ?27, version = ?28,
                     sentence = ?29, spark = ?30",
            )?
            .execute(params![
                anomaly.id.0.cast_signed(),
                dataset.as_str(),
                anomaly.series.id().0.cast_signed(),
                anomaly.series.endpoint_id().0.cast_signed(),
                endpoint.service,
                endpoint.method,
                endpoint.route,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
                anomaly.kind.signal().as_str(),
                anomaly.kind.as_str(),
                anomaly.severity as i64,
                anomaly.onset.micros(),
                anomaly.detected.micros(),
                anomaly.updated.micros(),
                anomaly.closed.map(|(at, _)| at.micros()),
                anomaly.closed.map(|(_, reason)| reason.as_str()),
                anomaly.measure.as_str(),
                number(anomaly.observed),
                number(anomaly.band.lower),
                number(anomaly.band.expected),
                number(anomaly.band.upper),
                number(anomaly.score_peak),
                number(anomaly.threshold),
                anomaly.requests.cast_signed(),
                number(anomaly.requests_hurt),
                anomaly.deployment,
                anomaly.sentence,
                spark.encode(),
            ])?;
        Ok(())
    }
}

/// SQLite takes NaN for NULL.
fn number(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// Reads [`columns`].
pub(crate) fn from_row(row: &Row<'_>) -> Result<StoredAnomaly, CatalogError> {
    let at = |column: usize| row.get(column).map(Timestamp::from_micros);
    let text = |column: usize| row.get::<_, String>(column);
    let closed = match row.get::<_, Option<i64>>(7)? {
        Some(closed) => {
            Some((Timestamp::from_micros(closed), known("close_reason", &text(8)?, CloseReason::parse)?))
        }
        None => None,
    };
    let severity: i64 = row.get(3)?;
    let severity = Severity::ALL.into_iter().find(|known| *known as i64 == severity);
    let acknowledged = match (row.get::<_, Option<String>>(21)?, row.get::<_, Option<i64>>(22)?) {
        (Some(by), Some(at)) => Some(Acknowledged { by, at: Timestamp::from_micros(at) }),
        _ => None,
    };
    let verdict: Option<String> = row.get(24)?;
    Ok(StoredAnomaly {
        anomaly: Anomaly {
            id: AnomalyId(row.get::<_, i64>(0)?.cast_unsigned()),
            series: places::series(row, 26)?,
            kind: known("kind", &text(2)?, AnomalyKind::parse)?,
            severity: severity.ok_or_else(|| CatalogError::damaged("severity"))?,
            onset: at(4)?,
            detected: at(5)?,
            updated: at(6)?,
            closed,
            measure: known("measure", &text(9)?, Measure::parse)?,
            observed: row.get(10)?,
            band: Band { lower: row.get(11)?, expected: row.get(12)?, upper: row.get(13)? },
            score_peak: row.get(14)?,
            threshold: row.get(15)?,
            requests: row.get::<_, i64>(16)?.cast_unsigned(),
            requests_hurt: row.get(17)?,
            deployment: row.get::<_, Option<Arc<str>>>(18)?,
            sentence: row.get(19)?,
        },
        dataset: known("data set", &text(1)?, Dataset::parse)?,
        spark: Spark::decode(&row.get::<_, Vec<u8>>(20)?)?,
        acknowledged,
        assignee: row.get(23)?,
        verdict: verdict.map(|verdict| known("verdict", &verdict, Verdict::parse)).transpose()?,
        verdict_reason: row.get(25)?,
        incident: row.get::<_, Option<i64>>(32)?.map(i64::cast_unsigned),
    })
}

impl Spark {
    /// Start and step in microseconds, then the scores; little-endian.
    fn encode(&self) -> Vec<u8> {
        let step_us = i64::try_from(self.step.as_micros()).unwrap_or(i64::MAX);
        let mut bytes = Vec::with_capacity(16 + 4 * self.scores.len());
        bytes.extend(self.t0.micros().to_le_bytes());
        bytes.extend(step_us.to_le_bytes());
        bytes.extend(self.scores.iter().flat_map(|score| score.to_le_bytes()));
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, CatalogError> {
        let (t0, rest) = bytes.split_first_chunk().ok_or_else(|| CatalogError::damaged("spark"))?;
        let (step, rest) = rest.split_first_chunk().ok_or_else(|| CatalogError::damaged("spark"))?;
        let (scores, _) = rest.as_chunks();
        Ok(Self {
            t0: Timestamp::from_micros(i64::from_le_bytes(*t0)),
            step: Duration::from_micros(u64::try_from(i64::from_le_bytes(*step)).unwrap_or(0)),
            scores: scores.iter().map(|score| f32::from_le_bytes(*score)).collect(),
        })
    }
}
