//! What detection has learnt, in chunks of bytes, and how far it had come.

use hawkeye_model::{Dataset, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{CatalogError, Read, Write};

/// How far detection had come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watermark {
    /// The end of the last window that the snapshot contains.
    pub snapshot: Option<Timestamp>,
    /// When a window was last looked at.
    pub alive: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSnapshot {
    pub watermark: Timestamp,
    pub chunks: Vec<Vec<u8>>,
}

impl Read<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn watermark(&self, dataset: Dataset) -> Result<Watermark, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT snapshot_us, alive_us FROM watermark WHERE dataset = ?1")?;
        let found = statement.query_row([dataset.as_str()], |row| {
            let at = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp::from_micros));
            Ok(Watermark { snapshot: at(0)?, alive: at(1)? })
        });
        Ok(found.optional()?.unwrap_or_default())
    }

    /// # Errors
    /// When the database refuses.
    pub fn snapshot(&self, dataset: Dataset) -> Result<Option<StoredSnapshot>, CatalogError> {
        let Some(watermark) = self.watermark(dataset)?.snapshot else { return Ok(None) };
        let mut statement =
            self.0.prepare_cached("SELECT payload FROM snapshot WHERE dataset = ?1 ORDER BY chunk")?;
        let chunks = statement.query_map([dataset.as_str()], |row| row.get(0))?;
        Ok(Some(StoredSnapshot { watermark, chunks: chunks.collect::<Result<_, _>>()? }))
    }
}

impl Write<'_> {
    /// Replaces the one before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_snapshot(
        &self,
        dataset: Dataset,
        watermark: Timestamp,
        chunks: &[Vec<u8>],
    ) -> Result<(), CatalogError> {
        let mut insert = self.0.prepare_cached(
            "INSERT OR REPLACE INTO snapshot (dataset, chunk, payload) VALUES (?1, ?2, ?3)",
        )?;
        for (number, chunk) in (0_i64..).zip(chunks) {
            insert.execute(params![dataset.as_str(), number, chunk])?;
        }
        self.0
            .prepare_cached("DELETE FROM snapshot WHERE dataset = ?1 AND chunk >= ?2")?
            .execute(params![dataset.as_str(), i64::try_from(chunks.len()).unwrap_or(i64::MAX)])?;
        self.0
            .prepare_cached(
                "INSERT INTO watermark (dataset, snapshot_us) VALUES (?1, ?2)
                 ON CONFLICT (dataset) DO UPDATE SET snapshot_us = excluded.snapshot_us",
            )?
            .execute(params![dataset.as_str(), watermark.micros()])?;
        Ok(())
    }

    /// Somebody looks at windows at this moment.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_alive(&self, dataset: Dataset, at: Timestamp) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO watermark (dataset, alive_us) VALUES (?1, ?2)
                 ON CONFLICT (dataset) DO UPDATE SET alive_us = excluded.alive_us",
            )?
            .execute(params![dataset.as_str(), at.micros()])?;
        Ok(())
    }
}
