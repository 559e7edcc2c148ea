//! The SQLite file that makes appends durable and names the segments that count.
//!
//! Each payload carries its XXH3-64 checksum: a damaged row stops the start with its number instead of a wrong answer.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use hawkeye_model::{Dataset, Timestamp};
use rusqlite::{Connection, Transaction, params};
use xxhash_rust::xxh3::xxh3_64;

use crate::StoreError;
use crate::schema::Table;

/// Raised whenever an older version could no longer read the folder.
const FORMAT: i64 = 1;

#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) connection: Connection,
    path: PathBuf,
}

/// A buffered batch.
#[derive(Debug, Clone)]
pub(crate) struct Buffered {
    pub(crate) seq: i64,
    pub(crate) table: Table,
    pub(crate) dataset: Dataset,
    pub(crate) stored_at: Timestamp,
    pub(crate) batch: RecordBatch,
}

/// A row of the segment table.
#[derive(Debug, Clone)]
pub(crate) struct SegmentRow {
    pub(crate) file: String,
    pub(crate) table: Table,
    pub(crate) dataset: Dataset,
    pub(crate) rows: u64,
    pub(crate) size_bytes: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Buffer {
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("buffer.db");
        let connection = Connection::open(&path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS buffer (
                 seq INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, dataset TEXT NOT NULL,
                 stored_us INTEGER NOT NULL, checksum INTEGER NOT NULL, payload BLOB NOT NULL);
             CREATE TABLE IF NOT EXISTS segment (
                 file TEXT PRIMARY KEY, table_name TEXT NOT NULL, dataset TEXT NOT NULL, rows INTEGER NOT NULL,
                 size_bytes INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL);",
        )?;
        let buffer = Self { connection, path };
        match buffer.meta("format")? {
            Some(found) if found > FORMAT => {
                return Err(StoreError::TooNew { folder: folder.into(), found, known: FORMAT });
            }
            _ => set_meta(&buffer.connection, "format", FORMAT)?,
        }
        Ok(buffer)
    }

    /// The last request batch whose requests are in a stored rollup.
    pub(crate) fn consumed_seq(&self) -> Result<i64, StoreError> {
        Ok(self.meta("consumed_seq")?.unwrap_or(0))
    }

    pub(crate) fn load(&self) -> Result<Vec<Buffered>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT seq, table_name, dataset, stored_us, checksum, payload FROM buffer ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let mut buffered = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get(0)?;
            let damaged =
                |reason: &str| StoreError::Damaged { path: self.path.clone(), seq, reason: reason.into() };
            let table: String = row.get(1)?;
            let dataset: String = row.get(2)?;
            let payload: Vec<u8> = row.get(5)?;
            if xxh3_64(&payload) as i64 != row.get::<_, i64>(4)? {
                return Err(damaged("its checksum is wrong"));
            }
            buffered.push(Buffered {
                seq,
                table: Table::parse(&table).ok_or_else(|| damaged("it names an unknown table"))?,
                dataset: Dataset::parse(&dataset).ok_or_else(|| damaged("it names an unknown data set"))?,
                stored_at: Timestamp::from_micros(row.get(3)?),
                batch: from_ipc(&payload).map_err(|error| damaged(&error.to_string()))?,
            });
        }
        Ok(buffered)
    }

    pub(crate) fn segments(&self) -> Result<Vec<SegmentRow>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT file, table_name, dataset, rows, size_bytes, first_us, last_us FROM segment ORDER BY file",
        )?;
        let mut rows = statement.query([])?;
        let mut segments = Vec::new();
        while let Some(row) = rows.next()? {
            let (table, dataset): (String, String) = (row.get(1)?, row.get(2)?);
            let unknown = || StoreError::Damaged {
                path: self.path.clone(),
                seq: 0,
                reason: format!("a segment names the unknown table {table} or data set {dataset}"),
            };
            segments.push(SegmentRow {
                file: row.get(0)?,
                table: Table::parse(&table).ok_or_else(unknown)?,
                dataset: Dataset::parse(&dataset).ok_or_else(unknown)?,
                rows: row.get::<_, i64>(3)? as u64,
                size_bytes: row.get::<_, i64>(4)? as u64,
                first: Timestamp::from_micros(row.get(5)?),
                last: Timestamp::from_micros(row.get(6)?),
            });
        }
        Ok(segments)
    }

    fn meta(&self, key: &str) -> Result<Option<i64>, StoreError> {
        use rusqlite::OptionalExtension;
        let value =
            self.connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0));
        Ok(value.optional()?)
    }
}

/// The sequence number that the next buffered row will get.
pub(crate) fn next_seq(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    let last: i64 = transaction.query_row(
        "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'buffer'), 0)",
        [],
        |row| row.get(0),
    )?;
    Ok(last + 1)
}

/// Returns the new row's sequence number.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    table: Table,
    dataset: Dataset,
    stored_at: Timestamp,
    batch: &RecordBatch,
) -> Result<i64, StoreError> {
    let payload = to_ipc(batch)?;
    transaction
        .prepare_cached(
            "INSERT INTO buffer (table_name, dataset, stored_us, checksum, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![table.name(), dataset.as_str(), stored_at.micros(), xxh3_64(&payload) as i64, payload])?;
    Ok(transaction.last_insert_rowid())
}

pub(crate) fn delete(transaction: &Transaction<'_>, seqs: &[i64]) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached("DELETE FROM buffer WHERE seq = ?1")?;
    for seq in seqs {
        statement.execute([seq])?;
    }
    Ok(())
}

pub(crate) fn set_consumed_seq(transaction: &Transaction<'_>, seq: i64) -> Result<(), StoreError> {
    set_meta(transaction, "consumed_seq", seq)
}

pub(crate) fn insert_segment(transaction: &Transaction<'_>, row: &SegmentRow) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO segment (file, table_name, dataset, rows, size_bytes, first_us, last_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            row.file,
            row.table.name(),
            row.dataset.as_str(),
            row.rows as i64,
            row.size_bytes as i64,
            row.first.micros(),
            row.last.micros()
        ],
    )?;
    Ok(())
}

pub(crate) fn delete_segment(transaction: &Transaction<'_>, file: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM segment WHERE file = ?1", [file])?;
    Ok(())
}

fn set_meta(connection: &Connection, key: &str, value: i64) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![key, value],
    )?;
    Ok(())
}

fn to_ipc(batch: &RecordBatch) -> Result<Vec<u8>, StoreError> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    Ok(writer.into_inner()?)
}

fn from_ipc(bytes: &[u8]) -> Result<RecordBatch, StoreError> {
    let mut reader = StreamReader::try_new(bytes, None)?;
    let batch = reader.next().transpose()?;
    Ok(batch.unwrap_or_else(|| RecordBatch::new_empty(reader.schema())))
}
