//! Step 3: turns QQ's redirect into a login: authorization code → access token → openid → profile.

use std::sync::Arc;

use axum_extra::extract::CookieJar;
use futures_util::FutureExt;
use secrecy::SecretString;
use tower_sessions::Session;

use super::attempt::{self, Attempt};
use super::callback_params::{CallbackParams, CallbackResult};
use super::link_qq;
use super::profile::FetchedProfile;
use super::service::CallbackTask;
use super::session::{QqLogin, open_id, stored_token};
use super::{CallbackOutcome, LoginError, LoginFailure, LoginOutcome, LoginService, ReturnTo};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::qq::{self, QqError};
use crate::sessions::{Device, NewSession, SessionData};
use crate::traces::in_current_span;

impl LoginService {
    /// Completes a login attempt. `query` is the query string of the callback URL. `is_opened_directly` tells whether the
    /// user opened that URL, instead of being redirected to it.
    ///
    /// Anything QQ or the browser sends ends in a [`LoginOutcome`]; errors are internal.
    pub async fn handle_callback(
        &self,
        query: &str,
        jar: &CookieJar,
        is_opened_directly: bool,
        device: Device,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let CallbackParams { state, result } = CallbackParams::parse(query);
        let has_cookies = jar.iter().next().is_some();
        let could_be_started_here = !is_opened_directly && state.as_deref().is_some_and(attempt::is_state);
        let outcome = match (state.and_then(|state| self.attempts.find(jar, &state)), result) {
            (Some(mut attempt), result) => {
                attempt.device = device;
                self.complete_attempt_once(attempt, result, session).await?
            }
            // A cancellation is accepted without an attempt: a phone may return in another browser, and it does no harm.
            // An error code is not: any link can contain one, and it would alert the operator.
            (None, CallbackResult::Cancelled) => failed(LoginFailure::Cancelled, ReturnTo::default()),
            (None, CallbackResult::Code(_)) if could_be_started_here && !has_cookies => {
                failed(LoginFailure::Cookies, ReturnTo::default())
            }
            (None, _) => failed(LoginFailure::Expired, ReturnTo::default()),
        };
        if let LoginOutcome::Failed(failure, _) = &outcome.login {
            audit::record(Event::SignInFailed { reason: failure.code() });
        }
        Ok(outcome)
    }

    /// Returns what identifies the attempt that a callback belongs to, or `None` if this browser has not started it.
    pub fn attempt_id(&self, query: &str, jar: &CookieJar) -> Option<String> {
        let state = CallbackParams::parse(query).state?;
        self.attempts.find(jar, &state).map(|attempt| attempt.state_hash())
    }

    /// Completes an attempt in a task of its own: if the browser hangs up, the code is spent at QQ, and opening the
    /// callback again within a minute has to lead where it led.
    async fn complete_attempt_once(
        &self,
        attempt: Attempt,
        result: CallbackResult,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        if matches!(result, CallbackResult::Malformed) {
            return Ok(failed_attempt(&attempt, LoginFailure::Expired));
        }
        let return_to = attempt.return_to();
        let key = attempt.state_hash();
        let start = || self.start_task(attempt, result, session.clone());
        let (task, is_first) = self.recent_callbacks.get_or_insert_with(key.clone(), self.now(), start);
        match task.await {
            Ok(Some(outcome)) if is_first => Ok(outcome),
            Ok(Some(outcome)) => self.handle_replayed_callback(return_to, session, Some(outcome)).await,
            Ok(None) => {
                self.recent_callbacks.remove(&key);
                self.handle_replayed_callback(return_to, session, None).await
            }
            Err(error) => {
                self.recent_callbacks.remove(&key);
                Err(error.into())
            }
        }
    }

    fn start_task(&self, attempt: Attempt, result: CallbackResult, session: Session) -> CallbackTask {
        let login = self.clone();
        let complete = async move { login.complete_attempt(attempt, result, &session).await.map_err(Arc::new) };
        let task = self.tasks.spawn(in_current_span(complete));
        async move { task.await.unwrap_or_else(|error| Err(Arc::new(error.into()))) }.boxed().shared()
    }

    /// Returns `None` if the attempt has been completed before.
    async fn complete_attempt(
        &self,
        attempt: Attempt,
        result: CallbackResult,
        session: &Session,
    ) -> Result<Option<CallbackOutcome>, LoginError> {
        if !self.attempts.consume(&self.database, &attempt).await? {
            return Ok(None);
        }
        self.exchange_and_sign_in(attempt, result, session).await.map(Some)
    }

