//! Silences, and links that were used.

use hawkeye_model::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::{CatalogError, Read, Write};

/// Silences that ended and are listed; the newest.
const ENDED_MAX: i64 = 1_000;

/// One silence. The body is the engine's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceRow {
    pub id: String,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub updated: Timestamp,
    pub body: String,
}

const COLUMNS: &str = "id, starts_us, ends_us, updated_us, body";

fn from_row(row: &Row<'_>) -> rusqlite::Result<SilenceRow> {
    Ok(SilenceRow {
        id: row.get(0)?,
        starts: Timestamp::from_micros(row.get(1)?),
        ends: Timestamp::from_micros(row.get(2)?),
        updated: Timestamp::from_micros(row.get(3)?),
        body: row.get(4)?,
    })
}

impl Read<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn silence(&self, id: &str) -> Result<Option<SilenceRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {COLUMNS} FROM silence WHERE id = ?1"))?;
        Ok(statement.query_row([id], from_row).optional()?)
    }

    /// Those that end after a moment, the latest end first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn silences(&self, ending_after: Timestamp) -> Result<Vec<SilenceRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM silence WHERE ends_us > ?1 ORDER BY ends_us DESC, id LIMIT ?2"
        ))?;
        let limit = 10 * ENDED_MAX + ENDED_MAX;
        let rows = statement.query_map(params![ending_after.micros(), limit], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When the database refuses.
    pub fn is_link_used(&self, hash: &str) -> Result<bool, CatalogError> {
        let mut statement = self.0.prepare_cached("SELECT 1 FROM used_link WHERE hash = ?1")?;
        Ok(statement.exists([hash])?)
    }
}

impl Write<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn put_silence(&self, silence: &SilenceRow) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(&format!(
                "INSERT OR REPLACE INTO silence ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"
            ))?
            .execute(params![
                silence.id,
                silence.starts.micros(),
                silence.ends.micros(),
                silence.updated.micros(),
                silence.body
            ])?;
        Ok(())
    }

    /// True only the first time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn use_link(&self, hash: &str, actor: &str, at: Timestamp) -> Result<bool, CatalogError> {
        let used = self
            .0
            .prepare_cached("INSERT OR IGNORE INTO used_link (hash, actor, used_us) VALUES (?1, ?2, ?3)")?
            .execute(params![hash, actor, at.micros()])?;
        Ok(used > 0)
    }
}
