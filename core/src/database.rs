//! Opens and migrates the database, SQLite or PostgreSQL, and runs queries and transactions.
//! Entry points are [`Database`] and, for diagnostics, [`check_status`].
//! It must not know which features store data in the tables.

mod backup;
mod copy;
mod error;
mod health;
mod job;
mod migrate;
mod open_existing;
mod purge;
mod reader;
mod server;
mod spans;
mod status;
mod writer;

use std::future::ready;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::any::{Any, AnyArguments, AnyPoolOptions, AnyQueryResult};
use sqlx::query::Query;
use sqlx::{AnyConnection, AnyPool, Connection, Execute, Executor};

use health::HealthState;
use reader::is_behind_transaction_pooler;
use writer::Writer;

pub use backup::{BackupError, back_up};
pub use copy::{CopiedTable, CopyError, Place, copy_database};
pub use error::{DatabaseError, DatabaseErrorKind, QueryError};
pub use open_existing::OpenError;
pub use reader::Reader;
pub use server::{ServerProblem, check_server};
pub use status::{SchemaState, check_status};

/// Connections for reading on SQLite, all connections on PostgreSQL.
const MAX_CONNECTIONS: u32 = 8;
/// Longer than [`LOCK_TIMEOUT`], since all connections may be waiting for a lock.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_TIMEOUT: LockTimeout =
    LockTimeout { sqlite: "PRAGMA busy_timeout = 5000", postgres: "SET lock_timeout = '5s'" };
/// What the site relies on, whatever the server's defaults: a statement or transaction that hangs does not hold its locks
/// for long, and what was committed survives a crash of the server. A stricter `synchronous_commit` stays.
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s'; \
    SELECT set_config('synchronous_commit', 'on', FALSE) WHERE current_setting('synchronous_commit') = 'off'";
/// A PostgreSQL connection that was idle for longer is checked before it is used again.
const PING_AFTER: Duration = Duration::from_secs(5);

/// An open database. Clones are cheap and share the connections.
///
/// SQLite allows one writer at a time: [`Database::write`] queues transactions for one connection, and commits those that
/// wait together. Readers never wait for it. On PostgreSQL, both use one pool.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    url: Box<str>,
    pool: AnyPool,
    is_behind_transaction_pooler: bool,
    /// `None` on PostgreSQL.
    writer: Option<Writer>,
    /// When the pool's connections were last replaced: older ones are closed, not reused.
    reuse_cutoff: Arc<Mutex<Instant>>,
    last_commit: Mutex<Option<Instant>>,
    health: tokio::sync::Mutex<HealthState>,
}

impl Database {
    /// Opens the database at `url`; creates the file and migrates the tables if needed.
    ///
    /// If the database is unavailable (unreachable, read-only, full, busy), this succeeds anyway, and
    /// [`Database::check_health`] tries again. Other errors, such as a wrong password, are returned.
    pub async fn open(url: &str) -> Result<Database, DatabaseError> {
        sqlx::any::install_default_drivers();
        let reuse_cutoff = Arc::new(Mutex::new(Instant::now()));
        let database = Database(Arc::new(Inner {
            url: url.into(),
            pool: create_pool(url, &reuse_cutoff)?,
            is_behind_transaction_pooler: is_behind_transaction_pooler(url),
            writer: is_sqlite(url).then(|| Writer::start(url)),
            reuse_cutoff,
            last_commit: Mutex::default(),
            health: tokio::sync::Mutex::default(),
        }));
        database.migrate().await?;
        Ok(database)
    }

    /// All connections but that of the writer. Use [`Database::reader`] to run statements.
    pub fn pool(&self) -> &AnyPool {
        &self.0.pool
    }

