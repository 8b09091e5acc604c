//! The connection that writes to SQLite: transactions wait in a queue, and those that wait together are committed
//! together, since a commit costs much more than its statements.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::{AnyConnection, Connection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::error::{DatabaseErrorKind, QueryError};
use super::job::{Job, TypedJob};
use super::{CONNECT_TIMEOUT, LOCK_TIMEOUT};
use crate::metrics;

/// How many transactions may wait. More would wait for longer than their callers do.
const QUEUE_LENGTH: usize = 4096;
/// How many transactions are committed together, at most.
const MAX_GROUP: usize = 256;
/// How long a caller waits for its commit.
const CALLER_TIMEOUT: Duration = Duration::from_secs(10);

// As few trips to the connection's thread as possible. A commit releases the savepoint.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
const NEXT_SAVEPOINT: &str = "RELEASE job; SAVEPOINT job";
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";

/// How long writers wait while readers keep the log from being truncated: at first, and after later transactions.
const TRUNCATE_TIMEOUT: &str = "PRAGMA busy_timeout = 100";
const TRUNCATE_AGAIN_TIMEOUT: &str = "PRAGMA busy_timeout = 0";

/// Sends transactions to the task that owns the connection.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Run(Box<dyn Job>),
    TruncateLog(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    pub(super) fn start(url: &str) -> Writer {
        let (queue, messages) = mpsc::channel(QUEUE_LENGTH);
        let task = WriterTask { url: url.to_owned(), messages, connection: None, has_stale_log: false };
        tokio::spawn(task.run());
        Writer { queue }
    }

    /// Runs a transaction, which may consist of a single statement.
    pub(super) async fn run<T, E, F>(&self, has_several_statements: bool, function: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<QueryError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let job = Box::new(TypedJob::new(has_several_statements, function, reply));
        let committed = async {
            self.queue.send(Message::Run(job)).await.map_err(|_| QueryError::Closed)?;
            result.await.map_err(|_| QueryError::Closed)
        };
        timeout(CALLER_TIMEOUT, committed).await.unwrap_or(Err(QueryError::Timeout))?
    }

    /// Empties the log, which otherwise keeps what was deleted until it is overwritten. If readers prevent it for too long,
    /// tries again after later transactions.
    pub(super) async fn truncate_log(&self) {
        let (reply, truncated) = oneshot::channel();
        if self.queue.send(Message::TruncateLog(reply)).await.is_ok() {
            let _ = truncated.await;
        }
    }

    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Message::Close(reply)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct WriterTask {
    url: String,
    messages: mpsc::Receiver<Message>,
    connection: Option<AnyConnection>,
    /// Whether the log has to be truncated as soon as no reader uses it.
    has_stale_log: bool,
}

impl WriterTask {
    async fn run(mut self) {
        let mut next = self.messages.recv().await;
        while let Some(message) = next {
            next = match message {
                Message::Run(job) => {
                    let met = self.run_group(job).await;
                    if self.has_stale_log {
                        self.truncate_log(TRUNCATE_AGAIN_TIMEOUT).await;
                    }
                    met
                }
                Message::TruncateLog(reply) => {
                    self.truncate_log(TRUNCATE_TIMEOUT).await;
                    let _ = reply.send(());
                    None
                }
                Message::Close(reply) => {
                    self.disconnect().await;
                    let _ = reply.send(());
                    return;
                }
            };
            if next.is_none() {
                next = self.messages.recv().await;
            }
        }
    }

    /// Runs `first` and the transactions that wait by the time it has the lock. Returns the other request that it met in
    /// the queue, if any.
    async fn run_group(&mut self, first: Box<dyn Job>) -> Option<Message> {
        let wait = first.queued_at().elapsed();
        let mut jobs = vec![first];
        let mut met = self.take_waiting(&mut jobs);
        let commit = match &mut jobs[..] {
            // Such a statement is a transaction by itself.
            [job] if !job.has_several_statements() => self.run_alone(job).await,
            _ => match self.begin().await {
                Ok(()) => {
                    met = met.or_else(|| self.take_waiting(&mut jobs));
                    self.run_and_commit(&mut jobs).await
                }
                Err(error) => Err(error),
            },
        };
        // A connection may belong to a file that was replaced or that was read-only when it was opened: then a transaction
        // begins and ends without an error, and only its statements fail.
        let is_suspect = match &commit {
            Ok(has_failures) => *has_failures,
            Err(error) => DatabaseErrorKind::from(error) != DatabaseErrorKind::Busy,
        };
        if is_suspect {
            self.disconnect().await;
        }
        metrics::commit(jobs.len(), wait);
        let commit = commit.map(drop).map_err(Arc::new);
        for job in jobs {
            job.finish(&commit);
        }
        met
    }

    fn take_waiting(&mut self, jobs: &mut Vec<Box<dyn Job>>) -> Option<Message> {
        while jobs.len() < MAX_GROUP {
            match self.messages.try_recv().ok()? {
                Message::Run(job) => jobs.push(job),
                message => return Some(message),
            }
        }
        None
    }

    /// Returns whether the statement failed.
    async fn run_alone(&mut self, job: &mut Box<dyn Job>) -> Result<bool, sqlx::Error> {
        Ok(!job.is_cancelled() && !job.run(self.connect().await?).await)
    }

    async fn truncate_log(&mut self, timeout: &'static str) {
        let Some(connection) = &mut self.connection else { return };
        let truncated = async {
            sqlx::raw_sql(timeout).execute(&mut *connection).await?;
            // The first column is 1 if a reader prevented it.
            let result: (i64,) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
            LOCK_TIMEOUT.set(connection, true).await?;
            Ok::<_, sqlx::Error>(result.0 == 0)
        };
        let truncated = truncated.await;
        self.has_stale_log = !matches!(truncated, Ok(true));
        if truncated.is_err() {
            self.disconnect().await;
        }
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.connect().await?;
        self.execute(BEGIN).await
    }

    async fn connect(&mut self) -> Result<&mut AnyConnection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.url).await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Returns whether some of the transactions failed.
    async fn run_and_commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<bool, sqlx::Error> {
        let result = async {
            let mut has_failures = false;
            let mut is_first = true;
            for job in jobs.iter_mut().filter(|job| !job.is_cancelled()) {
                let needs_savepoint = job.has_several_statements();
                if needs_savepoint && !is_first {
                    self.execute(NEXT_SAVEPOINT).await?;
                }
                is_first = false;
                let connection = self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
                if !job.run(connection).await {
                    has_failures = true;
                    if needs_savepoint {
                        self.execute(UNDO).await?;
                    }
                }
            }
            self.execute(COMMIT).await?;
            Ok(has_failures)
        };
        let result = result.await;
        if result.is_err() {
            // Fails if SQLite has already rolled back, as it does when the disk is full.
            let _ = self.execute("ROLLBACK").await;
        }
        result
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let connection = self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        sqlx::raw_sql(sql).execute(connection).await?;
        Ok(())
    }

    async fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
    }
}

async fn connect(url: &str) -> Result<AnyConnection, sqlx::Error> {
    let connecting = async {
        let mut connection = AnyConnection::connect(url).await?;
        LOCK_TIMEOUT.set(&mut connection, true).await?;
        // `synchronous` stays FULL, SQLite's default: what was committed survives a power loss.
        sqlx::raw_sql("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON").execute(&mut connection).await?;
        Ok(connection)
    };
    timeout(CONNECT_TIMEOUT, connecting).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
