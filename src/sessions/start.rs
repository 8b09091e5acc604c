//! Creates sessions, in the transaction that decides who is signed in.

use std::fmt;

use sqlx::AnyConnection;
use tower_sessions::session::Id;

use super::data::SessionData;
use super::error::SessionError;
use super::store::{SqlSessionStore, hash};
use crate::database::QueryError;
use crate::random::{self, Random, RandomError};

/// The id of a session that was created for a browser. `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NewSession(pub(super) Id);

impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSession([redacted])")
    }
}

impl NewSession {
    pub fn generate(random: &Random) -> Result<NewSession, RandomError> {
        Ok(NewSession(Id(i128::from_le_bytes(random::bytes(random)?))))
    }

    pub fn id(self) -> Id {
        self.0
    }
}

impl SqlSessionStore {
    /// Stores a session, in the transaction of `connection`.
    pub async fn insert(&self, connection: &mut AnyConnection, id: Id, data: &SessionData) -> Result<(), SessionError> {
        let id_hash = hash(&id);
        sqlx::query(
            "INSERT INTO sessions (id_hash, user_id, data, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(&id_hash)
        .bind(data.user_id())
        .bind(self.seal(&id_hash, data)?)
        .bind(self.now())
        .execute(connection)
        .await
        .map_err(QueryError::from)?;
        Ok(())
    }

    /// Deletes a session, in the transaction of `connection`. Returns whether it existed.
    pub async fn remove(&self, connection: &mut AnyConnection, id: Id) -> Result<bool, QueryError> {
        let deleted =
            sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(hash(&id)).execute(connection).await?;
        Ok(deleted.rows_affected() == 1)
    }
}
