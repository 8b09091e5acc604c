//! The server functions: thin doors to the steps of signing in.
//!
//! Their addresses are those of the forms, so a form posts to its server function by itself.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum_extra::extract::CookieJar;
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::flash::Flash;
use super::forms::FormToMend;
use super::permission::{ACCOUNT, SIGN_IN, redirect_for};
use super::rate_limits::{RateLimited, RateLimits};
use super::state::AppState;
use crate::audit::{self, Event};
use crate::login::{
    ApiOutcome, LoginError, LoginFailure, LoginOutcome, ProfileFetch, RegisterOutcome, RegistrationForm, ReturnTo,
    TokenState,
};
use crate::sessions::{self, SessionData, SignedInUser};

/// Finishes a sign-in: trades the authorization code in QQ's `query` for an access token and the
/// openid. Gives the path to go on to; whatever QQ sends, that is no error.
#[server(endpoint = "finish-login")]
pub(super) async fn finish_login(#[server(default)] query: String) -> Result<String, ServerFnError> {
    let (site, parts, session) = server_context()?;
    let jar = CookieJar::from_headers(&parts.headers);
    let finished = site.login.handle_callback(&query, &jar, &session).await.map_err(|error| {
        audit::record(Event::SignInFailed { reason: if error.is_unavailable() { "unavailable" } else { "broken" } });
        internal_error(error)
    })?;
    if finished.has_replaced_user {
        set_flash(&site, Flash::SomebodyElse);
        if session.id().is_none() {
            remove_cookie(&site);
        }
    }
    Ok(match finished.login {
        LoginOutcome::SignedIn(next) => next.as_str().to_owned(),
        LoginOutcome::NeedsRegistration => "/register".to_owned(),
        LoginOutcome::Failed(failure, next) => next.append_to(&format!("/login?error={}", failure.code())),
    })
}

