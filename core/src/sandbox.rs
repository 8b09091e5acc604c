//! A local stand-in for `graph.qq.com`, for development and tests, with QQ's documented and observed quirks.
//! Entry points are [`bind`], [`serve`] and [`router`]; state is kept in memory only.
//! It must not know the QQ client ([`crate::qq`]): a mistake in one must not hide in the other.
//!
//! Comments name the source of each quirk. "qq wiki" is wiki.connect.qq.com, followed by the page's title.

mod authorization_request;
mod avatar;
mod bounded_map;
mod control;
mod endpoints;
mod faults;
mod grants;
mod listen;
mod mailbox;
mod oauth_error;
mod pages;
mod params;
mod redirect_uri;
mod request;
mod request_log;
mod response_format;
mod same_origin;
mod settings;
mod state;
mod texts;
mod users;

#[cfg(test)]
mod tests;

pub use listen::{SandboxError, bind, serve};
pub use mailbox::{Mailbox, receive_mails};
pub use settings::{Clock, SandboxSettings};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;

use state::Sandbox;

const MAX_BODY_BYTES: usize = 64 * 1024;

/// Returns the complete sandbox. Codes and tokens expire by `clock`.
pub fn router(settings: SandboxSettings, clock: Clock) -> Router {
    router_with_mailbox(settings, Mailbox::default(), clock)
}

/// Returns a sandbox that also shows the mails of `mailbox`.
pub fn router_with_mailbox(settings: SandboxSettings, mailbox: Mailbox, clock: Clock) -> Router {
    Router::new()
        .merge(endpoints::router())
        .merge(control::router())
        .route("/favicon.ico", any(avatar::favicon))
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Sandbox::new(settings, mailbox, clock))
}
