//! Opening `catalog.db`, bringing it up to date, and its two doors: reading and writing.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::CatalogError;

/// In order; the number of the last one is the file's format. They are never changed, only followed by another.
const MIGRATIONS: [&str; 4] = [
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
];

/// The two connections wait for each other only while a log is being folded into the file.
const BUSY: Duration = Duration::from_secs(10);

/// The catalog of one data folder. Who opens it must own the folder.
#[derive(Debug)]
pub struct Catalog {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

/// Questions at one moment.
#[derive(Debug)]
pub struct Read<'a>(pub(crate) &'a Connection);

/// One transaction; it can also read, and sees what it wrote.
#[derive(Debug)]
pub struct Write<'a>(Read<'a>);

impl Catalog {
    /// Opens `catalog.db` in a folder, creating it if needed.
    ///
    /// # Errors
    /// When a newer version wrote the file, or it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, CatalogError> {
        let path = folder.join("catalog.db");
        let mut writer = connect(&path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        migrate(&mut writer, &path)?;
        let reader = connect(&path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// # Errors
    /// What the closure returns.
    pub fn read<T>(
        &self,
        question: impl FnOnce(&Read<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let connection = lock(&self.reader);
        // One transaction, so that several questions are answered of the same moment.
        let transaction = connection.unchecked_transaction()?;
        question(&Read(&transaction))
    }

    /// All of it is on disk when this returns `Ok`; on an error nothing is.
    ///
    /// # Errors
    /// What the closure returns, or that the transaction could not be committed.
    pub fn write<T>(
        &self,
        change: impl FnOnce(&Write<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let mut connection = lock(&self.writer);
        let transaction: Transaction<'_> =
            connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = change(&Write(Read(&transaction)))?;
        transaction.commit()?;
        Ok(outcome)
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Read<'a>;

    fn deref(&self) -> &Read<'a> {
        &self.0
    }
}

fn connect(path: &Path) -> Result<Connection, CatalogError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), CatalogError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(CatalogError::TooNew { path: PathBuf::from(path), found, known });
    }
    for (migration, format) in MIGRATIONS.iter().zip(1_i64..).skip(usize::try_from(found).unwrap_or(0)) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", format)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A transaction that panicked was rolled back, so the connection is sound.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Catalog::open(folder.path()).expect("opens"));
        let connection = Connection::open(folder.path().join("catalog.db")).expect("opens");
        connection.pragma_update(None, "user_version", 99).expect("writes");
        let refused = Catalog::open(folder.path()).expect_err("newer").to_string();
        assert!(refused.contains("newer version (format 99"), "{refused}");
    }

    #[test]
    fn an_error_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Catalog::open(folder.path()).expect("opens");
        let outcome = catalog.write(|write| {
            write.set("key", "1", "me", hawkeye_model::Timestamp::from_secs(1))?;
            Err::<(), _>(CatalogError::damaged("test"))
        });
        assert!(outcome.is_err());
        assert_eq!(catalog.read(|read| read.setting("key")).expect("reads"), None);
    }

    #[test]
    fn it_opens_again_with_what_it_had() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = hawkeye_model::Timestamp::from_secs(1);
        let catalog = Catalog::open(folder.path()).expect("opens");
        catalog.write(|write| write.set("key", "1", "me", at)).expect("writes");
        drop(catalog);
        let catalog = Catalog::open(folder.path()).expect("opens");
        assert_eq!(catalog.read(|read| read.setting("key")).expect("reads").as_deref(), Some("1"));
    }
}