/// Registers the visitor with what they typed.
#[server(prefix = "", endpoint = "register")]
pub(super) async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<(), ServerFnError> {
    let (site, _, session) = server_context()?;
    let visitor = visitor(&site, &session).await?;
    limit(&site, visitor.as_ref(), |limits| limits.count_username(&username).and(limits.count_email(&email)))?;
    let typed = RegistrationForm { username, email };
    match site.login.register(&typed, &session).await.map_err(internal_error)? {
        RegisterOutcome::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        RegisterOutcome::Expired(next) => leptos_axum::redirect(&next.append_to("/login?error=expired")),
        RegisterOutcome::NothingPending => leptos_axum::redirect("/login"),
        RegisterOutcome::Closed(next) => leptos_axum::redirect(&closed(&next)),
        RegisterOutcome::Invalid(problems) => {
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
    let (site, _, session) = server_context()?;
    limit(&site, visitor(&site, &session).await?.as_ref(), |_| Ok(()))?;
    match site.login.register_generated(&session).await.map_err(internal_error)? {
        RegisterOutcome::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        RegisterOutcome::Closed(next) => leptos_axum::redirect(&closed(&next)),
        RegisterOutcome::Expired(_) | RegisterOutcome::NothingPending | RegisterOutcome::Invalid(_) => {
            leptos_axum::redirect("/login")
        }
    }
    Ok(())
}

/// Renews the permission to ask QQ, before it ends.
#[server(prefix = "", endpoint = "account/renew")]
pub(super) async fn renew_permission() -> Result<(), ServerFnError> {
    let (site, _, session) = server_context()?;
    let Some(signed_in) = require_user(&site, &session).await? else { return Ok(()) };
    let state = site.login.refresh_token_now(signed_in, &session).await.map_err(internal_error)?;
    match &state {
        TokenState::Valid(_) => set_flash(&site, Flash::Renewed),
        TokenState::Stale(_) => set_flash(&site, Flash::NotRenewed),
        TokenState::ReauthRequired | TokenState::RevokedImmediately | TokenState::SignedOut => {}
    }
    leptos_axum::redirect(redirect_for(&state).unwrap_or(ACCOUNT));
    Ok(())
}

/// Fetches nickname and avatar anew.
#[server(prefix = "", endpoint = "account/portrait")]
pub(super) async fn refresh_profile() -> Result<(), ServerFnError> {
    let (site, _, session) = server_context()?;
    let Some(signed_in) = require_user(&site, &session).await? else { return Ok(()) };
    let asked = site.login.refresh_profile(signed_in, &session).await.map_err(internal_error)?;
    match &asked {
        ApiOutcome::Answered(ProfileFetch::Complete) => set_flash(&site, Flash::PortraitUpdated),
        ApiOutcome::Answered(ProfileFetch::Partial) => set_flash(&site, Flash::PortraitPartly),
        ApiOutcome::Unavailable => set_flash(&site, Flash::PortraitUnavailable),
        ApiOutcome::Misconfigured => set_flash(&site, Flash::PortraitRefused),
        ApiOutcome::NoToken(_) => {}
    }
    let redirect_for = if let ApiOutcome::NoToken(state) = &asked { redirect_for(state) } else { None };
    leptos_axum::redirect(redirect_for.unwrap_or(ACCOUNT));
    Ok(())
}

/// Ends the session.
#[server(prefix = "", endpoint = "logout")]
pub(super) async fn logout() -> Result<(), ServerFnError> {
    let (site, _, session) = server_context()?;
    let signed_in = visitor(&site, &session).await?.and_then(SessionData::signed_in);
    // Not `flush`: after it, tower-sessions would remove the cookie without `Secure`, as well.
    session.delete().await.map_err(|error| internal_error(error.into()))?;
    if let Some(signed_in) = signed_in {
        audit::record(Event::SignedOut { user_id: signed_in.user_id });
    }
    remove_cookie(&site);
    leptos_axum::redirect("/");
    Ok(())
}

/// Says what is wrong with a user name, by the problem's code; nothing for one that can be had.
/// Only people who are registering are answered, so that it is no list of who has an account.
#[server(endpoint = "check-username", input = GetUrl, output = Json)]
pub(super) async fn check_username(#[server(default)] username: String) -> Result<String, ServerFnError> {
    let (site, _, session) = server_context()?;
    let visitor = visitor(&site, &session).await?;
    let Some(SessionData::Pending(_)) = visitor else {
        // No error: the question may arrive just after its form was sent.
        return Ok("nobody".to_owned());
    };
    limit(&site, visitor.as_ref(), |limits| limits.count_username(&username))?;
    let problem = site.login.check_username(&username).await.map_err(internal_error)?;
    Ok(problem.map_or("", |problem| problem.code()).to_owned())
}

/// What every server function works with.
pub(super) fn server_context() -> Result<(AppState, Parts, Session), ServerFnError> {
    let missing = || -> ServerFnError { ServerFnError::ServerError("not called by this site's server".to_owned()) };
    let site = use_context::<AppState>().ok_or_else(missing)?;
    let parts = use_context::<Parts>().ok_or_else(missing)?;
    let session = parts.extensions.get::<Session>().cloned().ok_or_else(missing)?;
    Ok((site, parts, session))
}

async fn visitor(site: &AppState, session: &Session) -> Result<Option<SessionData>, ServerFnError> {
    SessionData::read(session, site.login.now()).await.map_err(|error| internal_error(error.into()))
}

/// Who is signed in, counted as somebody who asks for something. Whoever is not is sent to sign in.
pub(super) async fn require_user(site: &AppState, session: &Session) -> Result<Option<SignedInUser>, ServerFnError> {
    let visitor = visitor(site, session).await?;
    limit(site, visitor.as_ref(), |_| Ok(()))?;
    let signed_in = visitor.and_then(SessionData::signed_in);
    if signed_in.is_none() {
        leptos_axum::redirect(SIGN_IN);
    }
    Ok(signed_in)
}

/// Where people learn that no new accounts are made.
fn closed(next: &ReturnTo) -> String {
    next.append_to(&format!("/login?error={}", LoginFailure::Closed.code()))
}

/// Counts a request of this visitor, and what `count` counts of those who are registering: others
/// could keep a name from them otherwise. Nobody is counted who is not known: that request costs
/// nothing, and its network was counted before.
fn limit(
    site: &AppState,
    visitor: Option<&SessionData>,
    count: impl Fn(&RateLimits) -> Result<(), RateLimited>,
) -> Result<(), ServerFnError> {
    let (Some(limits), Some(visitor)) = (&site.facts.rate_limits, visitor) else { return Ok(()) };
    let is_registering = matches!(visitor, SessionData::Pending(_));
    let counted =
        limits.count_person(visitor.openid()).and_then(|()| if is_registering { count(limits) } else { Ok(()) });
    counted.map_err(|RateLimited { wait_secs }| {
        audit::record(Event::RateLimited);
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::TOO_MANY_REQUESTS);
            response.insert_header(header::RETRY_AFTER, wait_secs.into());
        }
        ServerFnError::ServerError("too many requests".to_owned())
    })
}

/// Takes the cookie of a session that has ended.
pub(super) fn remove_cookie(site: &AppState) {
    let removal = HeaderValue::from_str(&sessions::removal_cookie(&site.facts.public_url)).ok();
    if let (Some(response), Some(removal)) = (use_context::<ResponseOptions>(), removal) {
        response.append_header(header::SET_COOKIE, removal);
    }
}

/// Has the next page tell what happened.
pub(super) fn set_flash(site: &AppState, flash: Flash) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), flash.to_header(&site.facts.public_url))
    {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Logs what broke; the browser learns only that something did, and by the status whether it is
/// worth trying again.
pub(super) fn internal_error(error: LoginError) -> ServerFnError {
    tracing::error!(%error, "a step of signing in broke");
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| error.is_unavailable()) {
        response.set_status(StatusCode::SERVICE_UNAVAILABLE);
    }
    ServerFnError::ServerError("broken".to_owned())
}
