//! Inspects the database without creating, migrating or changing anything.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::{AnyConnection, Connection, Row};
use tokio::time::timeout;

use super::health::WRITE;
use super::migrate::{migrations, sqlite_file};
use super::{LockTimeout, is_sqlite};

/// Limit for the whole inspection.
const TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_TIMEOUT: LockTimeout =
    LockTimeout { sqlite: "PRAGMA busy_timeout = 2000", postgres: "SET lock_timeout = '2s'" };

/// How the tables compare with this version's migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The file does not exist yet: the site creates it when it starts.
    NotCreated(PathBuf),
    /// The database can be written.
    Writable {
        /// How many migrations the next start will run.
        pending: usize,
    },
    /// A newer version of this program migrated the tables.
    Newer,
    /// A migration failed half-way, or its file was changed afterwards.
    Damaged,
}

/// Compares the tables with this version's migrations, and writes in a transaction that is rolled
/// back. Reports a timeout as [`sqlx::Error::PoolTimedOut`].
pub async fn check_status(url: &str) -> Result<SchemaState, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let is_sqlite = is_sqlite(url);
    if is_sqlite {
        let file = sqlite_file(url)?;
        if !file.try_exists()? {
            return Ok(SchemaState::NotCreated(file));
        }
    }
    timeout(TIMEOUT, inspect(url, is_sqlite)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

async fn inspect(url: &str, is_sqlite: bool) -> Result<SchemaState, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    LOCK_TIMEOUT.set(&mut connection, is_sqlite).await?;
    let state = compare_migrations(&mut connection, is_sqlite).await?;
    if let SchemaState::Writable { pending } = state {
        try_write(&mut connection, pending == 0).await?;
    }
    let _ = connection.close().await;
    Ok(state)
}

/// Compares `_sqlx_migrations`, where sqlx records what it ran, with this version's migrations.
async fn compare_migrations(connection: &mut AnyConnection, is_sqlite: bool) -> Result<SchemaState, sqlx::Error> {
    const SQLITE_TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    const POSTGRES_TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables \
                                  WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
    let migrations = migrations(is_sqlite);
    let table = if is_sqlite { SQLITE_TABLE } else { POSTGRES_TABLE };
    if count(connection, table).await? == 0 {
        return Ok(SchemaState::Writable { pending: migrations.iter().count() });
    }
    if count(connection, "SELECT COUNT(*) FROM _sqlx_migrations WHERE NOT success").await? > 0 {
        return Ok(SchemaState::Damaged);
    }
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations").fetch_all(&mut *connection).await?;
    for row in &rows {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        match migrations.iter().find(|migration| migration.version == version) {
            None => return Ok(SchemaState::Newer),
            Some(migration) if migration.checksum.as_ref() != checksum => return Ok(SchemaState::Damaged),
            Some(_) => {}
        }
    }
    Ok(SchemaState::Writable { pending: migrations.iter().count().saturating_sub(rows.len()) })
}

async fn count(connection: &mut AnyConnection, sql: &'static str) -> Result<i64, sqlx::Error> {
    let (count,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await?;
    Ok(count)
}

/// Updates a row, or creates a table if the row's table may be missing.
async fn try_write(connection: &mut AnyConnection, is_migrated: bool) -> Result<(), sqlx::Error> {
    const CREATE_TABLE: &str = "CREATE TABLE qq_login_doctor (id BIGINT)";
    let mut transaction = connection.begin().await?;
    sqlx::query(if is_migrated { WRITE } else { CREATE_TABLE }).execute(&mut *transaction).await?;
    transaction.rollback().await
}
