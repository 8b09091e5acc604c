//! Changing a session that other requests, on other machines too, may be changing just now.
//!
//! A change is written only over the very row it was derived from; otherwise it is derived again.
//! The right to renew a token is a lease in the row: a refresh token works once (QQ Connect wiki,
//! 公共返回码说明, note on code 100021), so of all requests on all machines one may use it.

use std::time::Duration;

use tower_sessions::session::{Id, Record};
use tower_sessions::session_store;

use super::data::{KEY, SessionData, SessionError, SignedInUser};
use super::store::{Row, SqlSessionStore, backend, hash};

/// A session as it was found, for a change that must know whether it still is so.
pub struct StoredSession {
    /// Who is signed in.
    pub signed_in: SignedInUser,
    id: Id,
    row: Row,
}

/// What becomes of the right to renew the token when a session is changed.
#[derive(Clone, Copy)]
enum Lease {
    Stays,
    Ends,
}

impl StoredSession {
    /// Whether somebody is renewing this session's token. `now` is in seconds since 1970.
    pub fn is_refresh_in_progress(&self, now: i64) -> bool {
        self.row.renewing_until > now
    }
}

impl SqlSessionStore {
    /// Finds the session of somebody who is signed in.
    pub async fn find(&self, id: Id) -> Result<Option<StoredSession>, SessionError> {
        let Some((record, row)) = self.read(&id).await? else { return Ok(None) };
        let visitor = record.data.get(KEY).and_then(|visitor| SessionData::parse(visitor.clone()));
        Ok(visitor.and_then(SessionData::signed_in).map(|signed_in| StoredSession { signed_in, id, row }))
    }

    /// Takes the right to renew the token, until the moment `until` (in seconds since 1970). False
    /// if somebody else has it, or the session is not any more as it was found.
    pub async fn acquire_refresh_lease(&self, found: &StoredSession, until: i64) -> Result<bool, SessionError> {
        let taken = sqlx::query(
            "UPDATE sessions SET renewing_until = $1 WHERE id_hash = $2 AND renewing_until <= $3 AND data = $4",
        )
        .bind(until)
        .bind(hash(&found.id))
        .bind(self.now())
        .bind(&found.row.sealed)
        .execute(&self.pool)
        .await
        .map_err(backend)?;
        Ok(taken.rows_affected() == 1)
    }

    /// Gives back the right that was taken until the moment `until`, unless somebody else has it by now.
    pub async fn release_refresh_lease(&self, id: Id, until: i64) -> Result<(), SessionError> {
        sqlx::query("UPDATE sessions SET renewing_until = 0 WHERE id_hash = $1 AND renewing_until = $2")
            .bind(hash(&id))
            .bind(until)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    /// Changes the session of somebody who is signed in, all at once or not at all, and gives it as
    /// it is then; `None` if the person signed out meanwhile. `change` may be called several times;
    /// if it gives `None`, the session stays as it is.
    pub async fn update(
        &self,
        id: Id,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.change_and(id, Lease::Stays, change).await
    }

    /// The same for who has renewed the token: the right to do so is given back with the same write.
    /// Somebody who came between the two would wait for a renewal that is over, and take it for one
    /// that failed.
    pub async fn update_and_release_lease(
        &self,
        id: Id,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.change_and(id, Lease::Ends, change).await
    }

    async fn change_and(
        &self,
        id: Id,
        lease: Lease,
        change: impl Fn(&SignedInUser) -> Option<SignedInUser> + Send,
    ) -> Result<Option<SignedInUser>, SessionError> {
        const MAX_TRIES: u32 = 50;
        const PAUSE: Duration = Duration::from_millis(5);
        for _ in 0..MAX_TRIES {
            let Some(found) = self.find(id).await? else { return Ok(None) };
            let Some(changed) = change(&found.signed_in) else { return Ok(Some(found.signed_in)) };
            if self.write_over(&found, &changed, lease).await? {
                return Ok(Some(changed));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(session_store::Error::Backend("the session is changed by too many at once".to_owned()).into())
    }

    async fn write_over(
        &self,
        found: &StoredSession,
        changed: &SignedInUser,
        lease: Lease,
    ) -> Result<bool, SessionError> {
        let visitor = serde_json::to_value(SessionData::SignedIn(changed.clone()))?;
        let record =
            Record { id: found.id, data: [(KEY.to_owned(), visitor)].into(), expiry_date: found.row.expires_at };
        let id_hash = hash(&found.id);
        let written = sqlx::query(match lease {
            Lease::Stays => "UPDATE sessions SET data = $1 WHERE id_hash = $2 AND data = $3",
            Lease::Ends => "UPDATE sessions SET data = $1, renewing_until = 0 WHERE id_hash = $2 AND data = $3",
        })
        .bind(self.seal(&id_hash, &record)?)
        .bind(&id_hash)
        .bind(&found.row.sealed)
        .execute(&self.pool)
        .await
        .map_err(backend)?;
        Ok(written.rows_affected() == 1)
    }
}
