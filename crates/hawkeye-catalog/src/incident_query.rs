//! Finding incidents: by time, place, state and verdict; counted and paged; what belongs to one.

use std::collections::HashMap;

use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use crate::anomaly_query::{Conditions, id_value};
use crate::incident::{Conclusion, IncidentEvent, IncidentRow, IncidentState, StoredIncident};
use crate::words::known;
use crate::{AnomalyQuery, CatalogError, CursorError, Read, StoredAnomaly};

/// Anomalies of one incident that are read at once; no incident takes more.
pub const MEMBERS_MAX: usize = 2_000;

/// Events of one incident that are read: the newest.
const EVENTS_MAX: i64 = 500;

/// Empty lists let everything pass; different fields must all match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncidentQuery {
    /// With an anomaly of this scope; only place, endpoint, service, method, words and data set count.
    pub scope: AnomalyQuery,
    /// Those that were open at some moment from the first on and before the second.
    pub range: Option<(Timestamp, Timestamp)>,
    pub states: Vec<IncidentState>,
    pub severities: Vec<Severity>,
    pub verdicts: Vec<String>,
    /// What [`IncidentPage::next`] said.
    pub after: Option<String>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct IncidentPage {
    pub items: Vec<StoredIncident>,
    /// On all pages.
    pub total: u64,
    pub next: Option<String>,
    /// Of the scope and range, whatever else is asked.
    pub open: u64,
    pub closed: u64,
}

impl IncidentQuery {
    /// # Errors
    /// When `after` is no cursor of this list.
    pub fn check(&self) -> Result<(), CursorError> {
        self.after.as_deref().map_or(Ok(()), |after| position(after).map(|_| ()))
    }
}

/// Everything of an incident but its diagnosis, with what is counted of its anomalies.
const INCIDENTS: &str = "SELECT id, dataset, severity, title, onset_us, detected_us, updated_us, closed_us, services,
        environments, requests_hurt, verdict, sentence, subject, diagnosed_us, anomalies, anomalies_open, unseen,
        acknowledged_by
    FROM (SELECT incident.*, COUNT(a.id) AS anomalies,
            COALESCE(SUM(a.closed_us IS NULL AND a.id IS NOT NULL), 0) AS anomalies_open,
            COALESCE(SUM(a.closed_us IS NULL AND a.id IS NOT NULL AND a.acknowledged_us IS NULL), 0)
                + (COUNT(a.acknowledged_by) = 0) AS unseen,
            MAX(a.acknowledged_by) AS acknowledged_by
        FROM incident LEFT JOIN incident_anomaly m ON m.incident_id = incident.id
            LEFT JOIN anomaly a ON a.id = m.anomaly_id
        WHERE merged_into IS NULL AND {} GROUP BY incident.id)";

