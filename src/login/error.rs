//! Internal errors of the login flow.

use crate::database;
use crate::random::RandomError;
use crate::sealing::SealError;
use crate::sessions::{self, SessionError};

/// An internal error: neither the user nor QQ caused it, and no account or session was created.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("database error: {0}")]
    Database(#[from] sqlx::Error),
    #[error("session error: {0}")]
    Session(#[from] SessionError),
    #[error("cannot seal the login attempt: {0}")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error("token refresh task failed: {0}")]
    RefreshTask(#[from] tokio::task::JoinError),
    #[error("every generated username was taken")]
    NoFreeUsername,
}

impl LoginError {
    /// Whether the cause is a database that is temporarily unavailable, so that the client can retry.
    pub fn is_unavailable(&self) -> bool {
        match self {
            LoginError::Database(error) => database::is_unavailable(error),
            LoginError::Session(error) => sessions::is_unavailable(error),
            _ => false,
        }
    }
}
