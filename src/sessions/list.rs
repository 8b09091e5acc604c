//! The sessions of one person, for that person to see and to end.

use tower_sessions::session::Id;

use super::data::SessionError;
use super::store::{SqlSessionStore, backend, hash};
use crate::sealing::fingerprint;

/// How many characters of a hash name a session among those of one person.
const HANDLE_CHARS: usize = 16;

/// One of a person's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// What names it among theirs. Nothing can be done with it but to end it, and by them alone.
    pub handle: String,
    /// When it began, in seconds since 1970.
    pub began_at: i64,
    /// When it was last used, in seconds since 1970 (to a minute).
    pub last_seen_at: i64,
    /// Whether it is the one of the browser that asks.
    pub is_current: bool,
}

impl SqlSessionStore {
    /// Lists a person's sessions, the last used first. `current` is that of the browser that asks.
    pub async fn list_for_user(&self, user_id: i64, current: Option<Id>) -> Result<Vec<SessionInfo>, SessionError> {
        let current = current.map(|id| hash(&id));
        let rows = self.rows_of(user_id).await?;
        let alive = rows.into_iter().filter(|(_, began_at, seen_at)| !self.has_ended(*began_at, *seen_at, self.now()));
        let listed = alive.map(|(id_hash, began_at, last_seen_at)| SessionInfo {
            handle: handle(&id_hash),
            began_at,
            last_seen_at,
            is_current: current.as_deref() == Some(id_hash.as_str()),
        });
        Ok(listed.collect())
    }

    /// Ends one of a person's sessions. False if none of theirs has this handle.
    pub async fn end_by_handle(&self, user_id: i64, wanted: &str) -> Result<bool, SessionError> {
        let rows = self.rows_of(user_id).await?;
        let Some((id_hash, ..)) = rows.into_iter().find(|(id_hash, ..)| handle(id_hash) == wanted) else {
            return Ok(false);
        };
        let ended = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash = $2")
            .bind(user_id)
            .bind(id_hash)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(ended.rows_affected() == 1)
    }

    /// Ends all of a person's sessions but the one of the browser that asks.
    pub async fn end_others(&self, user_id: i64, current: Id) -> Result<(), SessionError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2")
            .bind(user_id)
            .bind(hash(&current))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn rows_of(&self, user_id: i64) -> Result<Vec<(String, i64, i64)>, SessionError> {
        let rows = sqlx::query_as(
            "SELECT id_hash, created_at, last_seen_at FROM sessions WHERE user_id = $1 \
             ORDER BY last_seen_at DESC, created_at DESC, id_hash",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await;
        Ok(rows.map_err(backend)?)
    }
}

/// A hash of the row's key, so that pages show nothing of what stands in the database.
fn handle(id_hash: &str) -> String {
    let mut handle = fingerprint(id_hash);
    handle.truncate(HANDLE_CHARS);
    handle
}
