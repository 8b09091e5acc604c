//! What the next page tells of something that just happened, once.
//!
//! It travels in a cookie that names one of a few messages: it holds nothing personal, survives
//! redirects, and a forged one can only show one of our own sentences.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::config::PublicUrl;

const NAME: &str = "flash";
/// Longer than any redirect takes, short enough to be forgotten with the page.
const KEPT_SECS: i64 = 60;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    /// Somebody else came back from QQ than was signed in.
    SomebodyElse,
    /// The permission was renewed.
    Renewed,
    /// QQ could not be reached to renew the permission.
    NotRenewed,
    /// Nickname and avatar were fetched anew.
    PortraitUpdated,
    /// A part of them could not be fetched.
    PortraitPartly,
    /// QQ could not be reached to fetch them.
    PortraitUnavailable,
    /// QQ refuses them to this site.
    PortraitRefused,
    /// Other sessions of the person were ended.
    SessionsEnded,
    /// The account was deleted.
    AccountDeleted,
}

impl Flash {
    const ALL: [Flash; 9] = [
        Flash::SomebodyElse,
        Flash::Renewed,
        Flash::NotRenewed,
        Flash::PortraitUpdated,
        Flash::PortraitPartly,
        Flash::PortraitUnavailable,
        Flash::PortraitRefused,
        Flash::SessionsEnded,
        Flash::AccountDeleted,
    ];

    fn name(self) -> &'static str {
        match self {
            Flash::SomebodyElse => "somebody-else",
            Flash::Renewed => "renewed",
            Flash::NotRenewed => "not-renewed",
            Flash::PortraitUpdated => "portrait-updated",
            Flash::PortraitPartly => "portrait-partly",
            Flash::PortraitUnavailable => "portrait-unavailable",
            Flash::PortraitRefused => "portrait-refused",
            Flash::SessionsEnded => "sessions-ended",
            Flash::AccountDeleted => "account-deleted",
        }
    }

    /// What the browser was told to remember.
    pub(super) fn read(headers: &HeaderMap) -> Option<Flash> {
        let jar = CookieJar::from_headers(headers);
        let name = jar.get(NAME)?.value();
        Flash::ALL.into_iter().find(|flash| flash.name() == name)
    }

    /// Has the browser remember it until the next page.
    pub(super) fn to_header(self, public_url: &PublicUrl) -> Option<HeaderValue> {
        to_header(self.name(), KEPT_SECS, public_url)
    }
}

/// Has the browser forget what it was told, if it was told anything.
pub(super) fn forget(asked: &HeaderMap, answer: &mut HeaderMap, public_url: &PublicUrl) {
    let has_one = CookieJar::from_headers(asked).get(NAME).is_some();
    if let Some(removal) = to_header("", 0, public_url).filter(|_| has_one) {
        answer.append(header::SET_COOKIE, removal);
    }
}

fn to_header(value: &'static str, kept_secs: i64, public_url: &PublicUrl) -> Option<HeaderValue> {
    let cookie = Cookie::build((NAME, value))
        .path("/")
        .secure(public_url.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(kept_secs))
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_tells_what_happened_and_a_forged_one_nothing() {
        let told = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().expect("a header"));
            Flash::read(&headers)
        };
        for flash in Flash::ALL {
            assert_eq!(told(&format!("a=b; {NAME}={}", flash.name())), Some(flash));
        }
        assert_eq!((told("flash=<script>"), told("flash="), told("x=renewed")), (None, None, None));
    }
}
