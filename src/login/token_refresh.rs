//! Keeping the access token good: go on, renew it, or go through QQ again.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tower_sessions::Session;
use tower_sessions::session::Id;
use tracing::Instrument;

use super::{LoginError, LoginFailure, LoginService};
use crate::audit::{self, Event};
use crate::qq::{self, ErrorClass, QqError};
use crate::sessions::{self, SessionError, SignedInUser, StoredSession, StoredToken, TokenStatus};

/// How often a request looks whether another one has renewed the token.
const POLL: Duration = Duration::from_millis(50);

/// What a renewal may take beyond QQ's time: a slow database. Whoever has the right to renew and
/// has not used it by then is taken for dead.
const SLACK: Duration = Duration::from_secs(5);

/// How long a busy database is asked to take a renewed token.
const PERSISTENCE: Duration = Duration::from_secs(30);

/// What became of a session's token.
#[derive(Clone)]
pub enum TokenState {
    /// It is good; here is the session as it is now.
    Valid(SignedInUser),
    /// It could not be renewed, since QQ could not be reached. The session stays.
    Stale(SignedInUser),
    /// The person has to pass by QQ again.
    ReauthRequired,
    /// QQ refused even a fresh one. Another would fare no better, so the person is told.
    RevokedImmediately,
    /// The person signed out meanwhile.
    SignedOut,
}

impl LoginService {
    /// Looks at the token's timestamp and does what it asks for.
    pub async fn ensure_valid_token(
        &self,
        signed_in: SignedInUser,
        session: &Session,
    ) -> Result<TokenState, LoginError> {
        match (signed_in.token.status(self.now()), session.id()) {
            (TokenStatus::Valid, _) => Ok(TokenState::Valid(signed_in)),
            (TokenStatus::NeedsRefresh, Some(id)) => self.refresh(id, None).await,
            (TokenStatus::NeedsRefresh | TokenStatus::Expired, _) => Ok(unusable_state(&signed_in.token)),
        }
    }

    /// Renews the token now, good as it may be.
    pub async fn refresh_token_now(
        &self,
        signed_in: SignedInUser,
        session: &Session,
    ) -> Result<TokenState, LoginError> {
        match session.id() {
            Some(id) => self.refresh(id, Some(signed_in.token)).await,
            None => Ok(TokenState::SignedOut),
        }
    }

    /// Renews on a task of its own: were the browser to hang up now, the refresh token would be
    /// spent and the new tokens lost.
    pub(super) async fn refresh(&self, id: Id, unwanted: Option<StoredToken>) -> Result<TokenState, LoginError> {
        let login = self.clone();
        let renewal = async move { login.refresh_once(id, unwanted.as_ref()).await };
        tokio::spawn(renewal.in_current_span()).await?
    }

    /// Of several requests at a time, on several machines too, one renews; the others wait for it.
    /// A token is renewed if it has to be, or if it is the one that is `unwanted`.
    async fn refresh_once(&self, id: Id, unwanted: Option<&StoredToken>) -> Result<TokenState, LoginError> {
        let patience = Instant::now() + self.qq.timeout() + SLACK;
        let mut has_waited = false;
        loop {
            let Some(found) = self.sessions.find(id).await? else { return Ok(TokenState::SignedOut) };
            let is_unwanted = unwanted.is_some_and(|unwanted| unwanted.is_same_token(&found.signed_in.token));
            match found.signed_in.token.status(self.now()) {
                TokenStatus::Valid if !is_unwanted => return Ok(TokenState::Valid(found.signed_in)),
                TokenStatus::Expired => return Ok(unusable_state(&found.signed_in.token)),
                TokenStatus::Valid | TokenStatus::NeedsRefresh => {}
            }
            let is_taken = found.is_refresh_in_progress(self.now());
            if has_waited && (!is_taken || Instant::now() > patience) {
                // Whom we waited for did not reach QQ. Trying again would let people wait twice.
                return Ok(TokenState::Stale(found.signed_in));
            }
            let until = self.lease_ends_at();
            if !is_taken && self.sessions.acquire_refresh_lease(&found, until).await? {
                let outcome = self.refresh_with_lease(id, found).await;
                self.sessions.release_refresh_lease(id, until).await?;
                return outcome;
            }
            has_waited = is_taken;
            sleep(POLL).await;
        }
    }

    async fn refresh_with_lease(&self, id: Id, found: StoredSession) -> Result<TokenState, LoginError> {
        let old = &found.signed_in.token;
        let Some(refresh_token) = &old.refresh_token else { return Ok(TokenState::ReauthRequired) };
        let obtained_at = self.now();
        match self.qq.refresh_token(refresh_token).await {
            Ok(token) => {
                // The new refresh token stands in the same record as the new token: both or neither.
                let new = stored_token(token, obtained_at);
                let changed = self.store_refreshed_token(id, old, &new).await?;
                audit::record(Event::TokenRenewed { user_id: found.signed_in.user_id });
                Ok(changed.map_or(TokenState::SignedOut, TokenState::Valid))
            }
            Err(error) => {
                self.log_refusal(&error);
                self.handle_refresh_error(id, found.signed_in, &error).await
            }
        }
    }

