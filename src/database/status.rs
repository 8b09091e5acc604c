//! Looks at the database as it is: nothing is made, brought up to date or left behind.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::{AnyConnection, Connection, Row};
use tokio::time::timeout;

use super::migrate::{migrations, sqlite_file};
use super::readiness::MARK;
use super::{Trouble, WaitLimit, is_sqlite};

/// How long the database may take for everything together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for another writer.
const WAIT_LIMIT: WaitLimit = WaitLimit { sqlite: "PRAGMA busy_timeout = 2000", postgres: "SET lock_timeout = '2s'" };

/// What state the database is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// There is no file yet: the site makes it when it starts.
    NotMadeYet(PathBuf),
    /// It can be written, and this many steps are still to be taken towards today's tables.
    Writable {
        /// How many steps the next start will take.
        pending: usize,
    },
    /// The tables were made by a newer version of this program.
    Newer,
    /// A step was changed after it had been taken, or failed half-way.
    Damaged,
}

/// Connects, compares the tables with what this version wants, and writes a row that is taken
/// back at once.
pub async fn check_status(url: &str) -> Result<SchemaState, Trouble> {
    sqlx::any::install_default_drivers();
    let is_sqlite = is_sqlite(url);
    if is_sqlite {
        let file = sqlite_file(url).map_err(|_| Trouble::Address)?;
        if !file.try_exists().map_err(|error| Trouble::Unreachable(error.to_string()))? {
            let read_only = "mode=ro";
            let is_read_only = url.split(['?', '&']).skip(1).any(|parameter| parameter == read_only);
            return if is_read_only {
                Err(Trouble::ReadOnly(read_only.to_owned()))
            } else {
                Ok(SchemaState::NotMadeYet(file))
            };
        }
    }
    timeout(PATIENCE, look(url, is_sqlite)).await.unwrap_or(Err(Trouble::Silent))
}

async fn look(url: &str, is_sqlite: bool) -> Result<SchemaState, Trouble> {
    let mut connection = AnyConnection::connect(url).await?;
    WAIT_LIMIT.set(&mut connection, is_sqlite).await?;
    let state = compare(&mut connection, is_sqlite).await?;
    if let SchemaState::Writable { pending } = state {
        try_to_write(&mut connection, pending == 0).await?;
    }
    // What was to be known is known.
    let _ = connection.close().await;
    Ok(state)
}

/// Compares the steps taken, which sqlx notes in a table of its own, with those of this version.
async fn compare(connection: &mut AnyConnection, is_sqlite: bool) -> Result<SchemaState, Trouble> {
    const SQLITE_TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    const POSTGRES_TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables \
                                  WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
    let wanted = migrations(is_sqlite);
    let table = if is_sqlite { SQLITE_TABLE } else { POSTGRES_TABLE };
    if number(connection, table).await? == 0 {
        return Ok(SchemaState::Writable { pending: wanted.iter().count() });
    }
    if number(connection, "SELECT COUNT(*) FROM _sqlx_migrations WHERE NOT success").await? > 0 {
        return Ok(SchemaState::Damaged);
    }
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations").fetch_all(&mut *connection).await?;
    let mut taken = 0;
    for row in &rows {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        match wanted.iter().find(|step| step.version == version) {
            None => return Ok(SchemaState::Newer),
            Some(step) if step.checksum.as_ref() != checksum => return Ok(SchemaState::Damaged),
            Some(_) => taken += 1,
        }
    }
    Ok(SchemaState::Writable { pending: wanted.iter().count().saturating_sub(taken) })
}

async fn number(connection: &mut AnyConnection, sql: &'static str) -> Result<i64, Trouble> {
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await?;
    Ok(number)
}

/// Writes as the site would: a row, or while tables are missing, a table.
async fn try_to_write(connection: &mut AnyConnection, has_tables: bool) -> Result<(), Trouble> {
    const TABLE: &str = "CREATE TABLE qq_login_doctor (id BIGINT)";
    let mut transaction = connection.begin().await?;
    let written = sqlx::query(if has_tables { MARK } else { TABLE }).execute(&mut *transaction).await;
    // A full disk has taken it back already, and then there is nothing left to take back.
    written?;
    transaction.rollback().await?;
    Ok(())
}
