//! Calls QQ on behalf of a signed-in user.

use tower_sessions::Session;

use super::profile::FetchedProfile;
use super::{LoginError, LoginService, TokenState};
use crate::qq::{ErrorClass, QqError, UserCredentials};
use crate::sessions::SignedInUser;

/// The outcome of a call with the user's access token.
pub enum ApiOutcome<T> {
    Answered(T),
    /// QQ cannot be reached or failed. The session stays; a later call may succeed.
    Unavailable,
    /// QQ rejected the app or the request; the operator has to act.
    Misconfigured,
    /// There is no usable token.
    NoToken(Box<TokenState>),
}

/// How much of the profile was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFetch {
    Complete,
    /// Nickname or avatar is missing and keeps its stored value.
    Partial,
}

impl LoginService {
    /// Fetches nickname and avatar and stores them in the account and the session.
    pub async fn refresh_profile(
        &self,
        user: SignedInUser,
        session: &Session,
    ) -> Result<ApiOutcome<ProfileFetch>, LoginError> {
        let Some(id) = session.id() else { return Ok(ApiOutcome::NoToken(TokenState::SignedOut.into())) };
        let openid = user.openid.clone();
        let call =
            async |login: &LoginService, credentials: UserCredentials<'_>| login.qq.fetch_user_info(credentials).await;
        let user_info = match self.call_with_token(user, session, call).await? {
            ApiOutcome::Answered(user_info) => user_info,
            ApiOutcome::Unavailable => return Ok(ApiOutcome::Unavailable),
            ApiOutcome::Misconfigured => return Ok(ApiOutcome::Misconfigured),
            ApiOutcome::NoToken(state) => return Ok(ApiOutcome::NoToken(state)),
        };
        let FetchedProfile { mut update, avatar_url } = user_info.into();
        if let Some(url) = avatar_url
            && !self.download_avatar(url).await
        {
            update.avatar_hash = None;
        }
        let fetched = if update.is_complete() { ProfileFetch::Complete } else { ProfileFetch::Partial };
        let profile = self.accounts.update_profile(&openid, &update).await?.unwrap_or_default();
        let set_profile = |user: &SignedInUser| {
            let (nickname, avatar_hash) = (profile.nickname.clone(), profile.avatar_hash.clone());
            Some(SignedInUser { nickname, avatar_hash, ..user.clone() })
        };
        Ok(match self.sessions.update(id, set_profile).await? {
            Some(_) => ApiOutcome::Answered(fetched),
            None => ApiOutcome::NoToken(TokenState::SignedOut.into()),
        })
    }

    /// Calls QQ with the user's access token, refreshed if necessary.
    ///
    /// If QQ reports a token as expired that should still be valid, refreshes it and retries once. A token that QQ
    /// rejects is marked as revoked.
    async fn call_with_token<T>(
        &self,
        user: SignedInUser,
        session: &Session,
        call: impl AsyncFn(&LoginService, UserCredentials<'_>) -> Result<T, QqError>,
    ) -> Result<ApiOutcome<T>, LoginError> {
        let Some(id) = session.id() else { return Ok(ApiOutcome::NoToken(TokenState::SignedOut.into())) };
        if user.company.is_some() {
            return Ok(ApiOutcome::NoToken(TokenState::ReauthRequired.into()));
        }
        let mut state = self.ensure_valid_token(user, session).await?;
        let mut can_retry = true;
        loop {
            let SignedInUser { token, openid, .. } = match state {
                TokenState::Valid(user) => user,
                TokenState::Stale(_) => return Ok(ApiOutcome::Unavailable),
                state => return Ok(ApiOutcome::NoToken(state.into())),
            };
            let credentials = UserCredentials { access_token: &token.access_token, openid: &openid };
            let error = match call(self, credentials).await {
                Ok(answer) => return Ok(ApiOutcome::Answered(answer)),
                Err(error) => error,
            };
            if can_retry && error.is_token_expired() && token.refresh_token.is_some() {
                can_retry = false;
                state = self.refresh(id, Some(token)).await?;
                continue;
            }
            self.log_qq_error(&error);
            return Ok(match error.class() {
                ErrorClass::ReauthRequired => ApiOutcome::NoToken(self.mark_revoked(id, &token).await?.into()),
                ErrorClass::OperatorAction | ErrorClass::BadRequest => ApiOutcome::Misconfigured,
                ErrorClass::QqFailure | ErrorClass::RetryLater => ApiOutcome::Unavailable,
            });
        }
    }
}
