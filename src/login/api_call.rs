//! Asking QQ for something with the token of somebody who is signed in.

use tower_sessions::Session;

use super::{LoginError, LoginService, TokenState};
use crate::qq::{ErrorClass, QqError, UserCredentials};
use crate::sessions::SignedInUser;

/// What came of asking.
pub enum ApiOutcome<T> {
    /// QQ answered; here is the session as it is now.
    Answered(T, SignedInUser),
    /// QQ cannot be reached, or failed. The session stays, and asking again later may help.
    Unavailable,
    /// QQ refuses this site; the operator has to act.
    Misconfigured,
    /// There is no token to ask with.
    NoToken(TokenState),
}

/// How much of nickname and avatar was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFetch {
    /// All there is.
    Complete,
    /// QQ lost some of it, or its picture could not be had. That stays as it was.
    Partial,
}

impl LoginService {
    /// Fetches nickname and avatar anew.
    pub async fn refresh_profile(
        &self,
        signed_in: SignedInUser,
        session: &Session,
    ) -> Result<ApiOutcome<ProfileFetch>, LoginError> {
        let asked = self.with_token(signed_in, session, async |login, who| login.fetch_profile(who).await).await?;
        let (news, signed_in) = match asked {
            ApiOutcome::Answered(news, signed_in) => (news, signed_in),
            ApiOutcome::Unavailable => return Ok(ApiOutcome::Unavailable),
            ApiOutcome::Misconfigured => return Ok(ApiOutcome::Misconfigured),
            ApiOutcome::NoToken(state) => return Ok(ApiOutcome::NoToken(state)),
        };
        let fetched = if news.is_complete() { ProfileFetch::Complete } else { ProfileFetch::Partial };
        let portrait = self.accounts.update_profile(&signed_in.openid, None, news).await?.unwrap_or_default();
        let Some(id) = session.id() else { return Ok(ApiOutcome::NoToken(TokenState::SignedOut)) };
        let show = |signed_in: &SignedInUser| {
            let (nickname, avatar_hash) = (portrait.nickname.clone(), portrait.avatar_hash.clone());
            Some(SignedInUser { nickname, avatar_hash, ..signed_in.clone() })
        };
        let changed = self.sessions.update(id, show).await?;
        Ok(changed
            .map_or(ApiOutcome::NoToken(TokenState::SignedOut), |signed_in| ApiOutcome::Answered(fetched, signed_in)))
    }

    /// Asks QQ with the person's token, renewed if need be. A token that QQ refuses is dead from
    /// then on; one that it calls expired, against our clock, is renewed first, once.
    async fn with_token<T>(
        &self,
        signed_in: SignedInUser,
        session: &Session,
        ask: impl AsyncFn(&LoginService, UserCredentials<'_>) -> Result<T, QqError>,
    ) -> Result<ApiOutcome<T>, LoginError> {
        let mut signed_in = match self.ensure_valid_token(signed_in, session).await? {
            TokenState::Valid(signed_in) => signed_in,
            TokenState::Stale(_) => return Ok(ApiOutcome::Unavailable),
            state => return Ok(ApiOutcome::NoToken(state)),
        };
        let Some(id) = session.id() else { return Ok(ApiOutcome::NoToken(TokenState::SignedOut)) };
        let mut answer = ask(self, on_behalf_of(&signed_in)).await;
        let may_renew = signed_in.token.refresh_token.is_some();
        if may_renew && answer.as_ref().is_err_and(QqError::is_token_expired) {
            signed_in = match self.refresh(id, Some(signed_in.token)).await? {
                TokenState::Valid(signed_in) => signed_in,
                TokenState::Stale(_) => return Ok(ApiOutcome::Unavailable),
                state => return Ok(ApiOutcome::NoToken(state)),
            };
            answer = ask(self, on_behalf_of(&signed_in)).await;
        }
        let error = match answer {
            Ok(answer) => return Ok(ApiOutcome::Answered(answer, signed_in)),
            Err(error) => error,
        };
        self.log_refusal(&error);
        Ok(match error.class() {
            ErrorClass::ReauthRequired => ApiOutcome::NoToken(self.mark_revoked(id, &signed_in.token).await?),
            ErrorClass::OperatorAction | ErrorClass::BadRequest => ApiOutcome::Misconfigured,
            ErrorClass::QqFailure | ErrorClass::RetryLater => ApiOutcome::Unavailable,
        })
    }
}

fn on_behalf_of(signed_in: &SignedInUser) -> UserCredentials<'_> {
    UserCredentials { access_token: &signed_in.token.access_token, openid: &signed_in.openid }
}
