//! Channels with their sealed secrets, and what they want to remember of a thread.

use hawkeye_model::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{CatalogError, Read, Write};

/// One channel. The body is the engine's; nobody here can open the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    pub id: String,
    pub body: String,
    pub secret: Option<Vec<u8>>,
    /// Why it is not used any more.
    pub disabled_reason: Option<String>,
    pub updated: Timestamp,
}

impl Read<'_> {
    /// By id.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn channels(&self) -> Result<Vec<ChannelRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, body, secret, disabled_reason, updated_us FROM channel ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(ChannelRow {
                id: row.get(0)?,
                body: row.get(1)?,
                secret: row.get(2)?,
                disabled_reason: row.get(3)?,
                updated: Timestamp::from_micros(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When the database refuses.
    pub fn memory(&self, channel: &str, thread: &str) -> Result<Option<String>, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT value FROM channel_memory WHERE channel = ?1 AND thread = ?2")?;
        Ok(statement.query_row([channel, thread], |row| row.get(0)).optional()?)
    }
}

impl Write<'_> {
    /// Without a secret the stored one stays. The reason why it was disabled is gone afterwards.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_channel(
        &self,
        id: &str,
        body: &str,
        secret: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO channel (id, body, secret, disabled_reason, updated_us) VALUES (?1, ?2, ?3, NULL, ?4)
                 ON CONFLICT (id) DO UPDATE SET body = ?2, secret = COALESCE(?3, secret), disabled_reason = NULL,
                     updated_us = ?4",
            )?
            .execute(params![id, body, secret, at.micros()])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn remove_channel(&self, id: &str) -> Result<(), CatalogError> {
        self.0.execute("DELETE FROM channel WHERE id = ?1", [id])?;
        self.0.execute("DELETE FROM channel_memory WHERE channel = ?1", [id])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn disable_channel(&self, id: &str, reason: Option<&str>) -> Result<(), CatalogError> {
        self.0
            .prepare_cached("UPDATE channel SET disabled_reason = ?2 WHERE id = ?1")?
            .execute(params![id, reason])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn set_memory(
        &self,
        channel: &str,
        thread: &str,
        value: &str,
        at: Timestamp,
    ) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO channel_memory (channel, thread, value, updated_us) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![channel, thread, value, at.micros()])?;
        Ok(())
    }
}