    async fn exchange_and_sign_in(
        &self,
        attempt: Attempt,
        result: CallbackResult,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let obtained_at = self.now();
        let registration = self.registration_for(&attempt);
        let exchanged = match result {
            CallbackResult::Code(code) => self.exchange_code(&code, registration).await,
            CallbackResult::Error(error) => Err(error),
            _ => return Ok(failed_attempt(&attempt, LoginFailure::Cancelled)),
        };
        let mut login = match exchanged {
            Ok(login) => login,
            Err(error) => {
                self.log_qq_error(&error);
                return Ok(failed_attempt(&attempt, error.class().into()));
            }
        };
        let return_to = attempt.return_to();
        if let Some(request) = attempt.link() {
            return self.prepare_link(request, return_to, login, session).await;
        }
        // While the profile is on its way.
        let known = self.find_account(&open_id(None, &login.identity)).await?;
        let is_admitted = known.is_some() || registration != Registration::Closed;
        let FetchedProfile { update: profile, avatar_url } =
            self.fetch_profile_for_login(&mut login, is_admitted).await;
        let has_picture = known.as_ref().is_some_and(|known| known.has_picture_of(&profile));
        let qq::Login { token, identity, .. } = login;
        let token = stored_token(token, obtained_at);
        let device = attempt.device;
        let qq_login = QqLogin { company: None, identity, profile, token, signed_in_at: self.now(), device };
        let outcome = self.sign_in_or_register(qq_login, known, registration, return_to, session).await?;
        if let Some(url) = avatar_url.filter(|_| outcome.session.is_some() && !has_picture) {
            // Goes on by itself.
            drop(self.download_avatar(url));
        }
        Ok(outcome)
    }

    /// Handles a callback that was opened before, for example with the back button. `first` is how it ended then, if that
    /// was less than a minute ago and on this machine.
    async fn handle_replayed_callback(
        &self,
        return_to: ReturnTo,
        session: &Session,
        first: Option<CallbackOutcome>,
    ) -> Result<CallbackOutcome, LoginError> {
        Ok(match (SessionData::read(session, self.now()).await?, first) {
            (Some(SessionData::SignedIn(_)), _) => LoginOutcome::SignedIn(return_to).into(),
            (Some(SessionData::Pending(_)), _) => LoginOutcome::NeedsRegistration.into(),
            (None, Some(first)) if !self.has_ended(first.session).await? => first,
            (None, _) => failed(LoginFailure::Expired, return_to),
        })
    }

    /// Whether the session that a callback started has ended since then.
    async fn has_ended(&self, session: Option<NewSession>) -> Result<bool, LoginError> {
        match session {
            Some(session) => Ok(!self.sessions.exists(session.id()).await?),
            None => Ok(false),
        }
    }

    /// Requests the profile early, unless the user may be turned away.
    async fn exchange_code(&self, code: &SecretString, registration: Registration) -> Result<qq::Login, QqError> {
        self.qq.log_in(code, registration != Registration::Closed).await
    }

    /// Returns what happens to a user whose QQ account is new. In a recovery, they can always link it to their account.
    fn registration_for(&self, attempt: &Attempt) -> Registration {
        if attempt.is_recovery() { Registration::Form } else { self.policy.registration }
    }

    /// Fetches the profile, which a login does not need: errors are logged. Fetches nothing about users who will be
    /// turned away.
    pub(super) async fn fetch_profile_for_login(&self, login: &mut qq::Login, is_admitted: bool) -> FetchedProfile {
        if !is_admitted {
            return FetchedProfile::default();
        }
        let user_info = login.fetch_user_info().await.inspect_err(|error| self.log_qq_error(error));
        user_info.map(FetchedProfile::from).unwrap_or_default()
    }
}

fn failed_attempt(attempt: &Attempt, failure: LoginFailure) -> CallbackOutcome {
    match attempt.link() {
        Some(_) => link_qq::failed(failure.into()),
        None => failed(failure, attempt.return_to()),
    }
}

pub(super) fn failed(failure: LoginFailure, return_to: ReturnTo) -> CallbackOutcome {
    LoginOutcome::Failed(failure, return_to).into()
}
