//! The cookie by which a browser is recognized at the next sign-in.

use axum_extra::extract::cookie::{Cookie, SameSite};
use time::Duration;

use super::mails;
use super::request::RequestInfo;
use crate::login::{BrowserId, KNOWN_BROWSER_SECS};
use crate::sessions::NewSession;

/// Remembers the browser that gets `session`, and returns its cookie. Without mail, there is nothing to remember it for.
/// `is_reported`: another mail tells the user about the sign-in.
pub(super) fn remember(request: &RequestInfo, session: NewSession, is_reported: bool) -> Option<Cookie<'static>> {
    let queue = request.state.mail.clone()?;
    let is_https = request.state.site.public_url.is_https();
    let name = if is_https { "__Host-browser" } else { "browser" };
    let known = request.cookies.get(name).and_then(|cookie| BrowserId::parse(cookie.value()));
    let browser = known.or_else(|| BrowserId::generate(&request.state.random).ok())?;
    let writer = request.clone();
    let write = move |user: &_, address| (!is_reported).then(|| mails::new_browser_message(&writer, user, address));
    request.state.login.remember_browser(session, browser.clone(), queue, write);
    let cookie = Cookie::build((name, browser.as_str().to_owned()))
        .secure(is_https)
        .http_only(true)
        // Not Strict: the redirect back from QQ is a cross-site navigation.
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(Duration::seconds(KNOWN_BROWSER_SECS));
    Some(cookie.build())
}
