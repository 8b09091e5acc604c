//! Lists and ends the sessions of one user.

use std::cmp::Reverse;

use tower_sessions::session::Id;

use super::data::{KEY, SessionData};
use super::device::Device;
use super::last_seen::Note;
use super::store::{SqlSessionStore, hash};
use crate::database::QueryError;
use crate::sealing::fingerprint;

/// Hash of the id, start, last use, and the data, encrypted.
type SessionRow = (String, i64, i64, Vec<u8>);

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
    /// What it was started with.
    pub device: Device,
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
            .filter_map(|(id_hash, created_at, stored, sealed)| {
                let last_seen_at = Note::apply(self.last_seen.get(&id_hash), stored)?;
                (!self.has_ended(created_at, last_seen_at, now)).then(|| SessionInfo {
                    handle: handle(&id_hash),
                    created_at,
                    last_seen_at,
                    device: self.device(&id_hash, &sealed),
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

    fn device(&self, id_hash: &str, sealed: &[u8]) -> Device {
        let data = self.open(id_hash, sealed).and_then(|mut data| SessionData::parse(data.remove(KEY)?));
        data.and_then(SessionData::signed_in).map(|user| user.device).unwrap_or_default()
    }

    async fn rows_of_user(&self, user_id: i64) -> Result<Vec<SessionRow>, QueryError> {
        let rows = sqlx::query_as(
            "SELECT id_hash, created_at, last_seen_at, data FROM sessions WHERE user_id = $1 ORDER BY id_hash",
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
