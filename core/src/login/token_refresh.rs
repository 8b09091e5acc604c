//! Keeps a session's access token valid.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::session::stored_token;
use super::{LoginError, LoginFailure, LoginService};
use crate::audit::{self, Event};
use crate::qq::{ErrorClass, QqError};
use crate::random;
use crate::sessions::{
    LeaseStatus, RefreshLease, SessionError, SignedInUser, StoredSession, StoredToken, TokenElsewhere, TokenStatus,
};
use crate::traces::in_current_span;

/// How often a request checks whether another one has refreshed the token.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Database time that a refresh may take in addition to QQ's timeout. After both, other requests stop waiting for it.
const WAIT_MARGIN: Duration = Duration::from_secs(5);

/// How long storing a refreshed token is retried while the database is busy.
const STORE_TIMEOUT: Duration = Duration::from_secs(30);

/// The state of a session's token after a check or a refresh.
pub enum TokenState {
    /// The token is valid. Contains the current session.
    Valid(SignedInUser),
    /// The token needs a refresh, but QQ cannot be reached. The session stays.
    Stale(SignedInUser),
    /// The user has to go through QQ again.
    ReauthRequired,
    /// QQ rejected a token it had just issued. Another login would not help.
    RevokedImmediately,
    /// The session has ended.
    SignedOut,
}

impl LoginService {
    /// Refreshes the token if it has expired.
    pub async fn ensure_valid_token(&self, user: SignedInUser, session: &Session) -> Result<TokenState, LoginError> {
        match (user.token.status(self.now()), session.id()) {
            (TokenStatus::Valid, _) => Ok(TokenState::Valid(user)),
            (TokenStatus::NeedsRefresh, Some(id)) => self.refresh(id, None).await,
            (TokenStatus::NeedsRefresh | TokenStatus::Expired, _) => Ok(unusable_state(&user.token)),
        }
    }

    /// Refreshes the token even if it is valid.
    pub async fn refresh_token_now(&self, user: SignedInUser, session: &Session) -> Result<TokenState, LoginError> {
        match session.id() {
            Some(id) => self.refresh(id, Some(user.token)).await,
            None => Ok(TokenState::SignedOut),
        }
    }

    /// Refreshes the session's token if it has expired or is the `rejected` one.
    ///
    /// Runs in a task of its own: if the client disconnects after QQ has accepted the single-use refresh token, the new
    /// tokens must still be stored.
    pub(super) async fn refresh(&self, id: Id, rejected: Option<StoredToken>) -> Result<TokenState, LoginError> {
        let login = self.clone();
        let refresh = async move { login.refresh_or_wait(id, rejected.as_ref()).await };
        self.tasks.spawn(in_current_span(refresh)).await?
    }

    /// Refreshes the token, or waits for the request that is doing so, possibly on another machine.
    async fn refresh_or_wait(&self, id: Id, rejected: Option<&StoredToken>) -> Result<TokenState, LoginError> {
        let deadline = Instant::now() + self.qq.timeout() + WAIT_MARGIN;
        let mut has_waited = false;
        loop {
            let Some(stored) = self.sessions.find(id).await? else { return Ok(TokenState::SignedOut) };
            let token = &stored.user.token;
            let is_rejected = rejected.is_some_and(|rejected| rejected.is_same_token(token));
            match token.status(self.now()) {
                TokenStatus::Valid if !is_rejected => return Ok(TokenState::Valid(stored.user)),
                TokenStatus::Expired => return Ok(unusable_state(token)),
                TokenStatus::Valid | TokenStatus::NeedsRefresh => {}
            }
            let lease = stored.lease_status();
            if has_waited && (lease == LeaseStatus::Free || Instant::now() > deadline) {
                // The other request did not reach QQ. A second try would double the waiting time.
                return Ok(TokenState::Stale(stored.user));
            }
            if lease != LeaseStatus::Held {
                let owner = random::bytes(&self.random)?;
                if let Some(lease) = self.sessions.acquire_refresh_lease(&stored, owner).await? {
                    let state = self.refresh_with_lease(id, &lease, stored).await;
                    self.sessions.release_refresh_lease(lease).await?;
                    return state;
                }
            }
            has_waited = lease == LeaseStatus::Held;
            sleep(POLL_INTERVAL).await;
        }
    }

    async fn refresh_with_lease(
        &self,
        id: Id,
        lease: &RefreshLease,
        stored: StoredSession,
    ) -> Result<TokenState, LoginError> {
        let old = &stored.user.token;
        let Some(refresh_token) = &old.refresh_token else { return Ok(TokenState::ReauthRequired) };
        let obtained_at = self.now();
        match self.sessions.hold_refresh_lease(lease, self.qq.refresh_token(refresh_token)).await {
            Ok(token) => {
                let user = self.store_refreshed_token(id, old, &stored_token(token, obtained_at)).await?;
                audit::record(Event::TokenRenewed { user_id: stored.user.user_id });
                Ok(user.map_or(TokenState::SignedOut, TokenState::Valid))
            }
            Err(error) => {
                self.log_qq_error(&error);
                self.handle_refresh_error(id, lease, stored, &error).await
            }
        }
    }

