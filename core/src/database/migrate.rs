//! Creates the SQLite file and migrates the tables.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection, SqlStr};
use tokio::time::{sleep, timeout};

use super::status::{SchemaState, compare_migrations};
use super::{CONNECT_TIMEOUT, DatabaseError, DatabaseErrorKind, LOCK_TIMEOUT, is_sqlite};

/// How long to retry the change to a write-ahead log.
const WAL_TIMEOUT: Duration = Duration::from_secs(5);
const WAL_RETRY_INTERVAL: Duration = Duration::from_millis(10);
/// Waits until no other process migrates the PostgreSQL database.
const LOCK: &str = "SELECT pg_advisory_xact_lock(3011)";

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
            ("unionid", include_str!(concat!($folder, "0007_unionid.sql"))),
            ("blocked", include_str!(concat!($folder, "0008_blocked.sql"))),
            ("mail_links", include_str!(concat!($folder, "0009_mail_links.sql"))),
            ("mails", include_str!(concat!($folder, "0010_mails.sql"))),
            ("linked_openids", include_str!(concat!($folder, "0011_linked_openids.sql"))),
            ("database_copies", include_str!(concat!($folder, "0012_database_copies.sql"))),
            ("former_usernames", include_str!(concat!($folder, "0013_former_usernames.sql"))),
            ("known_browsers", include_str!(concat!($folder, "0014_known_browsers.sql"))),
        ]
    };
}

pub(super) fn migrations(is_sqlite: bool) -> Migrator {
    let files = if is_sqlite {
        migrations!("../../../migrations/sqlite/")
    } else {
        migrations!("../../../migrations/postgres/")
    };
    let migrations = files.into_iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// Creates the file and the tables that are missing, through its own connection. A database of another program is not
/// changed.
pub(super) async fn migrate(url: &str) -> Result<(), DatabaseError> {
    let is_sqlite = is_sqlite(url);
    if is_sqlite {
        create_sqlite_file(&sqlite_file(url)?)?;
    }
    let connecting = timeout(CONNECT_TIMEOUT, AnyConnection::connect(url)).await;
    let mut connection = connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    LOCK_TIMEOUT.set(&mut connection, is_sqlite).await?;
    let state =
        if is_sqlite { migrate_sqlite(&mut connection).await? } else { migrate_postgres(&mut connection).await? };
    if state == SchemaState::Newer {
        tracing::warn!("a newer version has migrated the database; this one works with it if it is the version before");
    }
    let _ = connection.close().await;
    Ok(())
}

/// Returns how the tables were before.
async fn migrate_sqlite(connection: &mut AnyConnection) -> Result<SchemaState, DatabaseError> {
    let state = compare_migrations(connection, true).await?;
    refuse_foreign(&state)?;
    if matches!(state, SchemaState::Writable { .. } | SchemaState::Newer) {
        enable_write_ahead_log(connection).await?;
    }
    if needs_migrations(&state) {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        run_migrations(&mut transaction, true).await?;
        transaction.commit().await?;
    }
    Ok(state)
}

/// Returns how the tables were before. In one transaction, for poolers: see `is_behind_transaction_pooler`.
async fn migrate_postgres(connection: &mut AnyConnection) -> Result<SchemaState, DatabaseError> {
    let mut transaction = connection.begin().await?;
    let state = compare_migrations(&mut transaction, false).await?;
    refuse_foreign(&state)?;
    if needs_migrations(&state) {
        sqlx::raw_sql(LOCK).execute(&mut *transaction).await?;
        run_migrations(&mut transaction, false).await?;
    }
    transaction.commit().await?;
    Ok(state)
}

fn refuse_foreign(state: &SchemaState) -> Result<(), DatabaseError> {
    match state {
        SchemaState::Foreign(table) => Err(DatabaseError::Foreign(table.clone())),
        _ => Ok(()),
    }
}

/// Whether there are migrations to run, or errors to find by trying.
fn needs_migrations(state: &SchemaState) -> bool {
    !matches!(state, SchemaState::Writable { pending: 0 } | SchemaState::Newer)
}

/// Runs the migrations that are missing by now, while the transaction locks out other processes.
async fn run_migrations(transaction: &mut AnyConnection, is_sqlite: bool) -> Result<(), DatabaseError> {
    // Not `run`, whose future is not `Send`. sqlx's own lock would outlast the transaction.
    Ok(migrations(is_sqlite).set_locking(false).run_direct(None, transaction, false).await?)
}

/// Readers do not wait for writers in this mode, which is stored in the file. SQLite's own timeout does not apply if another
/// connection writes, or changes the mode at the same moment: the change fails at once, to avoid a deadlock.
async fn enable_write_ahead_log(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let started_at = Instant::now();
    loop {
        match sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *connection).await {
            Err(error)
                if DatabaseErrorKind::from(&error) == DatabaseErrorKind::Busy && started_at.elapsed() < WAL_TIMEOUT =>
            {
                sleep(WAL_RETRY_INTERVAL).await;
            }
            result => return result.map(drop),
        }
    }
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
