//! Updates sessions that other requests, on other machines too, may update at the same time.
//!
//! An update is written only over the row it was derived from; otherwise it is derived again.
//! A refresh token works once (QQ Connect wiki, 公共返回码说明, note on code 100021), so a lease in the
//! row lets one request at a time refresh the token.

use std::time::Duration;

use tower_sessions::session::Id;
use tower_sessions::session_store;

use super::data::{KEY, SessionData, SessionError, SignedInUser};
use super::store::{Row, SqlSessionStore, backend, hash};

const UPDATE: &str = "UPDATE sessions SET data = $1 WHERE id_hash = $2 AND data = $3";
const UPDATE_AND_RELEASE_LEASE: &str =
    "UPDATE sessions SET data = $1, renewing_until = 0 WHERE id_hash = $2 AND data = $3";

const MAX_UPDATE_ATTEMPTS: u32 = 50;
const RETRY_DELAY: Duration = Duration::from_millis(5);

/// A session as it was read, for updates that depend on it.
pub struct StoredSession {
    /// The signed-in user.
    pub user: SignedInUser,
    id: Id,
    row: Row,
}

impl StoredSession {
    /// Whether a request holds the lease. `now` is in seconds since 1970.
    pub fn is_refresh_in_progress(&self, now: i64) -> bool {
        self.row.lease_ends_at > now
    }
}

impl SqlSessionStore {
    /// Reads the session of a signed-in user.
    pub async fn find(&self, id: Id) -> Result<Option<StoredSession>, SessionError> {
        let Some(row) = self.read(&id).await? else { return Ok(None) };
        let data = row.data.get(KEY).cloned().and_then(SessionData::parse);
        Ok(data.and_then(SessionData::signed_in).map(|user| StoredSession { user, id, row }))
    }

    /// Acquires the lease until `ends_at` (in seconds since 1970). Returns false if another request
    /// holds it or the session has changed since it was read.
    pub async fn acquire_refresh_lease(&self, found: &StoredSession, ends_at: i64) -> Result<bool, SessionError> {
        let updated = sqlx::query(
            "UPDATE sessions SET renewing_until = $1 WHERE id_hash = $2 AND renewing_until <= $3 AND data = $4",
        )
        .bind(ends_at)
        .bind(hash(&found.id))
        .bind(self.now())
        .bind(&found.row.sealed)
        .execute(&self.pool)
        .await
        .map_err(backend)?;
        Ok(updated.rows_affected() == 1)
    }

    /// Releases the lease that was acquired until `ends_at`, unless another request has acquired it
    /// since then.
    pub async fn release_refresh_lease(&self, id: Id, ends_at: i64) -> Result<(), SessionError> {
        sqlx::query("UPDATE sessions SET renewing_until = 0 WHERE id_hash = $1 AND renewing_until = $2")
            .bind(hash(&id))
            .bind(ends_at)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    /// Updates the session atomically and returns it as it is then; `None` if the user signed out.
    /// `change` may be called several times; if it returns `None`, the session stays as it is.
    pub async fn update(
        &self,
        id: Id,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.update_with(UPDATE, id, change).await
    }

    /// Like [`Self::update`], and releases the lease in the same statement. After two statements, a
    /// request in between would see the lease and wait for a refresh that is over.
    pub async fn update_and_release_lease(
        &self,
        id: Id,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.update_with(UPDATE_AND_RELEASE_LEASE, id, change).await
    }

    async fn update_with(
        &self,
        sql: &'static str,
        id: Id,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        let id_hash = hash(&id);
        for _ in 0..MAX_UPDATE_ATTEMPTS {
            let Some(found) = self.find(id).await? else { return Ok(None) };
            let Some(changed) = change(&found.user) else { return Ok(Some(found.user)) };
            let data = serde_json::to_value(SessionData::SignedIn(changed.clone()))?;
            let updated = sqlx::query(sql)
                .bind(self.seal(&id_hash, &[(KEY.to_owned(), data)].into())?)
                .bind(&id_hash)
                .bind(&found.row.sealed)
                .execute(&self.pool)
                .await
                .map_err(backend)?;
            if updated.rows_affected() == 1 {
                return Ok(Some(changed));
            }
            tokio::time::sleep(RETRY_DELAY).await;
        }
        Err(session_store::Error::Backend("too many concurrent updates of one session".to_owned()).into())
    }
}
