//! Checks whether the database can be written, by writing to it.

use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use std::{fs, io};

use sqlx::{AnyConnection, Connection};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::migrate::{migrate, sqlite_file};
use super::status::WRITE;
use super::{Database, DatabaseError, DatabaseErrorKind, LockTimeout, is_sqlite};

/// How long an outcome is reused, so that frequent checks do not become frequent writes.
const OUTCOME_LIFETIME: Duration = Duration::from_secs(1);
/// How long a caller waits for a check.
const CALLER_TIMEOUT: Duration = Duration::from_secs(2);
const LOCK_TIMEOUT: LockTimeout =
    LockTimeout { sqlite: "PRAGMA busy_timeout = 1000", postgres: "SET lock_timeout = '1s'" };
/// When a write that hangs is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const WATCH_INTERVAL: Duration = Duration::from_secs(5);

type Outcome = Result<(), DatabaseErrorKind>;

/// What is known about the database.
#[derive(Default)]
pub(super) struct HealthState {
    is_migrated: bool,
    last: Option<(Instant, Outcome)>,
    /// A check that outlasted its caller. While it runs, no other starts, or a disk that hangs
    /// would block one more thread with each check.
    running: Option<JoinHandle<Result<(), DatabaseError>>>,
}

impl HealthState {
    fn previous_outcome(&self) -> Outcome {
        self.last.map_or(Ok(()), |(_, outcome)| outcome)
    }
}

impl Database {
    /// Creates and migrates the database. If it is unavailable, later checks try again.
    pub(super) async fn migrate(&self) -> Result<(), DatabaseError> {
        let mut state = self.0.health.lock().await;
        let result = migrate(&self.0.url).await;
        state.is_migrated = result.is_ok();
        let Err(error) = result else { return Ok(()) };
        if classify(&error, &self.0.url) == DatabaseErrorKind::Other {
            return Err(error);
        }
        let _ = self.record(&mut state, Err(error));
        Ok(())
    }

    /// Returns whether the database can be written. Writes to it, unless a transaction was committed or another check
    /// ran within the last second.
    pub async fn check_health(&self) -> Result<(), DatabaseErrorKind> {
        let mut state = self.0.health.lock().await;
        if let Some((_, outcome)) = state.last.filter(|(at, _)| at.elapsed() < OUTCOME_LIFETIME) {
            return outcome;
        }
        let previous = state.previous_outcome();
        if previous.is_ok() && self.has_committed_within(OUTCOME_LIFETIME) {
            return self.record(&mut state, Ok(()));
        }
        if previous == Err(DatabaseErrorKind::ReadOnly) {
            self.replace_connections().await;
        }
        let (url, is_migrated) = (self.0.url.to_string(), state.is_migrated);
        let running = state.running.get_or_insert_with(|| tokio::spawn(migrate_and_write(url, is_migrated)));
        let finished = timeout(CALLER_TIMEOUT, running).await;
        if finished.is_ok() {
            state.running = None;
        }
        let result = finished.ok().and_then(Result::ok).unwrap_or(Err(sqlx::Error::PoolTimedOut.into()));
        state.is_migrated |= result.is_ok();
        if previous.is_err() && result.is_ok() {
            self.replace_connections().await;
        }
        self.record(&mut state, result)
    }

    /// Checks regularly, so that problems are logged and a failed migration is made up for.
    pub async fn watch_health(self) {
        let mut ticks = interval(WATCH_INTERVAL);
        loop {
            ticks.tick().await;
            let _ = self.check_health().await;
        }
    }

    fn record(&self, state: &mut HealthState, result: Result<(), DatabaseError>) -> Outcome {
        let outcome = result.as_ref().copied().map_err(|error| classify(error, &self.0.url));
        let previous = state.previous_outcome();
        state.last = Some((Instant::now(), outcome));
        if outcome != previous {
            match (result, outcome) {
                (Err(error), Err(kind)) => {
                    tracing::error!(reason = %kind, hint = kind.hint(), %error, "database unavailable");
                }
                _ => tracing::info!("database available again"),
            }
        }
        outcome
    }

    /// A SQLite connection that was opened while the file was read-only stays read-only, and so do all
    /// others that are opened before it is closed, since they share the `-shm` file. And a connection that
    /// is older than a failure may belong to a file that was replaced, or to a PostgreSQL server that has ended or has
    /// become read-only since another one took over.
    async fn replace_connections(&self) {
        *self.0.reuse_cutoff.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        while let Some(connection) = self.0.pool.try_acquire() {
            let _ = connection.close().await;
        }
    }
}

/// Uses its own connection, since those of the pool may all be in use.
async fn migrate_and_write(url: String, is_migrated: bool) -> Result<(), DatabaseError> {
    if !is_migrated {
        migrate(&url).await?;
    }
    let write = async {
        let mut connection = AnyConnection::connect(&url).await?;
        let mut transaction = connection.begin().await?;
        // In the transaction, so that a pooler does not reset it before.
        LOCK_TIMEOUT.set(&mut transaction, is_sqlite(&url)).await?;
        sqlx::query(WRITE).execute(&mut *transaction).await?;
        transaction.commit().await?;
        let _ = connection.close().await;
        Ok(())
    };
    Ok(timeout(WRITE_TIMEOUT, write).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?)
}

/// SQLite reports a read-only file system as a file that cannot be opened or as a failing disk.
fn classify(error: &DatabaseError, url: &str) -> DatabaseErrorKind {
    let kind = DatabaseErrorKind::from(error);
    let is_unclear = matches!(kind, DatabaseErrorKind::Unreachable | DatabaseErrorKind::Full);
    match sqlite_file(url) {
        Ok(file) if is_unclear && is_sqlite(url) => match create_and_remove_file(&file) {
            Err(error) if DatabaseErrorKind::from(&error) == DatabaseErrorKind::ReadOnly => DatabaseErrorKind::ReadOnly,
            _ => kind,
        },
        _ => kind,
    }
}

/// Does not open the database file: closing it would release the locks that SQLite holds on it
/// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
fn create_and_remove_file(beside: &Path) -> io::Result<()> {
    let file = beside.with_added_extension("write-test");
    fs::write(&file, "")?;
    fs::remove_file(&file)
}
