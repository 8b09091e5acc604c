//! Stores sessions: what they contain, their rows, their cookie, and the status of their access token.
//! The entry points are [`layer`], [`SessionData`] and [`SqlSessionStore`].
//! It must not know about pages, login rules or how QQ is called.

mod data;
mod list;
mod refresh_lease;
mod store;
mod token;

use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::config::PublicUrl;

pub use data::{FormDraft, PendingRegistration, SessionData, SessionError, SignedInUser};
pub use list::SessionInfo;
pub use refresh_lease::StoredSession;
pub use store::{SessionLifetimes, SqlSessionStore, is_unavailable};
pub use token::{StoredToken, TokenStatus};

/// The session cookie's name. The prefix `__Host-` prevents sibling domains from setting it; it requires https.
pub fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() { "__Host-session" } else { "session" }
}

/// The layer that reads and writes the session cookie.
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

/// A `Set-Cookie` value that removes the session cookie. It repeats the cookie's attributes, since
/// browsers ignore a `__Host-` cookie without `Secure`, even an empty one.
pub fn removal_cookie(public_url: &PublicUrl) -> String {
    let secure = if public_url.is_https() { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(public_url))
}
