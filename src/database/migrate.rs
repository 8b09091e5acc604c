//! Creates the SQLite file and migrates the tables.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection, SqlStr};
use tokio::time::timeout;

use super::{CONNECT_TIMEOUT, DatabaseError, LOCK_TIMEOUT, is_sqlite};

/// `sqlx::migrate!` would compile both database drivers a second time, for the macro.
macro_rules! migrations {
    ($folder:literal) => {
        [
            ("accounts", include_str!(concat!($folder, "0001_accounts.sql"))),
            ("sessions", include_str!(concat!($folder, "0002_sessions.sql"))),
            ("permissions", include_str!(concat!($folder, "0003_permissions.sql"))),
            ("readiness", include_str!(concat!($folder, "0004_readiness.sql"))),
            ("leaving", include_str!(concat!($folder, "0005_leaving.sql"))),
            ("write_path", include_str!(concat!($folder, "0006_write_path.sql"))),
        ]
    };
}

pub(super) fn migrations(is_sqlite: bool) -> Migrator {
    let files =
        if is_sqlite { migrations!("../../migrations/sqlite/") } else { migrations!("../../migrations/postgres/") };
    let migrations = files.into_iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// Creates the file and the tables that are missing, through its own connection.
pub(super) async fn migrate(url: &str) -> Result<(), DatabaseError> {
    let is_sqlite = is_sqlite(url);
    if is_sqlite {
        create_sqlite_file(&sqlite_file(url)?)?;
    }
    let connecting = timeout(CONNECT_TIMEOUT, AnyConnection::connect(url)).await;
    let mut connection = connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    LOCK_TIMEOUT.set(&mut connection, is_sqlite).await?;
    if is_sqlite {
        // Readers do not wait for writers in this mode, which is stored in the file.
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut connection).await?;
    }
    // Not `run`, whose future is not `Send`.
    migrations(is_sqlite).run_direct(None, &mut connection, false).await?;
    let _ = connection.close().await;
    Ok(())
}

/// The path of the file that a SQLite URL names.
pub(super) fn sqlite_file(url: &str) -> Result<PathBuf, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())
}

/// Creates the file with mode 0600, which SQLite copies to its side files. An existing file is not
/// opened: it may be read-only.
fn create_sqlite_file(path: &Path) -> Result<(), DatabaseError> {
    let failed = |error| DatabaseError::File(path.display().to_string(), error);
    if path.try_exists().map_err(failed)? {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)?;
    Ok(())
}
