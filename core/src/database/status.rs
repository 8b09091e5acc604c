//! Inspects the database without creating, migrating or changing anything.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::{AnyConnection, Connection};
use tokio::time::timeout;

use super::migrate::{migrations, sqlite_file};
use super::{LockTimeout, is_sqlite};

/// Updates the row that exists for checks only.
pub(super) const WRITE: &str = "UPDATE readiness SET writes = writes + 1 WHERE id = 1";
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
    /// A newer version of this program migrated the tables. This version can use them, because migrations only add to them.
    Newer,
    /// A migration failed half-way, its file was changed afterwards, or versions that have diverged ran theirs.
    Damaged,
    /// Another program created the tables. Contains the name of one.
    Foreign(String),
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
    let state = if is_sqlite {
        compare_and_write(&mut connection, true).await?
    } else {
        // For poolers: see `is_behind_transaction_pooler`.
        let mut transaction = connection.begin().await?;
        let state = compare_and_write(&mut transaction, false).await?;
        transaction.rollback().await?;
        state
    };
    let _ = connection.close().await;
    Ok(state)
}

async fn compare_and_write(connection: &mut AnyConnection, is_sqlite: bool) -> Result<SchemaState, sqlx::Error> {
    let state = compare_migrations(connection, is_sqlite).await?;
    match state {
        SchemaState::Writable { pending } => try_write(connection, pending == 0).await?,
        SchemaState::Newer => try_write(connection, true).await?,
        SchemaState::NotCreated(_) | SchemaState::Damaged | SchemaState::Foreign(_) => {}
    }
    Ok(state)
}

/// Compares `_sqlx_migrations`, where sqlx records what it ran, with this version's migrations.
pub(super) async fn compare_migrations(
    connection: &mut AnyConnection,
    is_sqlite: bool,
) -> Result<SchemaState, sqlx::Error> {
    const SQLITE_TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    const POSTGRES_TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables \
                                  WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
    let migrations = migrations(is_sqlite);
    // Before the records: each is committed together with its tables, by another process perhaps.
    let other_table = find_other_table(connection, is_sqlite).await?;
    let table = if is_sqlite { SQLITE_TABLE } else { POSTGRES_TABLE };
    if count(connection, table).await? == 0 {
        let pending = migrations.iter().count();
        return Ok(other_table.map_or(SchemaState::Writable { pending }, SchemaState::Foreign));
    }
    let find = |version| migrations.iter().find(|migration| migration.version == version);
    if let Some(table) = other_table {
        let versions: Vec<(i64,)> =
            sqlx::query_as("SELECT version FROM _sqlx_migrations").fetch_all(&mut *connection).await?;
        if versions.iter().all(|(version,)| find(*version).is_none()) {
            return Ok(SchemaState::Foreign(table));
        }
    }
    // sqlx does not read booleans of SQLite.
    const ROWS: &str = "SELECT version, checksum, CASE WHEN success THEN 1 ELSE 0 END FROM _sqlx_migrations";
    let rows: Vec<(i64, Vec<u8>, i64)> = sqlx::query_as(ROWS).fetch_all(connection).await?;
    let mut unknown = 0;
    for (version, checksum, success) in &rows {
        match find(*version) {
            None => unknown += 1,
            Some(migration) if *success == 0 || migration.checksum.as_ref() != checksum => {
                return Ok(SchemaState::Damaged);
            }
            Some(_) => {}
        }
    }
    let pending = migrations.iter().count().saturating_sub(rows.len() - unknown);
    Ok(match (unknown, pending) {
        (0, pending) => SchemaState::Writable { pending },
        (_, 0) => SchemaState::Newer,
        _ => SchemaState::Damaged,
    })
}

/// Returns a table or view that neither the database nor sqlx created, if there is one.
async fn find_other_table(connection: &mut AnyConnection, is_sqlite: bool) -> Result<Option<String>, sqlx::Error> {
    const SQLITE: &str = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') \
                          AND name NOT GLOB 'sqlite_*' AND name <> '_sqlx_migrations' LIMIT 1";
    const POSTGRES: &str = "SELECT CAST(relname AS TEXT) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                            WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm') \
                            AND relname <> '_sqlx_migrations' AND NOT EXISTS \
                            (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') LIMIT 1";
    let sql = if is_sqlite { SQLITE } else { POSTGRES };
    let row: Option<(String,)> = sqlx::query_as(sql).fetch_optional(connection).await?;
    Ok(row.map(|(name,)| name))
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