    /// Runs statements that read.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            pool: &self.0.pool,
            is_sqlite: self.is_sqlite(),
            uses_transactions: self.0.is_behind_transaction_pooler,
        }
    }

    /// Runs `job` in a transaction, and returns after the commit. If `job` or the commit fails, nothing is written.
    ///
    /// On SQLite, `job` runs while other writers wait, so it should do nothing but run its statements. If the caller goes
    /// away before `job` has begun, it does not run.
    #[track_caller]
    pub fn write<T, E, F>(&self, job: F) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<QueryError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        let caller = Location::caller();
        async move {
            let _span = spans::transaction(self.is_sqlite(), caller);
            let result = match &self.0.writer {
                Some(writer) => writer.run(true, job).await,
                None => run_in_transaction(&self.0.pool, job).await,
            };
            self.note_commit(result.is_ok());
            result
        }
    }

    /// Runs one statement that writes, in a transaction of its own. Returns the number of rows that it changed.
    pub async fn execute(&self, statement: Query<'static, Any, AnyArguments>) -> Result<u64, QueryError> {
        let result = match &self.0.writer {
            Some(writer) => execute_in_turn(writer, statement).await,
            None => Ok(statement.execute(self.reader()).await?),
        };
        self.note_commit(result.is_ok());
        Ok(result?.rows_affected())
    }

    /// Removes from the file what was deleted before: SQLite's log would keep it for a while, and PostgreSQL needs its own
    /// vacuum. If readers prevent it, it happens after a later transaction.
    pub async fn erase_deleted(&self) {
        if let Some(writer) = &self.0.writer {
            writer.truncate_log().await;
        }
    }

    /// Commits the transactions that wait and closes all connections. SQLite then merges its log into the file, so that
    /// a copy of the file alone is complete.
    pub async fn close(&self) {
        self.0.pool.close().await;
        // The last connection to be closed merges the log, and only this one may write.
        if let Some(writer) = &self.0.writer {
            writer.close().await;
        }
    }

    /// Returns how many connections of the pool are in use, and how many are idle.
    pub fn pool_use(&self) -> (usize, usize) {
        let (size, idle) = (self.0.pool.size() as usize, self.0.pool.num_idle());
        (size.saturating_sub(idle), idle)
    }

    fn is_sqlite(&self) -> bool {
        self.0.writer.is_some()
    }

    fn note_commit(&self, has_committed: bool) {
        if has_committed {
            *self.0.last_commit.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    fn has_committed_within(&self, period: Duration) -> bool {
        let last_commit = *self.0.last_commit.lock().unwrap_or_else(PoisonError::into_inner);
        last_commit.is_some_and(|at| at.elapsed() < period)
    }
}

fn create_pool(url: &str, reuse_cutoff: &Arc<Mutex<Instant>>) -> Result<AnyPool, sqlx::Error> {
    let is_sqlite = is_sqlite(url);
    let reuse_cutoff = reuse_cutoff.clone();
    AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(CONNECT_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            Box::pin(async move {
                if !is_sqlite && metadata.idle_for > PING_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| Box::pin(configure_pooled(connection, is_sqlite)))
        .after_release(move |_, metadata| {
            let cutoff = *reuse_cutoff.lock().unwrap_or_else(PoisonError::into_inner);
            Box::pin(ready(Ok(metadata.age <= cutoff.elapsed())))
        })
        .connect_lazy(url)
}

async fn execute_in_turn(
    writer: &Writer,
    mut statement: Query<'static, Any, AnyArguments>,
) -> Result<AnyQueryResult, QueryError> {
    let arguments = statement.take_arguments().map_err(sqlx::Error::Encode)?;
    let sql = statement.sql();
    let span = spans::statement(true, &sql);
    let result = writer
        .run(false, |connection| Box::pin(async { Ok::<_, QueryError>(connection.execute((sql, arguments)).await?) }));
    result.await.inspect_err(|error| spans::fail(&span, error))
}

async fn run_in_transaction<T, E, F>(pool: &AnyPool, job: F) -> Result<T, E>
where
    E: From<QueryError>,
    F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, E>>,
{
    let mut transaction = pool.begin().await.map_err(QueryError::from)?;
    let output = job(&mut transaction).await?;
    transaction.commit().await.map_err(QueryError::from)?;
    Ok(output)
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

async fn configure_pooled(connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
    LOCK_TIMEOUT.set(connection, is_sqlite).await?;
    if is_sqlite {
        // Writes have to go through the writer.
        sqlx::query("PRAGMA query_only = ON").execute(connection).await?;
    } else {
        sqlx::raw_sql(POSTGRES_SETTINGS).execute(connection).await?;
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
        sqlx::raw_sql(if is_sqlite { self.sqlite } else { self.postgres }).execute(connection).await?;
        Ok(())
    }
}
