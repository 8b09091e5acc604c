//! Coming back from QQ: authorization code → access token → openid → person.

use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use tower_sessions::Session;

use super::attempt::Attempt;
use super::callback_params::{CallbackParams, CallbackResult};
use super::sign_in::QqLogin;
use super::token_refresh::stored_token;
use super::{LoginError, LoginFailure, LoginService, ReturnTo};
use crate::accounts::{COMPANY_QQ, ProfileUpdate};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::qq::{Identity, QqError, Token, UserCredentials};
use crate::sessions::SessionData;

/// What came of a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackOutcome {
    /// Where it ends.
    pub ending: LoginOutcome,
    /// Whether somebody else was signed in in this browser, and is not any more.
    pub has_replaced_user: bool,
}

/// Where a callback ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// The person is signed in and goes on.
    SignedIn(ReturnTo),
    /// A first-time visitor is to register.
    NeedsRegistration,
    /// Nobody was signed in. A new attempt leads to where this one would have.
    Failed(LoginFailure, ReturnTo),
}

impl From<LoginOutcome> for CallbackOutcome {
    fn from(ending: LoginOutcome) -> CallbackOutcome {
        CallbackOutcome { ending, has_replaced_user: false }
    }
}

impl LoginService {
    /// Finishes an attempt. `query` is what stands behind the `?` of the callback's address.
    ///
    /// Whatever QQ or the browser sends ends in an [`LoginOutcome`]; an error means that something of
    /// ours broke.
    pub async fn handle_callback(
        &self,
        query: &str,
        jar: &CookieJar,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let callback = CallbackParams::read(query);
        let attempt = callback.state.as_deref().and_then(|state| self.attempts.find(jar, state));
        let finished = match (attempt, callback.answer) {
            (Some(attempt), answer) => self.complete_attempt(attempt, answer, session).await?,
            // Turning back harms nobody, so it is believed even of a browser that began nothing:
            // a phone may return in another browser than it left. An error code is not: anybody's
            // link can hold one, and would call the operator.
            (None, CallbackResult::Cancelled) => {
                LoginOutcome::Failed(LoginFailure::Cancelled, ReturnTo::default()).into()
            }
            (None, _) => LoginOutcome::Failed(LoginFailure::Expired, ReturnTo::default()).into(),
        };
        if let LoginOutcome::Failed(failure, _) = &finished.ending {
            audit::record(Event::SignInFailed { reason: failure.code() });
        }
        Ok(finished)
    }

    async fn complete_attempt(
        &self,
        attempt: Attempt,
        answer: CallbackResult,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        if matches!(answer, CallbackResult::Unreadable) {
            return Ok(LoginOutcome::Failed(LoginFailure::Expired, attempt.next()).into());
        }
        if !self.attempts.spend(&attempt).await? {
            return Ok(self.handle_replayed_callback(attempt, session).await?.into());
        }
        let code = match answer {
            CallbackResult::Code(code) => code,
            other => {
                let failure = self.refusal(&other).unwrap_or(LoginFailure::Cancelled);
                return Ok(LoginOutcome::Failed(failure, attempt.next()).into());
            }
        };
        let obtained_at = self.now();
        match self.exchange_code_for_identity(&code).await {
            Ok((identity, token)) => {
                let news = self.fetch_profile_if_allowed(&identity, &token).await?;
                let qq_login = QqLogin { identity, news, token: stored_token(token, obtained_at) };
                self.sign_in_or_register(qq_login, attempt.next(), session).await
            }
            Err(error) => Ok(LoginOutcome::Failed(self.explain(&error), attempt.next()).into()),
        }
    }

    /// A callback opened a second time, by the back button or a nervous browser: its first answer
    /// still holds.
    async fn handle_replayed_callback(&self, attempt: Attempt, session: &Session) -> Result<LoginOutcome, LoginError> {
        Ok(match SessionData::read(session, self.now()).await? {
            Some(SessionData::SignedIn(_)) => LoginOutcome::SignedIn(attempt.next()),
            Some(SessionData::Pending(_)) => LoginOutcome::NeedsRegistration,
            None => LoginOutcome::Failed(LoginFailure::Expired, attempt.next()),
        })
    }

    async fn exchange_code_for_identity(&self, code: &SecretString) -> Result<(Identity, Token), QqError> {
        let token = self.qq.exchange_code(code).await?;
        let identity = self.qq.fetch_openid(&token.access_token).await?;
        Ok((identity, token))
    }

    /// Nickname and avatar are nice to have: the identity is proven without them. Of somebody who
    /// does not get in, nothing is asked and nothing kept.
    async fn fetch_profile_if_allowed(&self, identity: &Identity, token: &Token) -> Result<ProfileUpdate, LoginError> {
        if !self.may_sign_in(identity).await? {
            return Ok(ProfileUpdate::default());
        }
        let who = UserCredentials { access_token: &token.access_token, openid: &identity.openid };
        Ok(self.fetch_profile(who).await.unwrap_or_else(|error| {
            self.log_refusal(&error);
            ProfileUpdate::default()
        }))
    }

    async fn may_sign_in(&self, identity: &Identity) -> Result<bool, LoginError> {
        if self.rules.registration != Registration::Closed {
            return Ok(true);
        }
        Ok(self.accounts.find_by_openid(COMPANY_QQ, &identity.openid).await?.is_some())
    }
}
