//! Finding alerts: by state, severity, rule, words and time; counted and paged.

use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::alert::{AlertRow, COLUMNS, from_row};
use crate::{CatalogError, Read};

/// Empty lists let everything pass; different fields must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertQuery {
    pub datasets: Vec<Dataset>,
    pub states: Vec<AlertListState>,
    pub severities: Vec<Severity>,
    pub rules: Vec<String>,
    /// Each must occur in the alert's text; case does not matter.
    pub words: Vec<String>,
    pub anomaly: Option<AnomalyId>,
    /// Those that were there at some moment from the first on and before the second.
    pub overlapping: Option<(Timestamp, Timestamp)>,
    /// What [`AlertPage::next_cursor`] said.
    pub cursor: Option<String>,
    pub limit: usize,
}

/// What an alert is listed as: a firing one by what people and silences did, the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertListState {
    Pending,
    Firing,
    Acknowledged,
    Snoozed,
    Muted,
    Resolved,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPage {
    pub items: Vec<AlertRow>,
    pub next_cursor: Option<String>,
    /// Whatever states were asked for.
    pub counts: AlertCounts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlertCounts {
    pub pending: u64,
    pub firing: u64,
    pub acknowledged: u64,
    pub snoozed: u64,
    pub muted: u64,
    pub resolved: u64,
}

/// Gives each row the word of its [`AlertListState`].
const LIST_STATE: &str = "CASE WHEN state <> 'firing' THEN state WHEN is_acknowledged THEN 'acknowledged'
     WHEN is_snoozed THEN 'snoozed' WHEN is_muted THEN 'muted' ELSE 'firing' END";

impl AlertListState {
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Firing, Self::Acknowledged, Self::Snoozed, Self::Muted, Self::Resolved];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Snoozed => "snoozed",
            Self::Muted => "muted",
            Self::Resolved => "resolved",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

impl Read<'_> {
    /// One page, the newest first.
    ///
    /// # Errors
    /// When a row or the cursor cannot be read.
    pub fn alerts(&self, query: &AlertQuery) -> Result<AlertPage, CatalogError> {
        let (mut sql, mut values) = conditions(query);
        let counts = self.alert_counts(&sql, &values)?;
        in_list(&mut sql, &mut values, LIST_STATE, query.states.iter().map(|it| it.as_str().to_owned()));
        if let Some(cursor) = &query.cursor {
            let (started, id) = position(cursor)?;
            sql += " AND (started_us, id) < (?, ?)";
            values.extend([started.into(), id.into()]);
        }
        // Few are active among very many: then the index of those, and not that of the order, is the short way.
        let is_active_only = !query.states.is_empty() && !query.states.contains(&AlertListState::Resolved);
        let order = if is_active_only { "+started_us" } else { "started_us" };
        if is_active_only {
            sql += " AND state <> 'resolved'";
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM alert WHERE {sql} ORDER BY {order} DESC, id DESC LIMIT {}",
            query.limit.saturating_add(1)
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&values))?;
        let mut items: Vec<AlertRow> = Vec::new();
        let mut next_cursor = None;
        while let Some(row) = rows.next()? {
            if items.len() == query.limit {
                next_cursor = items.last().map(|it| cursor(it.started, it.id));
                break;
            }
            items.push(from_row(row)?);
        }
        Ok(AlertPage { items, next_cursor, counts })
    }

    fn alert_counts(&self, conditions: &str, values: &[Value]) -> Result<AlertCounts, CatalogError> {
        let sql = format!("SELECT {LIST_STATE}, COUNT(*) FROM alert WHERE {conditions} GROUP BY 1");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut counts = AlertCounts::default();
        while let Some(row) = rows.next()? {
            let n = row.get::<_, i64>(1)?.cast_unsigned();
            let slot = match AlertListState::parse(&row.get::<_, String>(0)?) {
                Some(AlertListState::Pending) => &mut counts.pending,
                Some(AlertListState::Acknowledged) => &mut counts.acknowledged,
                Some(AlertListState::Snoozed) => &mut counts.snoozed,
                Some(AlertListState::Muted) => &mut counts.muted,
                Some(AlertListState::Resolved) => &mut counts.resolved,
                Some(AlertListState::Firing) | None => &mut counts.firing,
            };
            *slot += n;
        }
        Ok(counts)
    }
}

fn conditions(query: &AlertQuery) -> (String, Vec<Value>) {
    let (mut sql, mut values) = ("1".to_owned(), Vec::new());
    in_list(&mut sql, &mut values, "dataset", query.datasets.iter().map(|it| it.as_str().to_owned()));
    in_list(&mut sql, &mut values, "severity", query.severities.iter().map(|it| *it as i64));
    in_list(&mut sql, &mut values, "rule", query.rules.iter().cloned());
    for word in &query.words {
        sql += " AND instr(words, ?) > 0";
        values.push(word.to_lowercase().into());
    }
    if let Some(anomaly) = query.anomaly {
        sql += " AND anomaly_id = ?";
        values.push(anomaly.0.cast_signed().into());
    }
    if let Some((from, to)) = query.overlapping {
        sql += " AND started_us < ? AND (resolved_us IS NULL OR resolved_us >= ?)";
        values.extend([to.micros().into(), from.micros().into()]);
    }
    (sql, values)
}

/// Adds that an expression is one of several values, if there are any.
pub(crate) fn in_list<T: Into<Value>>(
    sql: &mut String,
    values: &mut Vec<Value>,
    expression: &str,
    wanted: impl Iterator<Item = T>,
) {
    let before = values.len();
    values.extend(wanted.map(Into::into));
    let n = values.len() - before;
    if n > 0 {
        *sql += &format!(" AND {expression} IN ({})", vec!["?"; n].join(", "));
    }
}

/// Pages end at a time and an id.
pub(crate) fn cursor(at: Timestamp, id: i64) -> String {
    format!("{:x}-{:x}", at.micros().cast_unsigned(), id.cast_unsigned())
}

pub(crate) fn position(cursor: &str) -> Result<(i64, i64), CatalogError> {
    let number = |text: &str| u64::from_str_radix(text, 16).ok().map(u64::cast_signed);
    let parts = cursor.split_once('-').and_then(|(at, id)| Some((number(at)?, number(id)?)));
    parts.ok_or(CatalogError::Cursor)
}