    async fn handle_refresh_error(
        &self,
        id: Id,
        signed_in: SignedInUser,
        error: &QqError,
    ) -> Result<TokenState, LoginError> {
        match error.class() {
            ErrorClass::QqFailure | ErrorClass::RetryLater => {
                audit::record(refresh_failed_event(&signed_in, LoginFailure::Unreachable));
                Ok(TokenState::Stale(signed_in))
            }
            // For the operator to mend; the refresh token may be good again then.
            ErrorClass::OperatorAction | ErrorClass::BadRequest => {
                audit::record(refresh_failed_event(&signed_in, LoginFailure::Misconfigured));
                Ok(TokenState::ReauthRequired)
            }
            ErrorClass::ReauthRequired => {
                let refused_at = Some(self.now()).filter(|_| error.is_token_invalid());
                // A refused refresh token is spent or void. The access token may yet be good.
                let without = |token: &StoredToken| StoredToken { refresh_token: None, refused_at, ..token.clone() };
                let kept = self.replace_token(id, &signed_in.token, without).await?;
                let Some(kept) = kept else { return Ok(TokenState::SignedOut) };
                if !kept.token.is_same_token(&signed_in.token) && kept.token.status(self.now()) == TokenStatus::Valid {
                    // Whoever took over the right to renew was faster, and theirs is good.
                    return Ok(TokenState::Valid(kept));
                }
                audit::record(Event::TokenRefused { user_id: signed_in.user_id });
                Ok(TokenState::ReauthRequired)
            }
        }
    }

    /// Puts the new token in the place of the one that QQ has just taken it for. The new one stands
    /// nowhere else, so a database that is busy is asked again for a while.
    async fn store_refreshed_token(
        &self,
        id: Id,
        old: &StoredToken,
        new: &StoredToken,
    ) -> Result<Option<SignedInUser>, SessionError> {
        let patience = Instant::now() + PERSISTENCE;
        loop {
            let replace = |signed_in: &SignedInUser| {
                signed_in.token.is_same_token(old).then(|| SignedInUser { token: new.clone(), ..signed_in.clone() })
            };
            match self.sessions.update_and_release_lease(id, replace).await {
                Err(error) if sessions::is_unavailable(&error) && Instant::now() < patience => {
                    tracing::warn!(%error, "a renewed token could not be stored yet");
                    sleep(POLL).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Marks a token as dead: QQ refused it.
    pub(super) async fn mark_revoked(&self, id: Id, token: &StoredToken) -> Result<TokenState, LoginError> {
        let refused_at = Some(self.now());
        let buried = self.replace_token(id, token, |token| StoredToken { refused_at, ..token.clone() }).await?;
        let Some(signed_in) = buried else { return Ok(TokenState::SignedOut) };
        audit::record(Event::TokenRefused { user_id: signed_in.user_id });
        Ok(unusable_state(&signed_in.token))
    }

    /// Puts another token in the place of `old`, unless that is gone already.
    async fn replace_token(
        &self,
        id: Id,
        old: &StoredToken,
        new: impl Fn(&StoredToken) -> StoredToken + Send + Sync,
    ) -> Result<Option<SignedInUser>, SessionError> {
        self.sessions
            .update(id, |signed_in| {
                let is_old = signed_in.token.is_same_token(old);
                is_old.then(|| SignedInUser { token: new(&signed_in.token), ..signed_in.clone() })
            })
            .await
    }

    fn lease_ends_at(&self) -> i64 {
        let lease_secs = (self.qq.timeout() + SLACK).as_secs();
        self.now().saturating_add(i64::try_from(lease_secs).unwrap_or(i64::MAX))
    }
}

fn refresh_failed_event(signed_in: &SignedInUser, failure: LoginFailure) -> Event {
    Event::TokenNotRenewed { user_id: signed_in.user_id, reason: failure.code() }
}

/// What to do about a token that cannot be used any more.
fn unusable_state(token: &StoredToken) -> TokenState {
    if token.was_revoked_immediately() { TokenState::RevokedImmediately } else { TokenState::ReauthRequired }
}

/// The token as the session keeps it, with its timestamp.
pub(super) fn stored_token(token: qq::Token, obtained_at: i64) -> StoredToken {
    StoredToken {
        access_token: token.access_token,
        refresh_token: token.refresh_token,
        obtained_at,
        lifetime_secs: token.lifetime_secs,
        refused_at: None,
    }
}
