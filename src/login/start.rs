//! Leaving for QQ.

use axum_extra::extract::CookieJar;

use super::{LoginError, LoginService, ReturnTo};
use crate::audit::{self, Event};
use crate::qq::Display;

impl LoginService {
    /// Begins an attempt: gives the browser's cookies with the attempt added, and the address of
    /// QQ's page. Nothing is written to the database.
    pub fn start_login(
        &self,
        jar: CookieJar,
        next: &ReturnTo,
        display: Display,
    ) -> Result<(CookieJar, String), LoginError> {
        let (jar, state) = self.attempts.begin(jar, next)?;
        audit::record(Event::SignInStarted);
        Ok((jar, self.qq.authorize_url(&state, display)))
    }
}
