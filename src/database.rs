//! The database: SQLite in a file, or PostgreSQL when one machine is not enough.
//!
//! All SQL of the program is written so that both understand it: `$1`, `RETURNING`,
//! `ON CONFLICT`, moments as integers. Only the migrations come in two dialects.

mod error;
mod migrate;
mod readiness;
mod status;
mod verdict;

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool};

use verdict::Verdict;

pub use error::{Trouble, is_unavailable};
pub use readiness::DatabaseHealth;
pub use status::{SchemaState, check_status};

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The SQLite file or its folder could not be made.
    #[error("the database file {0} could not be made: {1}")]
    File(String, std::io::Error),
    /// The database refused.
    #[error("the database cannot be used: {0}")]
    Sql(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// How many connections are kept at most.
const MAX_CONNECTIONS: u32 = 8;
/// How long a request waits for a connection, and a connection for being opened. Longer than a
/// writer waits for another, since all connections may be with such writers.
const PATIENCE: Duration = Duration::from_secs(10);
/// Writers wait for each other rather than fail; after five seconds they do.
const WAIT_LIMIT: WaitLimit = WaitLimit { sqlite: "PRAGMA busy_timeout = 5000", postgres: "SET lock_timeout = '5s'" };

/// A database that is in use.
pub struct Database {
    /// Its connections.
    pub pool: AnyPool,
    /// Whether it can be written.
    pub health: DatabaseHealth,
}

/// Opens the database at a checked address, making the file and the tables that are missing.
///
/// One that cannot be had just now (out of reach, read-only, full, busy) is opened all the same:
/// to end would only have a supervisor start the program over and over. [`DatabaseHealth`] says so then,
/// and goes on trying. What no waiting can mend is an error.
pub async fn open(url: &str) -> Result<Database, DatabaseError> {
    sqlx::any::install_default_drivers();
    let is_sqlite = is_sqlite(url);
    let verdict = Verdict::default();
    let judged = verdict.clone();
    let pool = AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| Box::pin(prepare(connection, is_sqlite)))
        .after_release(move |_, connection| {
            let is_kept = judged.allows(connection.age);
            Box::pin(async move { Ok(is_kept) })
        })
        .connect_lazy(url)?;
    let readiness = DatabaseHealth::new(url, pool.clone(), verdict);
    readiness.begin().await?;
    Ok(Database { pool, health: readiness })
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

async fn prepare(connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
    WAIT_LIMIT.set(connection, is_sqlite).await?;
    if is_sqlite {
        // `synchronous` stays FULL, SQLite's default: what was acknowledged outlives a loss of power.
        sqlx::query("PRAGMA foreign_keys = ON").execute(connection).await?;
    }
    Ok(())
}

/// How long a statement waits for another writer, in both dialects.
struct WaitLimit {
    sqlite: &'static str,
    postgres: &'static str,
}

impl WaitLimit {
    async fn set(&self, connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
        sqlx::query(if is_sqlite { self.sqlite } else { self.postgres }).execute(connection).await?;
        Ok(())
    }
}
