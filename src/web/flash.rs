//! A message about what just happened, shown once on the next page.
//!
//! It travels in a cookie that names one of a few messages. So it holds nothing personal, survives redirects, and
//! a forged one can only show one of our own sentences.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::cookies::cookie;
use crate::config::PublicUrl;

const NAME: &str = "flash";
/// Longer than any redirect takes.
const LIFETIME: Duration = Duration::seconds(60);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Flash {
    /// The user came back from QQ with another account than the one that was signed in.
    UserReplaced,
    TokenRefreshed,
    /// QQ was unreachable when the token was to be refreshed.
    TokenRefreshFailed,
    ProfileUpdated,
    ProfilePartlyUpdated,
    /// QQ was unreachable when the profile was to be updated.
    ProfileUnavailable,
    /// QQ refuses this site the profile.
    ProfileRefused,
    SessionsEnded,
    AccountDeleted,
    EmailAdded,
    EmailRemoved,
    EmailVerified,
    VerificationSent,
    PrimaryEmailChanged,
    /// An address that is not verified cannot take the place of one that is.
    PrimaryEmailUnverified,
    /// The mail with a link to the account that the user says to have was sent, if there is such an account.
    AccountLinkSent,
    /// The QQ account was linked by a mailed link.
    QqLinkedByMail,
    UsernameChanged,
    QqLinked,
    QqUnlinked,
    /// The form or link was for another account than the one that is signed in.
    AccountMismatch,
}

/// The cookie's values.
const VALUES: [(Flash, &str); 21] = [
    (Flash::UserReplaced, "user-replaced"),
    (Flash::TokenRefreshed, "token-refreshed"),
    (Flash::TokenRefreshFailed, "token-refresh-failed"),
    (Flash::ProfileUpdated, "profile-updated"),
    (Flash::ProfilePartlyUpdated, "profile-partly-updated"),
    (Flash::ProfileUnavailable, "profile-unavailable"),
    (Flash::ProfileRefused, "profile-refused"),
    (Flash::SessionsEnded, "sessions-ended"),
    (Flash::AccountDeleted, "account-deleted"),
    (Flash::EmailAdded, "email-added"),
    (Flash::EmailRemoved, "email-removed"),
    (Flash::EmailVerified, "email-verified"),
    (Flash::VerificationSent, "verification-sent"),
    (Flash::PrimaryEmailChanged, "primary-email-changed"),
    (Flash::PrimaryEmailUnverified, "primary-email-unverified"),
    (Flash::AccountLinkSent, "account-link-sent"),
    (Flash::QqLinkedByMail, "qq-linked-by-mail"),
    (Flash::UsernameChanged, "username-changed"),
    (Flash::QqLinked, "qq-linked"),
    (Flash::QqUnlinked, "qq-unlinked"),
    (Flash::AccountMismatch, "account-mismatch"),
];

impl Flash {
    /// Reads the browser's cookie.
    pub(super) fn read(cookies: &CookieJar) -> Option<Flash> {
        let value = cookies.get(NAME)?.value();
        VALUES.iter().find(|(_, known)| *known == value).map(|(flash, _)| *flash)
    }

    /// Returns the cookie that shows this message on the next page.
    pub(super) fn cookie(self, public_url: &PublicUrl) -> Option<Cookie<'static>> {
        let (_, value) = VALUES.iter().find(|(flash, _)| *flash == self)?;
        Some(cookie(NAME, *value, LIFETIME, public_url))
    }
}

/// Returns the cookie that removes the message, if the browser sent one.
pub(super) fn removal_cookie(cookies: &CookieJar, public_url: &PublicUrl) -> Option<Cookie<'static>> {
    cookies.get(NAME).map(|_| cookie(NAME, "", Duration::ZERO, public_url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_name_a_message_and_forged_ones_do_not() {
        let read = |value: &'static str| Flash::read(&CookieJar::new().add(Cookie::new(NAME, value)));
        for (flash, value) in VALUES {
            assert_eq!(read(value), Some(flash));
        }
        assert_eq!((read("<script>"), read("")), (None, None));
        assert_eq!(Flash::read(&CookieJar::new().add(Cookie::new("x", "token-refreshed"))), None);
    }
}
