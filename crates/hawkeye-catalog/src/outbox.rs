//! The outbox: what is to be told, written with what it tells of, until a channel has it or it is lost for it.

use std::time::Duration;

use hawkeye_model::{Dataset, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use crate::alert_query::{cursor, in_list, position};
use crate::words::known;
use crate::{CatalogError, Read, Write};

/// A notification for one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    pub id: i64,
    pub key: String,
    pub channel: String,
    pub thread: String,
    /// `waiting`, `sent`, `dead`, `collapsed` or `withheld`.
    pub state: String,
    pub reason: String,
    pub receiver: String,
    pub title: String,
    pub dataset: Dataset,
    pub created: Timestamp,
    pub next: Timestamp,
    pub attempts: u32,
    pub leased_until: Option<Timestamp>,
    pub last_error: Option<String>,
    pub last_status: Option<u16>,
    pub sent: Option<Timestamp>,
    pub body: String,
}

/// A notification to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    pub key: String,
    pub channel: String,
    pub thread: String,
    pub state: String,
    pub reason: String,
    pub receiver: String,
    pub title: String,
    pub dataset: Dataset,
    pub created: Timestamp,
    pub next: Timestamp,
    pub body: String,
    pub alerts: Vec<i64>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    Sent { at: Timestamp, status: Option<u16> },
    Retry { next: Timestamp, error: String, status: Option<u16> },
    Dead { at: Timestamp, error: String, status: Option<u16> },
}

/// Empty lists let everything pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxQuery {
    pub states: Vec<String>,
    pub channel: Option<String>,
    pub alert: Option<i64>,
    /// Created from the first moment on and before the second.
    pub created: Option<(Timestamp, Timestamp)>,
    /// What [`OutboxPage::next_cursor`] said.
    pub cursor: Option<String>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxPage {
    /// Newest first.
    pub items: Vec<OutboxRow>,
    pub next_cursor: Option<String>,
    /// Whatever states were asked for.
    pub counts: OutboxCounts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    pub waiting: u64,
    pub sent: u64,
    pub dead: u64,
    pub collapsed: u64,
    pub withheld: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxDepth {
    pub waiting: u64,
    pub dead: u64,
    /// When the oldest that waits was written.
    pub oldest_waiting: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, key, channel, thread, state, reason, receiver, title, dataset, created_us, next_us, attempts,
     leased_us, last_error, last_status, sent_us, body";

fn from_row(row: &Row<'_>) -> Result<OutboxRow, CatalogError> {
    Ok(OutboxRow {
        id: row.get(0)?,
        key: row.get(1)?,
        channel: row.get(2)?,
        thread: row.get(3)?,
        state: row.get(4)?,
        reason: row.get(5)?,
        receiver: row.get(6)?,
        title: row.get(7)?,
        dataset: known("data set", &row.get::<_, String>(8)?, Dataset::parse)?,
        created: Timestamp::from_micros(row.get(9)?),
        next: Timestamp::from_micros(row.get(10)?),
        attempts: row.get(11)?,
        leased_until: row.get::<_, Option<i64>>(12)?.map(Timestamp::from_micros),
        last_error: row.get(13)?,
        last_status: row.get(14)?,
        sent: row.get::<_, Option<i64>>(15)?.map(Timestamp::from_micros),
        body: row.get(16)?,
    })
}

/// Jumps from channel to channel and reads of each only one that is due, however much waits; a test asserts it.
pub(crate) const CHANNELS_DUE_SQL: &str = "WITH RECURSIVE next (channel) AS (
         SELECT (SELECT channel FROM outbox WHERE state = 'waiting' ORDER BY channel, next_us LIMIT 1)
         UNION ALL SELECT (SELECT channel FROM outbox WHERE state = 'waiting' AND outbox.channel > next.channel
             ORDER BY channel, next_us LIMIT 1) FROM next WHERE channel IS NOT NULL)
     SELECT channel FROM next WHERE EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting'
         AND outbox.channel = next.channel AND next_us <= ?1 AND (leased_us IS NULL OR leased_us <= ?1))";

/// More than these are many.
pub const DUE_COUNTED_MAX: usize = 300;

const DUE_COUNT_SQL: &str =
    "SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE state = 'waiting' AND channel = ?1
     AND next_us <= ?2 AND (leased_us IS NULL OR leased_us <= ?2) LIMIT ?3)";

