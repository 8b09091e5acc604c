//! Step 1: sends the browser to QQ.

use axum_extra::extract::CookieJar;

use super::{LoginError, LoginService, ReturnTo};
use crate::audit::{self, Event};
use crate::qq::Display;

impl LoginService {
    /// Returns the browser's cookies with a new login attempt added, and the URL of QQ's authorization page. Writes
    /// nothing to the database.
    pub fn start_login(
        &self,
        jar: CookieJar,
        return_to: &ReturnTo,
        display: Display,
    ) -> Result<(CookieJar, String), LoginError> {
        let (jar, state) = self.attempts.start(jar, return_to, None)?;
        audit::record(Event::SignInStarted);
        Ok((jar, self.qq.authorize_url(&state, display)))
    }
}
