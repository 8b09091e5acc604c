//! The server functions: thin doors to the steps of signing in.
//!
//! Their addresses are those of the forms, so a form posts to its server function by itself.

use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use tower_sessions::Session;

use super::forms::FormToMend;
use super::site::Site;
use crate::login::{Ending, LoginError, Registered, TypedForm};
use crate::sessions::Visitor;

/// Finishes a sign-in: trades the authorization code in QQ's `query` for an access token and the
/// openid. Gives the path to go on to; whatever QQ sends, that is no error.
#[server(endpoint = "finish-login")]
pub(super) async fn finish_login(query: String) -> Result<String, ServerFnError> {
    let (site, parts, session) = surroundings()?;
    let jar = CookieJar::from_headers(&parts.headers);
    let ending = site.login.finish(&query, &jar, &session).await.map_err(broken)?;
    Ok(match ending {
        Ending::GoOn(next) => next.as_str().to_owned(),
        Ending::Register => "/register".to_owned(),
        Ending::Failed(failure, next) => next.append_to(&format!("/login?error={}", failure.code())),
    })
}

/// Registers the visitor with what they typed.
#[server(prefix = "", endpoint = "register")]
pub(super) async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    let typed = TypedForm { username, email };
    match site.login.register(&typed, &session).await.map_err(broken)? {
        Registered::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        Registered::NobodyPending => leptos_axum::redirect("/login"),
        Registered::Refused(problems) => {
            if let Some(form) = use_context::<FormToMend>() {
                form.give_back(typed, problems);
            }
        }
    }
    Ok(())
}

/// Registers the visitor under a generated name.
#[server(prefix = "", endpoint = "register/auto")]
pub(super) async fn register_auto() -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    match site.login.register_generated(&session).await.map_err(broken)? {
        Registered::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        Registered::NobodyPending | Registered::Refused(_) => leptos_axum::redirect("/login"),
    }
    Ok(())
}

/// Ends the session.
#[server(prefix = "", endpoint = "logout")]
pub(super) async fn logout() -> Result<(), ServerFnError> {
    let (_, _, session) = surroundings()?;
    session.flush().await.map_err(|error| broken(error.into()))?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Says what is wrong with a user name, by the problem's code; nothing for one that can be had.
/// Only people who are registering are answered, so that it is no list of who has an account.
#[server(endpoint = "check-username", input = GetUrl, output = Json)]
pub(super) async fn check_username(username: String) -> Result<String, ServerFnError> {
    let (site, _, session) = surroundings()?;
    let visitor = Visitor::read(&session, site.login.now()).await.map_err(|error| broken(error.into()))?;
    let Some(Visitor::Pending(_)) = visitor else {
        // No error: the question may arrive just after its form was sent.
        return Ok("nobody".to_owned());
    };
    let problem = site.login.judge_username(&username).await.map_err(broken)?;
    Ok(problem.map_or("", |problem| problem.code()).to_owned())
}

/// What every server function works with.
fn surroundings() -> Result<(Site, Parts, Session), ServerFnError> {
    let missing = || -> ServerFnError { ServerFnError::ServerError("not called by this site's server".to_owned()) };
    let site = use_context::<Site>().ok_or_else(missing)?;
    let parts = use_context::<Parts>().ok_or_else(missing)?;
    let session = parts.extensions.get::<Session>().cloned().ok_or_else(missing)?;
    Ok((site, parts, session))
}

/// Logs what broke; the browser learns only that something did.
fn broken(error: LoginError) -> ServerFnError {
    tracing::error!(%error, "a step of signing in broke");
    ServerFnError::ServerError("broken".to_owned())
}