/// The oldest that are due of a channel, one of each thread; reads only what is due.
pub(crate) fn due_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM outbox WHERE id IN (SELECT id FROM outbox AS mine
             WHERE state = 'waiting' AND channel = ?1 AND next_us <= ?2 AND (leased_us IS NULL OR leased_us <= ?2)
                 AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.state = 'waiting'
                     AND older.channel = mine.channel AND older.thread = mine.thread AND older.id < mine.id)
             ORDER BY id LIMIT ?3) ORDER BY id"
    )
}

impl Read<'_> {
    /// # Errors
    /// When the row cannot be read.
    pub fn outbox_row(&self, id: i64) -> Result<Option<OutboxRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(from_row).transpose()
    }

    /// Whether something may be claimed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn is_outbox_due(&self, now: Timestamp) -> Result<bool, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT 1 FROM outbox WHERE state = 'waiting' AND next_us <= ?1 AND (leased_us IS NULL OR leased_us <= ?1)
             LIMIT 1",
        )?;
        Ok(statement.exists([now.micros()])?)
    }

    /// One page, the newest first.
    ///
    /// # Errors
    /// When a row or the cursor cannot be read.
    pub fn outbox(&self, query: &OutboxQuery) -> Result<OutboxPage, CatalogError> {
        let (mut sql, mut values) = ("1".to_owned(), Vec::<Value>::new());
        in_list(&mut sql, &mut values, "channel", query.channel.iter().cloned());
        if let Some(alert) = query.alert {
            sql += " AND id IN (SELECT outbox_id FROM outbox_alert WHERE alert_id = ?)";
            values.push(alert.into());
        }
        if let Some((from, to)) = query.created {
            sql += " AND created_us >= ? AND created_us < ?";
            values.extend([from.micros().into(), to.micros().into()]);
        }
        let counts = self.outbox_counts(&sql, &values)?;
        in_list(&mut sql, &mut values, "state", query.states.iter().cloned());
        if let Some(cursor) = &query.cursor {
            let (created, id) = position(cursor)?;
            sql += " AND (created_us, id) < (?, ?)";
            values.extend([created.into(), id.into()]);
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE {sql} ORDER BY created_us DESC, id DESC LIMIT {}",
            query.limit.saturating_add(1)
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&values))?;
        let (mut items, mut next_cursor) = (Vec::<OutboxRow>::new(), None);
        while let Some(row) = rows.next()? {
            if items.len() == query.limit {
                next_cursor = items.last().map(|it| cursor(it.created, it.id));
                break;
            }
            items.push(from_row(row)?);
        }
        Ok(OutboxPage { items, next_cursor, counts })
    }

    fn outbox_counts(&self, conditions: &str, values: &[Value]) -> Result<OutboxCounts, CatalogError> {
        let sql = format!("SELECT state, COUNT(*) FROM outbox WHERE {conditions} GROUP BY 1");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut counts = OutboxCounts::default();
        while let Some(row) = rows.next()? {
            let n = row.get::<_, i64>(1)?.cast_unsigned();
            match row.get::<_, String>(0)?.as_str() {
                "sent" => counts.sent = n,
                "dead" => counts.dead = n,
                "collapsed" => counts.collapsed = n,
                "withheld" => counts.withheld = n,
                _ => counts.waiting = n,
            }
        }
        Ok(counts)
    }

    /// # Errors
    /// When the database refuses.
    pub fn outbox_depth(&self) -> Result<OutboxDepth, CatalogError> {
        let counts = self.outbox_counts("state IN ('waiting', 'dead')", &[])?;
        let mut statement =
            self.0.prepare_cached("SELECT MIN(created_us) FROM outbox WHERE state = 'waiting'")?;
        let oldest: Option<i64> = statement.query_row([], |row| row.get(0))?;
        Ok(OutboxDepth {
            waiting: counts.waiting,
            dead: counts.dead,
            oldest_waiting: oldest.map(Timestamp::from_micros),
        })
    }
}

