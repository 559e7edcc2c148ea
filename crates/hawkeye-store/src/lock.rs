//! One process per data folder. The operating system drops the lock when the process ends, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::StoreError;

#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(crate) fn acquire(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("LOCK");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::io(&path))?;
        if file.try_lock().is_err() {
            let mut pid = String::new();
            file.read_to_string(&mut pid).map_err(StoreError::io(&path))?;
            return Err(StoreError::Locked { folder: folder.into(), pid: pid.trim().into() });
        }
        file.set_len(0).map_err(StoreError::io(&path))?;
        file.seek(SeekFrom::Start(0)).map_err(StoreError::io(&path))?;
        writeln!(file, "{}", std::process::id()).map_err(StoreError::io(&path))?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_owner_is_told_the_first_ones_pid() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = FolderLock::acquire(folder.path()).expect("free");
        let refused = FolderLock::acquire(folder.path()).expect_err("taken").to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(first);
        FolderLock::acquire(folder.path()).expect("free again");
    }
}
