//! Opens and migrates the database, SQLite or PostgreSQL, and reports whether it can be written.
//! Entry points are [`open`], [`DatabaseHealth`], [`is_unavailable`] and, for diagnostics, [`check_status`].
//! It must not know which features store data in the tables.

mod error;
mod health;
mod migrate;
mod status;

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool};

use health::ReuseCutoff;

pub use error::{DatabaseError, DatabaseErrorKind, is_unavailable};
pub use health::DatabaseHealth;
pub use status::{SchemaState, check_status};

const MAX_CONNECTIONS: u32 = 8;
/// Longer than [`LOCK_TIMEOUT`], since all connections may be waiting for a lock.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_TIMEOUT: LockTimeout =
    LockTimeout { sqlite: "PRAGMA busy_timeout = 5000", postgres: "SET lock_timeout = '5s'" };

/// An open database.
pub struct Database {
    /// Its connections.
    pub pool: AnyPool,
    /// Whether it can be written.
    pub health: DatabaseHealth,
}

/// Opens the database at `url`; creates the file and migrates the tables if needed.
///
/// If the database is unavailable (unreachable, read-only, full, busy), this succeeds anyway, and
/// [`DatabaseHealth`] keeps trying. Other errors, such as a wrong password, are returned.
pub async fn open(url: &str) -> Result<Database, DatabaseError> {
    sqlx::any::install_default_drivers();
    let is_sqlite = is_sqlite(url);
    let cutoff = ReuseCutoff::default();
    let pool_cutoff = cutoff.clone();
    let pool = AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(CONNECT_TIMEOUT)
        .after_connect(move |connection, _| Box::pin(configure_connection(connection, is_sqlite)))
        .after_release(move |_, connection| {
            let is_reusable = pool_cutoff.allows(connection.age);
            Box::pin(async move { Ok(is_reusable) })
        })
        .connect_lazy(url)?;
    let health = DatabaseHealth::new(url, pool.clone(), cutoff);
    health.migrate().await?;
    Ok(Database { pool, health })
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

async fn configure_connection(connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
    LOCK_TIMEOUT.set(connection, is_sqlite).await?;
    if is_sqlite {
        // `synchronous` stays FULL, SQLite's default: committed data survives a power loss.
        sqlx::query("PRAGMA foreign_keys = ON").execute(connection).await?;
    }
    Ok(())
}

/// How long a statement waits for another writer, as a statement in both dialects.
struct LockTimeout {
    sqlite: &'static str,
    postgres: &'static str,
}

impl LockTimeout {
    async fn set(&self, connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
        sqlx::query(if is_sqlite { self.sqlite } else { self.postgres }).execute(connection).await?;
        Ok(())
    }
}
