//! What people set, as JSON by key, and the audit of it.

use hawkeye_model::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{CatalogError, Read, Write};

/// Changes that are remembered.
const AUDIT_MAX: i64 = 1_000;

impl Read<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn setting(&self, key: &str) -> Result<Option<String>, CatalogError> {
        let mut statement = self.0.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }
}

impl Read<'_> {
    /// All whose key begins so, by key.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn settings_with_prefix(&self, prefix: &str) -> Result<Vec<(String, String)>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT key, value FROM setting WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key",
        )?;
        let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Takes a value away and remembers it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn unset(&self, key: &str, actor: &str, at: Timestamp) -> Result<(), CatalogError> {
        let Some(before) = self.setting(key)? else { return Ok(()) };
        self.0.prepare_cached("DELETE FROM setting WHERE key = ?1")?.execute([key])?;
        self.audit(key, Some(&before), "null", actor, at)
    }

    /// Sets a value and remembers the one before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set(&self, key: &str, value: &str, actor: &str, at: Timestamp) -> Result<(), CatalogError> {
        let before = self.setting(key)?;
        if before.as_deref() == Some(value) {
            return Ok(());
        }
        self.0
            .prepare_cached("INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
            .execute([key, value])?;
        self.audit(key, before.as_deref(), value, actor, at)
    }

    /// Values are JSON, so `null` after is one that was taken away.
    fn audit(
        &self,
        key: &str,
        before: Option<&str>,
        after: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO setting_audit (at_us, actor, key, before, after) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![at.micros(), actor, key, before, after])?;
        let id = self.0.last_insert_rowid();
        self.0
            .prepare_cached("DELETE FROM setting_audit WHERE id <= ?1")?
            .execute([id.saturating_sub(AUDIT_MAX)])?;
        Ok(())
    }
}
