//! Creates sessions, in the transaction that decides who is signed in.

use std::fmt;

use sqlx::AnyConnection;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
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
    /// Stores a session, in place of `previous` if that exists.
    pub async fn start(&self, previous: Option<Id>, id: Id, data: &SessionData) -> Result<(), SessionError> {
        if let Some(previous) = previous
            && self.database.execute(self.replacement(previous, id, data)?).await? == 1
        {
            return Ok(());
        }
        self.database.execute(self.insert(id, data)?).await?;
        Ok(())
    }

    /// Does the same in the transaction of `connection`.
    pub async fn start_in(
        &self,
        connection: &mut AnyConnection,
        previous: Option<Id>,
        id: Id,
        data: &SessionData,
    ) -> Result<(), SessionError> {
        if let Some(previous) = previous
            && self.replace_in(&mut *connection, previous, id, data).await?
        {
            return Ok(());
        }
        self.insert(id, data)?.execute(connection).await.map_err(QueryError::from)?;
        Ok(())
    }

    /// Stores a session in place of `previous`, in the transaction of `connection`. Returns false, and stores nothing, if
    /// that does not exist.
    pub async fn replace_in(
        &self,
        connection: &mut AnyConnection,
        previous: Id,
        id: Id,
        data: &SessionData,
    ) -> Result<bool, SessionError> {
        let updated = self.replacement(previous, id, data)?.execute(connection).await.map_err(QueryError::from)?;
        Ok(updated.rows_affected() == 1)
    }

    /// Ends a session, if it exists.
    pub async fn remove(&self, id: Id) -> Result<(), QueryError> {
        let delete = sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(hash(&id));
        self.database.execute(delete).await?;
        Ok(())
    }

    fn insert(&self, id: Id, data: &SessionData) -> Result<Query<'static, Any, AnyArguments>, SessionError> {
        let id_hash = hash(&id);
        let sealed = self.seal(&id_hash, data)?;
        let insert = sqlx::query(
            "INSERT INTO sessions (id_hash, user_id, identity_id, data, created_at, last_seen_at) \
             VALUES ($1, $2, $3, $4, $5, $5)",
        );
        Ok(insert.bind(id_hash).bind(data.user_id()).bind(data.identity_id()).bind(sealed).bind(self.now()))
    }

    fn replacement(
        &self,
        previous: Id,
        id: Id,
        data: &SessionData,
    ) -> Result<Query<'static, Any, AnyArguments>, SessionError> {
        let id_hash = hash(&id);
        let sealed = self.seal(&id_hash, data)?;
        let update = sqlx::query(
            "UPDATE sessions SET id_hash = $1, user_id = $2, identity_id = $3, data = $4, created_at = $5, \
             last_seen_at = $5, renewing_until = 0, renewing_by = NULL WHERE id_hash = $6",
        );
        let update = update.bind(id_hash).bind(data.user_id()).bind(data.identity_id()).bind(sealed);
        Ok(update.bind(self.now()).bind(hash(&previous)))
    }
}