impl Read<'_> {
    /// One page, newest first.
    ///
    /// # Errors
    /// When a row or the cursor cannot be read.
    pub fn incidents(&self, query: &IncidentQuery) -> Result<IncidentPage, CatalogError> {
        let mut inner = Conditions::none();
        if let Some((from, to)) = query.range {
            inner.add("incident.onset_us < ?", [Value::Integer(to.micros())]);
            inner.add(
                "(incident.closed_us IS NULL OR incident.closed_us >= ?)",
                [Value::Integer(from.micros())],
            );
        }
        let scope = Conditions::of(&query.scope);
        if !scope.is_empty() {
            let text = format!(
                "incident.id IN (SELECT incident_id FROM incident_anomaly JOIN anomaly ON anomaly.id = anomaly_id
                 WHERE {})",
                scope.sql()
            );
            inner.add(&text, scope.values);
        }
        let plain = |conditions: &Conditions, more: &str| {
            let sql = format!(
                "SELECT COUNT(*) FROM incident WHERE merged_into IS NULL AND {} AND {more}",
                conditions.sql()
            );
            self.count(&sql, &conditions.values)
        };
        let (open, closed) = (plain(&inner, "closed_us IS NULL")?, plain(&inner, "closed_us IS NOT NULL")?);
        inner.one_of(
            "incident.severity",
            query.severities.iter().map(|it| Value::Integer(*it as i64)).collect(),
        );
        inner.one_of("incident.verdict", query.verdicts.iter().cloned().map(Value::Text).collect());
        // Whether somebody has seen it is counted from its anomalies, which only the few open ones need.
        let wants = |state| query.states.is_empty() || query.states.contains(&state);
        let (wants_open, wants_seen) = (wants(IncidentState::Open), wants(IncidentState::Acknowledged));
        let is_by_seen = wants_open != wants_seen;
        match (wants_open || wants_seen, wants(IncidentState::Closed)) {
            (true, false) => inner.add("incident.closed_us IS NULL", []),
            (false, true) => inner.add("incident.closed_us IS NOT NULL", []),
            _ => {}
        }
        let mut outer = Conditions::none();
        if is_by_seen {
            outer.any(query.states.iter().map(|state| (state.condition().to_owned(), Vec::new())));
        }
        let total = match is_by_seen {
            true => {
                let all = INCIDENTS.replace("{}", &inner.sql());
                self.count(&format!("SELECT COUNT(*) FROM ({all}) WHERE {}", outer.sql()), &inner.values)?
            }
            false => plain(&inner, "TRUE")?,
        };
        if let Some(after) = &query.after {
            let position = position(after).map_err(|error| CatalogError::damaged(error.to_string()))?;
            inner.add("(incident.onset_us, incident.id) < (?, ?)", position);
        }
        let limit = query.limit.saturating_add(1);
        let order = "ORDER BY onset_us DESC, id DESC LIMIT";
        let within = match is_by_seen {
            true => inner.sql(),
            false => format!(
                "incident.id IN (SELECT id FROM incident WHERE merged_into IS NULL AND {} {order} {limit})",
                inner.sql()
            ),
        };
        let all = INCIDENTS.replace("{}", &within);
        let sql = format!("SELECT * FROM ({all}) WHERE {} {order} {limit}", outer.sql());
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&inner.values))?;
        let (mut items, mut next) = (Vec::<StoredIncident>::new(), None);
        while let Some(row) = rows.next()? {
            if items.len() == query.limit {
                next = items.last().map(cursor);
                break;
            }
            items.push(from_row(row)?);
        }
        Ok(IncidentPage { items, total, next, open, closed })
    }

    fn count(&self, sql: &str, values: &[Value]) -> Result<u64, CatalogError> {
        let count: i64 = self.0.prepare_cached(sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// Follows mergers: links to an incident that was taken into another lead there.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn incident(&self, id: u64) -> Result<Option<StoredIncident>, CatalogError> {
        let id = self.survivor(id)?;
        let sql = INCIDENTS.replace("{}", "incident.id = ?");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([id.cast_signed()])?;
        rows.next()?.map(from_row).transpose()
    }

    fn survivor(&self, mut id: u64) -> Result<u64, CatalogError> {
        let mut statement = self.0.prepare_cached("SELECT merged_into FROM incident WHERE id = ?1")?;
        // Mergers go to older incidents only, so that the chain ends.
        while let Some(Some(next)) =
            statement.query_row([id.cast_signed()], |row| row.get::<_, Option<i64>>(0)).optional()?
        {
            id = next.cast_unsigned();
        }
        Ok(id)
    }

    /// The diagnosis of an incident, as it was stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn diagnosis(&self, id: u64) -> Result<Option<String>, CatalogError> {
        let id = self.survivor(id)?;
        let mut statement = self.0.prepare_cached("SELECT diagnosis FROM incident WHERE id = ?1")?;
        Ok(statement.query_row([id.cast_signed()], |row| row.get(0)).optional()?.flatten())
    }

    /// Anomalies of an incident by onset, at most [`MEMBERS_MAX`].
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn incident_anomalies(&self, id: u64) -> Result<Vec<StoredAnomaly>, CatalogError> {
        let id = self.survivor(id)?;
        let sql = format!(
            "SELECT {} FROM anomaly WHERE id IN (SELECT anomaly_id FROM incident_anomaly WHERE incident_id = ?1)
             ORDER BY onset_us, id LIMIT ?2",
            crate::anomaly::columns()
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params![id.cast_signed(), MEMBERS_MAX as i64])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(crate::anomaly::from_row(row)?);
        }
        Ok(found)
    }

    /// Oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn incident_events(&self, id: u64) -> Result<Vec<IncidentEvent>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT at_us, kind, reason, anomaly_id FROM (SELECT * FROM incident_event WHERE incident_id = ?1
             ORDER BY id DESC LIMIT ?2) ORDER BY id",
        )?;
        let rows = statement.query_map(params![self.survivor(id)?.cast_signed(), EVENTS_MAX], |row| {
            Ok(IncidentEvent {
                at: Timestamp::from_micros(row.get(0)?),
                kind: row.get(1)?,
                reason: row.get(2)?,
                anomaly: row.get::<_, Option<i64>>(3)?.map(|id| AnomalyId(id.cast_unsigned())),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Incidents that are open, or closed since a moment, oldest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn incidents_since(
        &self,
        dataset: Dataset,
        since: Timestamp,
    ) -> Result<Vec<StoredIncident>, CatalogError> {
        let condition = "incident.dataset = ?1 AND (incident.closed_us IS NULL OR incident.closed_us >= ?2)";
        let sql = format!("{} ORDER BY onset_us, id", INCIDENTS.replace("{}", condition));
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params![dataset.as_str(), since.micros()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(from_row(row)?);
        }
        Ok(found)
    }

    /// Incidents that were never diagnosed, or not since they closed, oldest first.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn incidents_to_conclude(&self, dataset: Dataset) -> Result<Vec<StoredIncident>, CatalogError> {
        let condition = "incident.dataset = ?1 AND incident.closed_us IS NOT NULL
            AND (incident.diagnosed_us IS NULL OR incident.diagnosed_us < incident.closed_us)";
        let sql = format!("{} ORDER BY onset_us DESC, id", INCIDENTS.replace("{}", condition));
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([dataset.as_str()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(from_row(row)?);
        }
        Ok(found)
    }

    /// Of which incident an anomaly is.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn incident_of(&self, anomaly: AnomalyId) -> Result<Option<u64>, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT incident_id FROM incident_anomaly WHERE anomaly_id = ?1")?;
        let found = statement.query_row([anomaly.0.cast_signed()], |row| row.get::<_, i64>(0)).optional()?;
        Ok(found.map(i64::cast_unsigned))
    }

    /// Of which incident each open anomaly of a data set is.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn incidents_of_open(&self, dataset: Dataset) -> Result<HashMap<AnomalyId, u64>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT anomaly_id, incident_id FROM incident_anomaly JOIN anomaly ON anomaly.id = anomaly_id
             WHERE anomaly.dataset = ?1 AND anomaly.closed_us IS NULL",
        )?;
        let rows = statement.query_map([dataset.as_str()], |row| {
            let (anomaly, incident): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((AnomalyId(anomaly.cast_unsigned()), incident.cast_unsigned()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Anomalies of a data set that changed after a moment, by detection.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn anomalies_changed_since(
        &self,
        dataset: Dataset,
        since: Timestamp,
    ) -> Result<Vec<StoredAnomaly>, CatalogError> {
        let sql = format!(
            "SELECT {} FROM anomaly WHERE dataset = ?1 AND updated_us >= ?2 ORDER BY detected_us, onset_us, id",
            crate::anomaly::columns()
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params![dataset.as_str(), since.micros()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(crate::anomaly::from_row(row)?);
        }
        Ok(found)
    }

    /// Up to when anomalies have been grouped.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn incident_progress(&self, dataset: Dataset) -> Result<Option<Timestamp>, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT until_us FROM incident_progress WHERE dataset = ?1")?;
        let found = statement.query_row([dataset.as_str()], |row| row.get::<_, i64>(0)).optional()?;
        Ok(found.map(Timestamp::from_micros))
    }
}

fn from_row(row: &Row<'_>) -> Result<StoredIncident, CatalogError> {
    let at = |column: usize| row.get(column).map(Timestamp::from_micros);
    let severity: i64 = row.get(2)?;
    let severity = Severity::ALL.into_iter().find(|known| *known as i64 == severity);
    let concluded = match (row.get(11)?, row.get(12)?, row.get(13)?, row.get::<_, Option<i64>>(14)?) {
        (Some(verdict), Some(sentence), Some(subject), Some(at)) => {
            Some(Conclusion { verdict, sentence, subject, at: Timestamp::from_micros(at) })
        }
        _ => None,
    };
    let is_seen = row.get::<_, i64>(17)? == 0;
    Ok(StoredIncident {
        row: IncidentRow {
            id: row.get::<_, i64>(0)?.cast_unsigned(),
            dataset: known("data set", &row.get::<_, String>(1)?, Dataset::parse)?,
            severity: severity.ok_or_else(|| CatalogError::damaged("severity"))?,
            title: row.get(3)?,
            onset: at(4)?,
            detected: at(5)?,
            updated: at(6)?,
            closed: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_micros),
            services: read_texts(&row.get::<_, String>(8)?)?,
            environments: read_texts(&row.get::<_, String>(9)?)?,
            requests_hurt: row.get(10)?,
            conclusion: concluded,
        },
        anomalies: row.get::<_, i64>(15)?.cast_unsigned(),
        anomalies_open: row.get::<_, i64>(16)?.cast_unsigned(),
        acknowledged_by: row.get::<_, Option<String>>(18)?.filter(|_| is_seen),
    })
}

fn cursor(last: &StoredIncident) -> String {
    format!("{:x}-{:x}", last.row.onset.micros().cast_unsigned(), last.row.id)
}

fn position(cursor: &str) -> Result<[Value; 2], CursorError> {
    let mut parts = cursor.split('-').map(|part| u64::from_str_radix(part, 16));
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(onset)), Some(Ok(id)), None) => Ok([Value::Integer(onset.cast_signed()), id_value(id)]),
        _ => Err(CursorError),
    }
}

fn read_texts(json: &str) -> Result<Vec<String>, CatalogError> {
    serde_json::from_str(json).map_err(|_| CatalogError::damaged("a list of texts"))
}
