//! Opens a database that a site has created, for commands beside the site.

use std::path::PathBuf;

use super::status::{SchemaState, check_status};
use super::{Database, DatabaseError};

/// Why a database cannot be used by a command.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0} does not exist; start the site once, or name its database")]
    NotCreated(PathBuf),
    #[error("the tables are of an older version; start this version of the site once")]
    Older,
    #[error("the tables are of a newer version; use that version")]
    Newer,
    #[error("the tables are damaged, or belong to another program; run qq-login doctor")]
    Unusable,
    #[error("cannot use the database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Open(#[from] DatabaseError),
}

impl Database {
    /// Opens the database at `url` if it has the tables of this version or a newer one. Creates and migrates nothing.
    pub async fn open_existing(url: &str) -> Result<Database, OpenError> {
        check_exists(url).await?;
        Ok(Database::open(url).await?)
    }
}

/// Checks that the database at `url` exists and has the tables of this version, and no others.
pub(super) async fn check_has_same_tables(url: &str) -> Result<(), OpenError> {
    match check_status(url).await? {
        SchemaState::Newer => Err(OpenError::Newer),
        state => check_usable(state),
    }
}

/// Checks that the database at `url` exists and has the tables of this version or a newer one.
pub(super) async fn check_exists(url: &str) -> Result<(), OpenError> {
    check_usable(check_status(url).await?)
}

fn check_usable(state: SchemaState) -> Result<(), OpenError> {
    match state {
        SchemaState::Writable { pending: 0 } | SchemaState::Newer => Ok(()),
        SchemaState::NotCreated(file) => Err(OpenError::NotCreated(file)),
        SchemaState::Writable { .. } => Err(OpenError::Older),
        SchemaState::Damaged | SchemaState::Foreign(_) => Err(OpenError::Unusable),
    }
}
