//! Whether the database can be written, found out by writing.

use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, AnyPool, Connection};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use super::tables::{make, sqlite_file};
use super::{DatabaseError, Trouble, is_sqlite, limit_waits};

/// Writes the row that is there for nothing else.
pub(super) const MARK: &str = "UPDATE readiness SET writes = writes + 1 WHERE id = 1";

/// How long an outcome is good for: many who ask at once are no burden.
const REMEMBERED: Duration = Duration::from_secs(1);
/// How long whoever asks waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for another writer.
const WAIT: Duration = Duration::from_secs(1);
/// When a trial that does not end is taken for lost.
const TRIAL_LIMIT: Duration = Duration::from_secs(30);
/// How often somebody asks if nobody else does.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Whether the database can be written. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
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

impl Readiness {
    pub(super) fn new(url: &str, pool: AnyPool, verdict: Verdict) -> Readiness {
        let state = State { has_tables: false, last: None, running: None };
        Readiness { url: url.into(), pool, verdict, state: Arc::new(tokio::sync::Mutex::new(state)) }
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
    limit_waits(&mut connection, is_sqlite(url), WAIT).await?;
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

/// Which connections of the pool are used once more.
#[derive(Clone)]
pub(super) struct Verdict(Arc<Mutex<Since>>);

#[derive(Clone, Copy)]
struct Since {
    kept: Kept,
    at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Those opened since the database can be written. One opened before may never write: SQLite
    /// opens a file that is read-only for reading, once and for all.
    New,
    /// Those opened before the trouble. They may still read where new ones could not be opened.
    Old,
    /// None. While one that can only read is open, SQLite has all others share its index, which
    /// is for reading as well, and nobody would see that the right to write is back.
    None,
}

impl Default for Verdict {
    fn default() -> Verdict {
        Verdict(Arc::new(Mutex::new(Since { kept: Kept::New, at: Instant::now() })))
    }
}

impl Verdict {
    /// Whether a connection of this age may be used once more.
    pub(super) fn allows(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = age > since.at.elapsed();
        match since.kept {
            Kept::New => !is_old,
            Kept::Old => is_old,
            Kept::None => false,
        }
    }

    /// Notes an outcome; true if the connections that are open are of no use after it.
    fn pass(&self, outcome: &Result<(), Trouble>) -> bool {
        let kept = match outcome {
            // Waiting for others says nothing about a connection.
            Ok(()) | Err(Trouble::Locked | Trouble::Silent) => Kept::New,
            Err(Trouble::ReadOnly(_)) => Kept::None,
            Err(_) => Kept::Old,
        };
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_changed = since.kept != kept;
        if has_changed {
            *since = Since { kept, at: Instant::now() };
        }
        has_changed && kept != Kept::Old
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_kept_that_may_be_of_use() {
        let (verdict, new, old) = (Verdict::default(), Duration::ZERO, Duration::from_secs(60));
        let is_kept = || (verdict.allows(new), verdict.allows(old));
        assert!(!verdict.pass(&Ok(())) && !verdict.pass(&Err(Trouble::Locked)) && verdict.allows(new));
        assert!(!verdict.pass(&Err(Trouble::Full(String::new()))));
        assert_eq!(is_kept(), (false, true));
        assert!(verdict.pass(&Err(Trouble::ReadOnly(String::new()))));
        assert_eq!(is_kept(), (false, false));
        assert!(verdict.pass(&Ok(())) && !verdict.pass(&Ok(())));
        assert_eq!(is_kept(), (true, false));
    }
}