    async fn handle_refresh_error(
        &self,
        id: Id,
        lease: &RefreshLease,
        stored: StoredSession,
        error: &QqError,
    ) -> Result<TokenState, LoginError> {
        let user_id = stored.user.user_id;
        let record_failure = |failure: LoginFailure| {
            audit::record(Event::TokenNotRenewed { user_id, reason: failure.code() });
        };
        match error.class() {
            ErrorClass::QqFailure | ErrorClass::RetryLater => {
                record_failure(LoginFailure::Unreachable);
                Ok(TokenState::Stale(stored.user))
            }
            // The refresh token stays: it may work again once the operator has acted.
            ErrorClass::OperatorAction | ErrorClass::BadRequest => {
                record_failure(LoginFailure::Misconfigured);
                Ok(TokenState::ReauthRequired)
            }
            ErrorClass::ReauthRequired => {
                let adopted = self.sessions.hold_refresh_lease(lease, self.adopt_newer_token(id, &stored)).await?;
                if let Some(user) = adopted {
                    audit::record(Event::TokenRenewed { user_id });
                    return Ok(TokenState::Valid(user));
                }
                let user = stored.user;
                // The refresh token is used up or invalid. The access token may still be valid.
                let rejected_at = error.is_token_invalid().then(|| self.now());
                let current = self
                    .replace_token(id, &user.token, |old| StoredToken {
                        refresh_token: None,
                        rejected_at,
                        ..old.clone()
                    })
                    .await?;
                let Some(current) = current else { return Ok(TokenState::SignedOut) };
                let is_other_token = !current.token.is_same_token(&user.token);
                if is_other_token && current.token.status(self.now()) == TokenStatus::Valid {
                    // Another request refreshed the token first; use its result.
                    return Ok(TokenState::Valid(current));
                }
                audit::record(Event::TokenRefused { user_id });
                Ok(TokenState::ReauthRequired)
            }
        }
    }

    /// QQ may give several sessions of a user the same refresh token, which works once. Takes over the token that another
    /// session got for it; waits while another session is refreshing its token.
    async fn adopt_newer_token(&self, id: Id, stored: &StoredSession) -> Result<Option<SignedInUser>, LoginError> {
        let deadline = Instant::now() + self.qq.timeout() + WAIT_MARGIN;
        loop {
            match self.sessions.find_newer_token(stored).await? {
                TokenElsewhere::Newer(token) => {
                    return Ok(self.replace_token(id, &stored.user.token, |_| token.clone()).await?);
                }
                TokenElsewhere::InProgress if Instant::now() < deadline => sleep(POLL_INTERVAL).await,
                TokenElsewhere::InProgress | TokenElsewhere::Unknown => return Ok(None),
            }
        }
    }

    /// Stores the refreshed token. QQ issues it once and it exists nowhere else, so a busy database is retried.
    async fn store_refreshed_token(
        &self,
        id: Id,
        old: &StoredToken,
        new: &StoredToken,
    ) -> Result<Option<SignedInUser>, SessionError> {
        let deadline = Instant::now() + STORE_TIMEOUT;
        loop {
            let replace = |user: &SignedInUser| with_token(user, old, |_| new.clone());
            match self.sessions.update_and_release_lease(id, replace).await {
                Err(error) if error.is_unavailable() && Instant::now() < deadline => {
                    tracing::warn!(%error, "refreshed token could not be stored; retrying");
                    sleep(POLL_INTERVAL).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Marks a token that QQ rejected.
    pub(super) async fn mark_revoked(&self, id: Id, token: &StoredToken) -> Result<TokenState, LoginError> {
        let rejected_at = Some(self.now());
        let user = self.replace_token(id, token, |old| StoredToken { rejected_at, ..old.clone() }).await?;
        let Some(user) = user else { return Ok(TokenState::SignedOut) };
        audit::record(Event::TokenRefused { user_id: user.user_id });
        Ok(unusable_state(&user.token))
    }

    async fn replace_token(
        &self,
        id: Id,
        old: &StoredToken,
        new: impl Fn(&StoredToken) -> StoredToken + Send + Sync,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.sessions.update(id, |user| with_token(user, old, &new)).await
    }
}

/// Replaces the user's token. Returns `None` if it is no longer `old`.
fn with_token(
    user: &SignedInUser,
    old: &StoredToken,
    new: impl Fn(&StoredToken) -> StoredToken,
) -> Option<SignedInUser> {
    user.token.is_same_token(old).then(|| SignedInUser { token: new(&user.token), ..user.clone() })
}

fn unusable_state(token: &StoredToken) -> TokenState {
    if token.was_revoked_immediately() { TokenState::RevokedImmediately } else { TokenState::ReauthRequired }
}
