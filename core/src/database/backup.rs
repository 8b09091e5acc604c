//! Copies a SQLite database while other processes use it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::{AnyConnection, Connection};

use super::open_existing::{OpenError, check_exists};
use super::{LOCK_TIMEOUT, is_sqlite};

/// Why a database was not copied.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("DATABASE_URL is PostgreSQL; back it up with pg_dump")]
    NotSqlite,
    #[error("DATABASE_URL: {0}")]
    Open(#[from] OpenError),
    #[error("cannot create {0}: {1}; name a file that does not exist, in a folder that can be written")]
    File(PathBuf, io::Error),
    #[error("cannot copy the database: {0}")]
    Copy(#[from] sqlx::Error),
}

/// Copies the database at `url` to `file`, which must not exist. The copy is complete and consistent, whatever other
/// processes write, and on the disk when this returns. If it fails, it leaves no file.
pub async fn back_up(url: &str, file: &Path) -> Result<(), BackupError> {
    if !is_sqlite(url) {
        return Err(BackupError::NotSqlite);
    }
    check_exists(url).await?;
    let failed = |error| BackupError::File(file.to_owned(), error);
    // SQLite would fill an empty file that exists.
    let created = create_private(file).map_err(failed)?;
    let copied = copy(url, file).await;
    let synced = copied.and_then(|()| created.sync_all().map_err(failed));
    if synced.is_err() {
        let _ = std::fs::remove_file(file);
    }
    synced
}

async fn copy(url: &str, file: &Path) -> Result<(), BackupError> {
    let path = file.to_str().ok_or_else(|| {
        BackupError::File(file.to_owned(), io::Error::new(io::ErrorKind::InvalidFilename, "the name is not UTF-8"))
    })?;
    let mut connection = AnyConnection::connect(url).await?;
    LOCK_TIMEOUT.set(&mut connection, true).await?;
    sqlx::query("VACUUM INTO $1").bind(path).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Accounts are for their operator's eyes only.
fn create_private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
