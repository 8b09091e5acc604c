//! Transactions that wait in the queue of the connection that writes to SQLite.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::AnyConnection;
use tokio::sync::oneshot;

use super::error::QueryError;

/// A transaction of the queue.
pub(super) trait Job: Send {
    fn queued_at(&self) -> Instant;
    /// Whether the caller has gone away.
    fn is_cancelled(&self) -> bool;
    /// Whether it needs a savepoint: a single statement that fails changes nothing.
    fn has_several_statements(&self) -> bool;
    /// Runs the statements. Returns false if their changes have to be undone.
    fn run<'c>(&'c mut self, connection: &'c mut AnyConnection) -> BoxFuture<'c, bool>;
    /// Answers the caller.
    fn finish(self: Box<Self>, commit: &Result<(), Arc<sqlx::Error>>);
}

/// A transaction that returns a value to its caller.
pub(super) struct TypedJob<F, T, E> {
    queued_at: Instant,
    has_several_statements: bool,
    function: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> TypedJob<F, T, E> {
    pub(super) fn new(
        has_several_statements: bool,
        function: F,
        reply: oneshot::Sender<Result<T, E>>,
    ) -> TypedJob<F, T, E> {
        TypedJob { queued_at: Instant::now(), has_several_statements, function: Some(function), result: None, reply }
    }
}

impl<F, T, E> Job for TypedJob<F, T, E>
where
    T: Send,
    E: From<QueryError> + Send,
    F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, E>> + Send,
{
    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn is_cancelled(&self) -> bool {
        self.reply.is_closed()
    }

    fn has_several_statements(&self) -> bool {
        self.has_several_statements
    }

    fn run<'c>(&'c mut self, connection: &'c mut AnyConnection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            if let Some(function) = self.function.take() {
                // A panic must not end the task that all writers need.
                let result = AssertUnwindSafe(async { function(connection).await }).catch_unwind().await;
                self.result = Some(result.unwrap_or_else(|_| Err(QueryError::Panic.into())));
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn finish(self: Box<Self>, commit: &Result<(), Arc<sqlx::Error>>) {
        let result = match (self.result, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(QueryError::Transaction(error.clone()).into()),
            (Some(Ok(output)), Ok(())) => Ok(output),
            (None, Ok(())) => Err(QueryError::Closed.into()),
        };
        // Fails if the caller has gone away.
        let _ = self.reply.send(result);
    }
}
