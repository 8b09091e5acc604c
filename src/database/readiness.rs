//! Whether the database can be written, found out by writing.

use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::migrate::{make, sqlite_file};
use super::verdict::Verdict;
use super::{DatabaseError, Trouble, WaitLimit, is_sqlite};

/// Writes the row that is there for nothing else.
pub(super) const MARK: &str = "UPDATE readiness SET writes = writes + 1 WHERE id = 1";

/// How long an outcome is good for: many who ask at once are no burden.
const REMEMBERED: Duration = Duration::from_secs(1);
/// How long whoever asks waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for another writer.
const WAIT_LIMIT: WaitLimit = WaitLimit { sqlite: "PRAGMA busy_timeout = 1000", postgres: "SET lock_timeout = '1s'" };
/// When a trial that does not end is taken for lost.
const TRIAL_LIMIT: Duration = Duration::from_secs(30);
/// How often somebody asks if nobody else does.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Whether the database can be written. Cheap to clone.
#[derive(Clone)]
pub struct DatabaseHealth {
    url: Arc<str>,
    pool: AnyPool,
    verdict: Verdict,
    state: Arc<tokio::sync::Mutex<State>>,
}

struct State {
    /// Whether the tables are as this version wants them.
    has_tables: bool,
    last: Option<(Instant, Result<(), Trouble>)>,
    /// A trial that takes long. A disk that hangs must not have one more hang at every question.
    running: Option<JoinHandle<Result<(), Trouble>>>,
}

impl DatabaseHealth {
    pub(super) fn new(url: &str, pool: AnyPool, verdict: Verdict) -> DatabaseHealth {
        let state = State { has_tables: false, last: None, running: None };
        DatabaseHealth { url: url.into(), pool, verdict, state: Arc::new(tokio::sync::Mutex::new(state)) }
    }

    /// Makes file and tables. Only what no waiting can mend is an error.
    pub(super) async fn begin(&self) -> Result<(), DatabaseError> {
        let mut state = self.state.lock().await;
        match make(&self.url).await {
            Ok(()) => state.has_tables = true,
            Err(error) => {
                let trouble = more_exactly(Trouble::from(&error), &self.url);
                if !trouble.may_pass() {
                    return Err(error);
                }
                self.conclude(&mut state, Err(trouble)).await;
            }
        }
        Ok(())
    }

    /// Writes, unless somebody just did, and tells what came of it.
    pub async fn check(&self) -> Result<(), Trouble> {
        let mut state = self.state.lock().await;
        if let Some((_, outcome)) = state.last.as_ref().filter(|(at, _)| at.elapsed() < REMEMBERED) {
            return outcome.clone();
        }
        let (url, has_tables) = (self.url.clone(), state.has_tables);
        let trial = state.running.get_or_insert_with(|| tokio::spawn(try_to_write(url, has_tables)));
        let outcome = match timeout(PATIENCE, trial).await {
            Err(_) => Err(Trouble::Silent),
            Ok(ended) => {
                state.running = None;
                ended.unwrap_or(Err(Trouble::Silent))
            }
        };
        state.has_tables |= outcome.is_ok();
        self.conclude(&mut state, outcome.clone()).await;
        outcome
    }

    /// Asks now and then, so that the log tells what is the matter even if no supervisor asks, and
    /// what could not be made at the start is made as soon as it can be.
    pub async fn watch(self) {
        let mut moments = interval(ASK_EVERY);
        loop {
            moments.tick().await;
            // The log has it.
            let _ = self.check().await;
        }
    }

    async fn conclude(&self, state: &mut State, outcome: Result<(), Trouble>) {
        let said = |outcome: &Result<(), Trouble>| outcome.as_ref().err().map(Trouble::plain);
        let before = state.last.as_ref().and_then(|(_, outcome)| said(outcome));
        let now = said(&outcome);
        if before != now {
            match &outcome {
                Ok(()) => tracing::info!("the database can be written again"),
                Err(trouble) => {
                    tracing::error!(words = trouble.words(), "{}: {}", trouble.plain(), trouble.advice());
                }
            }
        }
        if self.verdict.pass(&outcome) {
            self.close_idle_connections().await;
        }
        state.last = Some((Instant::now(), outcome));
    }

    async fn close_idle_connections(&self) {
        while let Some(connection) = self.pool.try_acquire() {
            // Good for nothing any more, whatever comes of closing it.
            let _ = connection.close().await;
        }
    }
}

/// Writes through a connection of its own: the pool's may all be in use, or be of a better time.
async fn try_to_write(url: Arc<str>, has_tables: bool) -> Result<(), Trouble> {
    if !has_tables {
        make(&url).await.map_err(|error| more_exactly(Trouble::from(&error), &url))?;
    }
    let written = timeout(TRIAL_LIMIT, write(&url)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    written.map_err(|error| more_exactly(Trouble::from(&error), &url))
}

async fn write(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    WAIT_LIMIT.set(&mut connection, is_sqlite(url)).await?;
    let written = sqlx::query(MARK).execute(&mut connection).await;
    // It was written or not.
    let _ = connection.close().await;
    written?;
    Ok(())
}

/// SQLite takes it for a failing disk if the file system lets it write no more.
fn more_exactly(trouble: Trouble, url: &str) -> Trouble {
    let (Trouble::Disk(words) | Trouble::Unreachable(words)) = &trouble else { return trouble };
    let Some(file) = sqlite_file(url).ok().filter(|_| is_sqlite(url)) else { return trouble };
    match std::fs::OpenOptions::new().append(true).open(file) {
        Err(error) if matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem) => Trouble::Frozen(words.clone()),
        _ => trouble,
    }
}
