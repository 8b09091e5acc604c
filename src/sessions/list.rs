//! Lists and ends the sessions of one user.

use std::cmp::Reverse;

use tower_sessions::session::Id;

use super::last_seen::Note;
use super::store::{SqlSessionStore, hash};
use crate::database::QueryError;
use crate::sealing::fingerprint;

const HANDLE_CHARS: usize = 16;

/// One of a user's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Identifies the session among those of its user, who can end it by this handle.
    pub handle: String,
    /// When it began, in seconds since 1970.
    pub created_at: i64,
    /// When it was last used, in seconds since 1970, to a minute.
    pub last_seen_at: i64,
    /// Whether the request belongs to it.
    pub is_current: bool,
}

impl SqlSessionStore {
    /// Lists a user's sessions, the last used first. `current` is the session of the request.
    pub async fn list_for_user(&self, user_id: i64, current: Option<Id>) -> Result<Vec<SessionInfo>, QueryError> {
        let current = current.map(|id| hash(&id));
        let now = self.now();
        let rows = self.rows_of_user(user_id).await?.into_iter();
        let mut sessions: Vec<SessionInfo> = rows
            .filter_map(|(id_hash, created_at, stored)| {
                let last_seen_at = Note::apply(self.last_seen.get(&id_hash), stored)?;
                (!self.has_ended(created_at, last_seen_at, now)).then(|| SessionInfo {
                    handle: handle(&id_hash),
                    created_at,
                    last_seen_at,
                    is_current: current.as_ref() == Some(&id_hash),
                })
            })
            .collect();
        sessions.sort_by_key(|session| Reverse((session.last_seen_at, session.created_at)));
        Ok(sessions)
    }

    /// Ends one of a user's sessions. Returns false if none of them has this handle.
    pub async fn end_by_handle(&self, user_id: i64, wanted: &str) -> Result<bool, QueryError> {
        let mut rows = self.rows_of_user(user_id).await?.into_iter();
        let Some((id_hash, ..)) = rows.find(|(id_hash, ..)| handle(id_hash) == wanted) else { return Ok(false) };
        let delete =
            sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash = $2").bind(user_id).bind(id_hash);
        Ok(self.database.execute(delete).await? == 1)
    }

    /// Ends all of a user's sessions except that of the request.
    pub async fn end_others(&self, user_id: i64, current: Id) -> Result<(), QueryError> {
        let delete = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2");
        self.database.execute(delete.bind(user_id).bind(hash(&current))).await?;
        Ok(())
    }

    async fn rows_of_user(&self, user_id: i64) -> Result<Vec<(String, i64, i64)>, QueryError> {
        let rows = sqlx::query_as(
            "SELECT id_hash, created_at, last_seen_at FROM sessions WHERE user_id = $1 ORDER BY id_hash",
        )
        .bind(user_id)
        .fetch_all(self.database.reader())
        .await?;
        Ok(rows)
    }
}

/// A hash of the row's key, so that pages do not contain the key itself.
fn handle(id_hash: &str) -> String {
    let mut handle = fingerprint(id_hash);
    handle.truncate(HANDLE_CHARS);
    handle
}
