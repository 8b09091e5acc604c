//! The session cookie.

use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};
use tower_sessions::{Expiry, SessionManagerLayer};

use super::start::NewSession;
use super::store::SqlSessionStore;
use crate::config::PublicUrl;

/// The session cookie's name. The prefix `__Host-` prevents sibling domains from setting it; it requires https.
pub fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() { "__Host-session" } else { "session" }
}

/// The layer that reads the session cookie.
///
/// SameSite is Lax, not Strict: the callback from QQ is a cross-site navigation and must receive the
/// cookie. The cookie lives as long as the longest session; the store decides when a session ends.
pub fn layer(store: SqlSessionStore, public_url: &PublicUrl, max_secs: i64) -> SessionManagerLayer<SqlSessionStore> {
    SessionManagerLayer::new(store)
        .with_name(cookie_name(public_url))
        .with_secure(public_url.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::seconds(max_secs)))
}

/// A `Set-Cookie` value for a new session, with the attributes of [`layer`]. tower-sessions writes a session apart from
/// everything else; a login writes it in the transaction that decides who is signed in.
pub fn cookie(session: NewSession, public_url: &PublicUrl, max_secs: i64) -> String {
    Cookie::build((cookie_name(public_url), session.0.to_string()))
        .secure(public_url.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(Duration::seconds(max_secs))
        .build()
        .to_string()
}

/// A `Set-Cookie` value that removes the session cookie. It repeats the cookie's attributes, since
/// browsers ignore a `__Host-` cookie without `Secure`, even an empty one.
pub fn removal_cookie(public_url: &PublicUrl) -> String {
    let secure = if public_url.is_https() { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(public_url))
}
