//! Updates sessions that other requests, on other machines too, may update at the same time.
//!
//! An update is written only over the row it was derived from; otherwise it is derived again.
//! A refresh token works once (QQ Connect wiki, 公共返回码说明, note on code 100021), so a lease in the
//! row lets one request at a time refresh the token. Its owner extends it again and again: if that process dies, the
//! lease soon ends. Its times are those of the database's clock, since the clocks of machines may differ by more than a
//! lease lasts.

use std::time::Duration;

use tokio::time::sleep;
use tower_sessions::session::Id;

use super::data::{KEY, SessionData, SignedInUser};
use super::error::SessionError;
use super::store::{Row, SqlSessionStore, hash};
use super::token::{StoredToken, TokenStatus};
use crate::database::QueryError;

const UPDATE: &str = "UPDATE sessions SET data = $1 WHERE id_hash = $2 AND data = $3";
const UPDATE_AND_RELEASE_LEASE: &str =
    "UPDATE sessions SET data = $1, renewing_until = 0, renewing_by = NULL WHERE id_hash = $2 AND data = $3";
const MAX_UPDATE_ATTEMPTS: u32 = 50;
const RETRY_DELAY: Duration = Duration::from_millis(5);

/// How long a lease lasts without being extended.
const LEASE_SECS: i64 = 3;
const EXTEND_INTERVAL: Duration = Duration::from_secs(1);

/// A session as it was read, for updates that depend on it.
pub struct StoredSession {
    /// The signed-in user.
    pub user: SignedInUser,
    id: Id,
    row: Row,
}

/// The right to refresh the token of one session.
pub struct RefreshLease {
    id: Id,
    owner: String,
}

/// Whether a request refreshes the session's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseStatus {
    Free,
    Held,
    /// The process that held it has died.
    Abandoned,
}

/// What other sessions of a user say about a token.
pub enum TokenElsewhere {
    /// Another session has this token, which is newer.
    Newer(StoredToken),
    /// Another session is refreshing its token.
    InProgress,
    Unknown,
}

impl StoredSession {
    /// Returns the status when the session was read.
    pub fn lease_status(&self) -> LeaseStatus {
        match self.row.lease_remaining_secs {
            None => LeaseStatus::Free,
            Some(remaining) if remaining > 0 => LeaseStatus::Held,
            Some(_) => LeaseStatus::Abandoned,
        }
    }
}

impl SqlSessionStore {
    /// Reads the session of a signed-in user.
    pub async fn find(&self, id: Id) -> Result<Option<StoredSession>, SessionError> {
        let Some(row) = self.read(&id).await? else { return Ok(None) };
        let data = row.data.get(KEY).cloned().and_then(SessionData::parse);
        Ok(data.and_then(SessionData::signed_in).map(|user| StoredSession { user, id, row }))
    }

    /// Acquires the lease for `owner`, a random name. Returns `None` if another request holds it or the session has
    /// changed since it was read.
    pub async fn acquire_refresh_lease(
        &self,
        found: &StoredSession,
        owner: [u8; 8],
    ) -> Result<Option<RefreshLease>, QueryError> {
        let owner = hex::encode(owner);
        let update = sqlx::query(
            "UPDATE sessions SET renewing_until = unixepoch() + $1, renewing_by = $2 \
             WHERE id_hash = $3 AND renewing_until <= unixepoch() AND data = $4",
        )
        .bind(LEASE_SECS)
        .bind(owner.clone())
        .bind(hash(&found.id))
        .bind(found.row.sealed.clone());
        let is_acquired = self.database.execute(update).await? == 1;
        Ok(is_acquired.then_some(RefreshLease { id: found.id, owner }))
    }

    /// Extends the lease until `work` is done.
    pub async fn hold_refresh_lease<T>(&self, lease: &RefreshLease, work: impl Future<Output = T>) -> T {
        let extend = async {
            loop {
                sleep(EXTEND_INTERVAL).await;
                let update = sqlx::query(
                    "UPDATE sessions SET renewing_until = unixepoch() + $1 WHERE id_hash = $2 AND renewing_by = $3",
                )
                .bind(LEASE_SECS)
                .bind(hash(&lease.id))
                .bind(lease.owner.clone());
                if let Err(error) = self.database.execute(update).await {
                    tracing::warn!(%error, "lease of a token refresh not extended");
                }
            }
        };
        tokio::select! {
            output = work => output,
            never = extend => never,
        }
    }

    /// Releases the lease, unless another request has taken it over.
    pub async fn release_refresh_lease(&self, lease: RefreshLease) -> Result<(), QueryError> {
        let update = sqlx::query(
            "UPDATE sessions SET renewing_until = 0, renewing_by = NULL WHERE id_hash = $1 AND renewing_by = $2",
        );
        self.database.execute(update.bind(hash(&lease.id)).bind(lease.owner)).await?;
        Ok(())
    }

    /// Looks for a token that another session of the same user got by using the refresh token of `found`.
    pub async fn find_newer_token(&self, found: &StoredSession) -> Result<TokenElsewhere, SessionError> {
        let mut rows: Vec<(String, Vec<u8>, i64, i64, i64)> = sqlx::query_as(
            "SELECT id_hash, data, created_at, last_seen_at, renewing_until - unixepoch() FROM sessions \
             WHERE user_id = $1 AND id_hash <> $2",
        )
        .bind(found.user.user_id)
        .bind(hash(&found.id))
        .fetch_all(self.database.reader())
        .await
        .map_err(QueryError::from)?;
        let now = self.now();
        rows.retain(|(_, _, created_at, last_seen_at, _)| !self.has_ended(*created_at, *last_seen_at, now));
        let is_in_progress = rows.iter().any(|(.., lease_remaining_secs)| *lease_remaining_secs > 0);
        let tokens = rows.iter().filter_map(|(id_hash, sealed, ..)| {
            let data = self.open(id_hash, sealed)?.remove(KEY).and_then(SessionData::parse)?;
            // The tokens of another App ID, with which the user has another openid, do not work with this one.
            data.signed_in().filter(|user| user.openid == found.user.openid).map(|user| user.token)
        });
        let newest = tokens
            .filter(|token| {
                token.status(now) == TokenStatus::Valid && token.obtained_at >= found.user.token.obtained_at
            })
            .filter(|token| !token.is_same_token(&found.user.token))
            .max_by_key(|token| token.obtained_at);
        Ok(match newest {
            Some(token) => TokenElsewhere::Newer(token),
            None if is_in_progress => TokenElsewhere::InProgress,
            None => TokenElsewhere::Unknown,
        })
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
            let sealed = self.seal(&id_hash, &SessionData::SignedIn(changed.clone()))?;
            let update = sqlx::query(sql).bind(sealed).bind(id_hash.clone()).bind(found.row.sealed);
            if self.database.execute(update).await? == 1 {
                return Ok(Some(changed));
            }
            sleep(RETRY_DELAY).await;
        }
        Err(SessionError::Contention)
    }
}
