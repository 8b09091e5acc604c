//! Step 1: sends the browser to QQ.

use axum_extra::extract::CookieJar;

use super::{LoginError, LoginService, ReturnTo};
use crate::audit::{self, Event};
use crate::qq::Display;

impl LoginService {
    /// Returns the browser's cookies with a new login attempt added, and the URL of QQ's authorization page. Writes
    /// nothing to the database.
    ///
    /// `is_recovery`: the user has lost their QQ. If the QQ account is new, they can link it to the account that they have,
    /// even if other new users are not asked or turned away.
    pub fn start_login(
        &self,
        jar: CookieJar,
        return_to: &ReturnTo,
        display: Display,
        is_recovery: bool,
    ) -> Result<(CookieJar, String), LoginError> {
        let (jar, state) = self.attempts.start(jar, return_to, None, is_recovery)?;
        audit::record(Event::SignInStarted);
        Ok((jar, self.qq.authorize_url(&state, display)))
    }
}
