//! The file and the tables, made and brought up to date.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection, SqlStr};
use tokio::time::timeout;

use super::{DatabaseError, PATIENCE, WAIT_LIMIT, is_sqlite};

/// The steps by which the tables came to be, in both dialects. They are listed here, and not read
/// by sqlx's macro, since that would build both database drivers a second time for the compiler.
const SQLITE: [(&str, &str); 5] = [
    ("accounts", include_str!("../../migrations/sqlite/0001_accounts.sql")),
    ("sessions", include_str!("../../migrations/sqlite/0002_sessions.sql")),
    ("permissions", include_str!("../../migrations/sqlite/0003_permissions.sql")),
    ("readiness", include_str!("../../migrations/sqlite/0004_readiness.sql")),
    ("leaving", include_str!("../../migrations/sqlite/0005_leaving.sql")),
];
const POSTGRES: [(&str, &str); 5] = [
    ("accounts", include_str!("../../migrations/postgres/0001_accounts.sql")),
    ("sessions", include_str!("../../migrations/postgres/0002_sessions.sql")),
    ("permissions", include_str!("../../migrations/postgres/0003_permissions.sql")),
    ("readiness", include_str!("../../migrations/postgres/0004_readiness.sql")),
    ("leaving", include_str!("../../migrations/postgres/0005_leaving.sql")),
];

/// The steps in the database's dialect.
pub(super) fn migrations(is_sqlite: bool) -> Migrator {
    let numbered = if is_sqlite { SQLITE } else { POSTGRES }.into_iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(numbered.collect())
}

/// Makes the file and the tables that are missing. Without a connection of the pool: it may be
/// one that can only read, and is gone afterwards.
pub(super) async fn make(url: &str) -> Result<(), DatabaseError> {
    let is_sqlite = is_sqlite(url);
    if is_sqlite {
        make_sqlite_file(&sqlite_file(url)?)?;
    }
    let connecting = timeout(PATIENCE, AnyConnection::connect(url)).await;
    let mut connection = connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    WAIT_LIMIT.set(&mut connection, is_sqlite).await?;
    if is_sqlite {
        // Lets readers go on while one writes. The file remembers it.
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut connection).await?;
    }
    // Not `run`: a task could not hold what that borrows.
    migrations(is_sqlite).run_direct(None, &mut connection, false).await?;
    // What was to be made is made.
    let _ = connection.close().await;
    Ok(())
}

/// The file behind an address of SQLite's.
pub(super) fn sqlite_file(url: &str) -> Result<PathBuf, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())
}

/// Makes the file readable by its owner alone; SQLite gives its side files the same mode.
fn make_sqlite_file(path: &Path) -> Result<(), DatabaseError> {
    let failed = |error| DatabaseError::File(path.display().to_string(), error);
    // One that is there may be read-only, and need not be made.
    if path.try_exists().map_err(failed)? {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut open = std::fs::OpenOptions::new();
    open.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path).map_err(failed)?;
    Ok(())
}
