//! Why a session could not be read or written.

use tower_sessions::session;
use tower_sessions::session_store::Error as StoreError;

use crate::database::QueryError;
use crate::sealing::SealError;

/// Why a session could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("cannot seal the session: {0}")]
    Seal(#[from] SealError),
    #[error("cannot write the session as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// tower-sessions reports what its store reported.
    #[error(transparent)]
    Library(#[from] session::Error),
    #[error("too many concurrent updates of one session")]
    Contention,
}

/// Marks errors of an unavailable database, since the errors of tower-sessions contain only text.
const UNAVAILABLE: &str = "the database is unavailable: ";

impl SessionError {
    /// Whether the cause is a database that is temporarily unavailable.
    pub fn is_unavailable(&self) -> bool {
        match self {
            SessionError::Query(error) => error.is_unavailable(),
            SessionError::Library(session::Error::Store(StoreError::Backend(message))) => {
                message.starts_with(UNAVAILABLE)
            }
            _ => false,
        }
    }
}

pub(super) fn store_error(error: SessionError) -> StoreError {
    StoreError::Backend(if error.is_unavailable() { format!("{UNAVAILABLE}{error}") } else { error.to_string() })
}
