//! A login at a company other than QQ. What differs is how the user is identified; the caller does that. The attempt, the
//! account and the session are the same.

use axum_extra::extract::CookieJar;
use tower_sessions::Session;

use super::callback::failed;
use super::session::QqLogin;
use super::{CallbackOutcome, LoginError, LoginFailure, LoginService, ReturnTo};
use crate::accounts::ProfileUpdate;
use crate::audit::{self, Event};
use crate::qq::Identity;
use crate::sessions::{Device, StoredToken};

/// A user whom a company other than QQ has identified. `Debug` is not implemented, since it would show the openid.
pub struct CompanyUser {
    /// The user's id at the company, exactly as received.
    pub openid: String,
    /// The name that the user has there.
    pub nickname: Option<String>,
}

impl LoginService {
    /// Returns the browser's cookies with a new login attempt added, and the `state` for the company's authorization page.
    /// `company` is a name in the table `companies`: lower-case letters and digits.
    pub fn start_company_login(
        &self,
        company: &'static str,
        jar: CookieJar,
        return_to: &ReturnTo,
    ) -> Result<(CookieJar, String), LoginError> {
        let started = self.attempts.of_company(company).start(jar, return_to, None, false)?;
        audit::record(Event::SignInStarted);
        Ok(started)
    }

    /// Completes a login attempt: signs in the user whom `identify` returns, or starts a registration.
    ///
    /// `identify` exchanges the authorization code. It is polled once per attempt, and only if this browser has started an
    /// attempt with this `state` at this company.
    pub async fn finish_company_login(
        &self,
        company: &'static str,
        jar: &CookieJar,
        state: &str,
        identify: impl Future<Output = Result<CompanyUser, LoginFailure>>,
        device: Device,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let attempts = self.attempts.of_company(company);
        let Some(attempt) = attempts.find(jar, state) else {
            return Ok(failed(LoginFailure::Expired, ReturnTo::default()));
        };
        let return_to = attempt.return_to();
        if !attempts.consume(&self.database, &attempt).await? {
            return Ok(failed(LoginFailure::Expired, return_to));
        }
        let CompanyUser { openid, nickname } = match identify.await {
            Ok(user) => user,
            Err(failure) => return Ok(failed(failure, return_to)),
        };
        let login = QqLogin {
            company: Some(company.to_owned()),
            identity: Identity { openid, unionid: None },
            profile: ProfileUpdate { nickname: Some(nickname), avatar_hash: None },
            token: StoredToken::none(),
            signed_in_at: self.now(),
            device,
        };
        let known = self.find_account(&login.open_id()).await?;
        self.sign_in_or_register(login, known, self.policy.registration, return_to, session).await
    }
}
