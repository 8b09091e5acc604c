//! The QQ sandbox: a stand-in for `graph.qq.com` on this very machine, for development and tests.
//!
//! It speaks like QQ, awkwardness included, so that a site which works here is not surprised there.
//! What it cannot know it decides strictly. It keeps everything in memory, forgets it when it ends,
//! and shares no code with the QQ client: a mistake in one must not hide in the other.
//!
//! Keys in the comments name the source of an oddity: "qq wiki" is wiki.connect.qq.com, followed by
//! the title of the page.

mod api;
mod authorize;
mod avatar;
mod bounded;
mod breakage;
mod call;
mod control;
mod faults;
mod grants;
mod guard;
mod journal;
mod listen;
mod me;
mod memory;
mod pages;
mod params;
mod person;
mod redirect_uri;
mod refusal;
mod settings;
mod show;
mod texts;
mod token;
mod user_info;
mod wire;

#[cfg(test)]
mod tests;

pub use listen::{SandboxError, bind, serve};
pub use settings::{Clock, SandboxSettings};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{any, delete, get, post, put};

use memory::Sandbox;

/// More than any honest form of this protocol needs.
const BODY_LIMIT: usize = 64 * 1024;

/// Everything the sandbox answers, ready to be served.
///
/// `clock` tells the time in unix seconds: codes and tokens expire by it.
pub fn router(settings: SandboxSettings, clock: Clock) -> Router {
    Router::new()
        .merge(qq())
        .merge(our_own())
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Sandbox::new(settings, clock))
}

/// What graph.qq.com has too.
fn qq() -> Router<Sandbox> {
    Router::new()
        .route("/oauth2.0/authorize", get(authorize::ask).post(authorize::decide))
        .route("/oauth2.0/show", get(show::show))
        // Documented as GET; POST with a form is seen to work as well.
        .route("/oauth2.0/token", get(api::answer::<token::Token>).post(api::answer::<token::Token>))
        .route("/oauth2.0/me", get(api::answer::<me::Me>).post(api::answer::<me::Me>))
        .route("/user/get_user_info", get(api::answer::<user_info::UserInfo>).post(api::answer::<user_info::UserInfo>))
        .route("/qzapp/{app}/{openid}/{size}", get(avatar::qzone))
        .route("/ek_qqapp/{openid}/{size}", get(avatar::qq))
        .method_not_allowed_fallback(pages::wrong_method)
}

/// What only a sandbox has: the controls, for people and scripts on this machine.
fn our_own() -> Router<Sandbox> {
    Router::new()
        .route("/", get(control::overview))
        .route("/sandbox/requests", get(control::requests))
        .route("/sandbox/faults", delete(control::end_faults).get(control::list_faults))
        .route("/sandbox/faults/{endpoint}", put(control::plan_fault).delete(control::end_fault))
        .route("/sandbox/revoke", post(control::revoke))
        .layer(from_fn(guard::only_from_this_machine))
        .route("/favicon.ico", any(avatar::favicon))
}
