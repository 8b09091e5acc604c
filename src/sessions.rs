//! Who is signed in: the session's record, its store, and the age of its access token.

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

/// The session cookie's name. `__Host-` keeps sibling domains from setting it, and needs https.
pub fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() { "__Host-session" } else { "session" }
}

/// The layer that reads and writes the session cookie.
///
/// SameSite is Lax and not Strict: the way back from QQ is a cross-site navigation, and a person
/// who is signed in must be recognised on it. The cookie lives as long as a session can at most;
/// whether the session still counts is the store's decision.
pub fn layer(store: SqlSessionStore, public_url: &PublicUrl, max_secs: i64) -> SessionManagerLayer<SqlSessionStore> {
    SessionManagerLayer::new(store)
        .with_name(cookie_name(public_url))
        .with_secure(public_url.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::seconds(max_secs)))
}

/// A `Set-Cookie` value that removes the session cookie. It carries the attributes the cookie was
/// set with: browsers ignore a `__Host-` cookie, even an empty one, that is not `Secure`.
pub fn removal_cookie(public_url: &PublicUrl) -> String {
    let secure = if public_url.is_https() { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(public_url))
}