impl Write<'_> {
    /// `false` when the key is there already; then nothing is written.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn push_outbox(&self, new: &NewOutbox) -> Result<bool, CatalogError> {
        let written = self
            .0
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox (key, channel, thread, state, reason, receiver, title, dataset,
                     created_us, next_us, attempts, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11)",
            )?
            .execute(params![
                new.key,
                new.channel,
                new.thread,
                new.state,
                new.reason,
                new.receiver,
                new.title,
                new.dataset.as_str(),
                new.created.micros(),
                new.next.micros(),
                new.body
            ])?;
        if written == 0 {
            return Ok(false);
        }
        let id = self.0.last_insert_rowid();
        let mut statement = self
            .0
            .prepare_cached("INSERT OR IGNORE INTO outbox_alert (outbox_id, alert_id) VALUES (?1, ?2)")?;
        for alert in &new.alerts {
            statement.execute([id, *alert])?;
        }
        Ok(true)
    }

    /// Takes what is due and leases it. Of each thread of a channel only the oldest is due, so that a channel hears
    /// of an alert in order; of each channel at most as many as there is room for, given how many are due (as far as
    /// [`DUE_COUNTED_MAX`]).
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn claim_outbox(
        &self,
        now: Timestamp,
        lease: Duration,
        mut room: impl FnMut(&str, usize) -> usize,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, CatalogError> {
        let mut claimed = Vec::new();
        for channel in self.channels_due(now)? {
            let due: i64 = self
                .0
                .prepare_cached(DUE_COUNT_SQL)?
                .query_row(params![channel, now.micros(), DUE_COUNTED_MAX as i64], |row| row.get(0))?;
            let due = usize::try_from(due).unwrap_or(0);
            let free = room(&channel, due).min(limit - claimed.len());
            if free == 0 {
                continue;
            }
            let mut statement = self.0.prepare_cached(&due_sql())?;
            let free = i64::try_from(free).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![channel, now.micros(), free])?;
            while let Some(row) = rows.next()? {
                claimed.push(from_row(row)?);
            }
        }
        let until = now.plus(lease);
        for row in &mut claimed {
            (row.leased_until, row.attempts) = (Some(until), row.attempts + 1);
            self.0
                .prepare_cached("UPDATE outbox SET leased_us = ?2, attempts = ?3 WHERE id = ?1")?
                .execute(params![row.id, until.micros(), row.attempts])?;
        }
        Ok(claimed)
    }

    /// Gives back what was claimed and not tried.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn unclaim_outbox(&self, ids: &[i64]) -> Result<(), CatalogError> {
        for id in ids {
            self.0
                .prepare_cached(
                    "UPDATE outbox SET leased_us = NULL, attempts = attempts - 1 WHERE id = ?1 AND leased_us IS NOT NULL",
                )?
                .execute([id])?;
        }
        Ok(())
    }

    /// Ends all leases: whoever held them is gone. Only at the start of the one that owns the folder.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn release_outbox(&self) -> Result<(), CatalogError> {
        self.0.execute("UPDATE outbox SET leased_us = NULL WHERE leased_us IS NOT NULL", [])?;
        Ok(())
    }

    fn channels_due(&self, now: Timestamp) -> Result<Vec<String>, CatalogError> {
        let mut statement = self.0.prepare_cached(CHANNELS_DUE_SQL)?;
        Ok(statement.query_map([now.micros()], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// How an attempt ended. A channel that takes something again is given at once what else waits for it, but for what
    /// it may have asked to be told later (429 and 503).
    ///
    /// # Errors
    /// When the database refuses.
    pub fn finish_outbox(&self, id: i64, finish: &Finish) -> Result<(), CatalogError> {
        let (state, next, at, error, status) = match finish {
            Finish::Sent { at, status } => ("sent", None, Some(*at), None, *status),
            Finish::Retry { next, error, status } => ("waiting", Some(*next), None, Some(error), *status),
            Finish::Dead { error, status, .. } => ("dead", None, None, Some(error), *status),
        };
        self.0
            .prepare_cached(
                "UPDATE outbox SET state = ?2, next_us = COALESCE(?3, next_us), sent_us = ?4, last_error = ?5,
                     last_status = ?6, leased_us = NULL
                 WHERE id = ?1",
            )?
            .execute(params![
                id,
                state,
                next.map(Timestamp::micros),
                at.map(Timestamp::micros),
                error,
                status
            ])?;
        if let Finish::Sent { at, .. } = finish {
            self.0
                .prepare_cached(
                    "UPDATE outbox SET next_us = ?2 WHERE state = 'waiting' AND next_us > ?2 AND leased_us IS NULL
                         AND COALESCE(last_status, 0) NOT IN (429, 503) AND channel = (SELECT channel FROM outbox WHERE id = ?1)",
                )?
                .execute(params![id, at.micros()])?;
        }
        Ok(())
    }

    /// Gives a lost one another day. `false` when it is not lost.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn retry_outbox(&self, id: i64, now: Timestamp) -> Result<bool, CatalogError> {
        let changed = self
            .0
            .prepare_cached(
                "UPDATE outbox SET state = 'waiting', attempts = 0, next_us = ?2, created_us = ?2, leased_us = NULL
                 WHERE id = ?1 AND state = 'dead'",
            )?
            .execute(params![id, now.micros()])?;
        Ok(changed > 0)
    }
}
