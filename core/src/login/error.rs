//! Internal errors of the login flow.

use std::sync::Arc;

use crate::database::QueryError;
use crate::mail::MailError;
use crate::random::RandomError;
use crate::sealing::SealError;
use crate::sessions::SessionError;

/// An internal error: neither the user nor QQ caused it, and no account or session was created.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("database error: {0}")]
    Database(#[from] QueryError),
    #[error("session error: {0}")]
    Session(#[from] SessionError),
    #[error("cannot seal the login attempt: {0}")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error("cannot queue a mail: {0}")]
    Mail(#[from] MailError),
    #[error("background task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// Another request replaced the session that this one was about to replace.
    #[error("the session was replaced by another request")]
    SessionReplaced,
    /// The error of a task that several requests wait for.
    #[error(transparent)]
    Shared(#[from] Arc<LoginError>),
    /// The user who registers has an account already, and the operator has blocked it.
    #[error("the user is blocked")]
    Blocked,
    #[error("every generated username was taken")]
    NoFreeUsername,
}

impl LoginError {
    /// Whether the cause is a database that is temporarily unavailable, so that the client can retry.
    pub fn is_unavailable(&self) -> bool {
        match self {
            LoginError::Database(error) => error.is_unavailable(),
            LoginError::Session(error) => error.is_unavailable(),
            LoginError::Mail(error) => error.is_unavailable(),
            LoginError::Shared(error) => error.is_unavailable(),
            _ => false,
        }
    }

    /// Whether the account was deleted while it was used.
    pub(super) fn is_missing_reference(&self) -> bool {
        match self {
            LoginError::Database(error) | LoginError::Session(SessionError::Query(error)) => {
                error.is_missing_reference()
            }
            _ => false,
        }
    }
}
