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
use super::limits::{RateLimits, TooOften};
use super::permission::{ACCOUNT, SIGN_IN, way_out};
use super::site::Site;
use crate::audit::{self, Event};
use crate::login::{Asked, Ending, Failure, Fetched, LoginError, Next, Registered, TokenState, TypedForm};
use crate::sessions::{self, SignedIn, Visitor};

/// Finishes a sign-in: trades the authorization code in QQ's `query` for an access token and the
/// openid. Gives the path to go on to; whatever QQ sends, that is no error.
#[server(endpoint = "finish-login")]
pub(super) async fn finish_login(#[server(default)] query: String) -> Result<String, ServerFnError> {
    let (site, parts, session) = surroundings()?;
    let jar = CookieJar::from_headers(&parts.headers);
    let finished = site.login.finish(&query, &jar, &session).await.map_err(|error| {
        audit::record(Event::SignInFailed { reason: if error.is_unavailable() { "unavailable" } else { "broken" } });
        broken(error)
    })?;
    if finished.has_replaced_somebody {
        tell(&site, Flash::SomebodyElse);
        if session.id().is_none() {
            remove_cookie(&site);
        }
    }
    Ok(match finished.ending {
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
    let visitor = visitor(&site, &session).await?;
    limit(&site, visitor.as_ref(), |limits| limits.count_username(&username).and(limits.count_email(&email)))?;
    let typed = TypedForm { username, email };
    match site.login.register(&typed, &session).await.map_err(broken)? {
        Registered::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        Registered::Lapsed(next) => leptos_axum::redirect(&next.append_to("/login?error=expired")),
        Registered::NobodyPending => leptos_axum::redirect("/login"),
        Registered::Closed(next) => leptos_axum::redirect(&closed(&next)),
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
    limit(&site, visitor(&site, &session).await?.as_ref(), |_| Ok(()))?;
    match site.login.register_generated(&session).await.map_err(broken)? {
        Registered::SignedIn(next) => leptos_axum::redirect(next.as_str()),
        Registered::Closed(next) => leptos_axum::redirect(&closed(&next)),
        Registered::Lapsed(_) | Registered::NobodyPending | Registered::Refused(_) => leptos_axum::redirect("/login"),
    }
    Ok(())
}

/// Renews the permission to ask QQ, before it ends.
#[server(prefix = "", endpoint = "account/renew")]
pub(super) async fn renew_permission() -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    let Some(signed_in) = person(&site, &session).await? else { return Ok(()) };
    let state = site.login.renew_now(signed_in, &session).await.map_err(broken)?;
    match &state {
        TokenState::Good(_) => tell(&site, Flash::Renewed),
        TokenState::Stale(_) => tell(&site, Flash::NotRenewed),
        TokenState::PassByQq | TokenState::RefusedFresh | TokenState::SignedOut => {}
    }
    leptos_axum::redirect(way_out(&state).unwrap_or(ACCOUNT));
    Ok(())
}

/// Fetches nickname and avatar anew.
#[server(prefix = "", endpoint = "account/portrait")]
pub(super) async fn update_portrait() -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    let Some(signed_in) = person(&site, &session).await? else { return Ok(()) };
    let asked = site.login.update_portrait(signed_in, &session).await.map_err(broken)?;
    match &asked {
        Asked::Answered(Fetched::Whole, _) => tell(&site, Flash::PortraitUpdated),
        Asked::Answered(Fetched::Partly, _) => tell(&site, Flash::PortraitPartly),
        Asked::Unavailable => tell(&site, Flash::PortraitUnavailable),
        Asked::Misconfigured => tell(&site, Flash::PortraitRefused),
        Asked::NoToken(_) => {}
    }
    let way_out = if let Asked::NoToken(state) = &asked { way_out(state) } else { None };
    leptos_axum::redirect(way_out.unwrap_or(ACCOUNT));
    Ok(())
}

/// Ends the session.
#[server(prefix = "", endpoint = "logout")]
pub(super) async fn logout() -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    let signed_in = visitor(&site, &session).await?.and_then(Visitor::signed_in);
    session.flush().await.map_err(|error| broken(error.into()))?;
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
    let (site, _, session) = surroundings()?;
    let visitor = visitor(&site, &session).await?;
    let Some(Visitor::Pending(_)) = visitor else {
        // No error: the question may arrive just after its form was sent.
        return Ok("nobody".to_owned());
    };
    limit(&site, visitor.as_ref(), |limits| limits.count_username(&username))?;
    let problem = site.login.judge_username(&username).await.map_err(broken)?;
    Ok(problem.map_or("", |problem| problem.code()).to_owned())
}

/// What every server function works with.
pub(super) fn surroundings() -> Result<(Site, Parts, Session), ServerFnError> {
    let missing = || -> ServerFnError { ServerFnError::ServerError("not called by this site's server".to_owned()) };
    let site = use_context::<Site>().ok_or_else(missing)?;
    let parts = use_context::<Parts>().ok_or_else(missing)?;
    let session = parts.extensions.get::<Session>().cloned().ok_or_else(missing)?;
    Ok((site, parts, session))
}

async fn visitor(site: &Site, session: &Session) -> Result<Option<Visitor>, ServerFnError> {
    Visitor::read(session, site.login.now()).await.map_err(|error| broken(error.into()))
}

/// Who is signed in, counted as somebody who asks for something. Whoever is not is sent to sign in.
pub(super) async fn person(site: &Site, session: &Session) -> Result<Option<SignedIn>, ServerFnError> {
    let visitor = visitor(site, session).await?;
    limit(site, visitor.as_ref(), |_| Ok(()))?;
    let signed_in = visitor.and_then(Visitor::signed_in);
    if signed_in.is_none() {
        leptos_axum::redirect(SIGN_IN);
    }
    Ok(signed_in)
}

/// Where people learn that no new accounts are made.
fn closed(next: &Next) -> String {
    next.append_to(&format!("/login?error={}", Failure::Closed.code()))
}

/// Counts a request of this visitor, and what `count` counts of those who are registering: others
/// could keep a name from them otherwise. Nobody is counted who is not known: that request costs
/// nothing, and its network was counted before.
fn limit(
    site: &Site,
    visitor: Option<&Visitor>,
    count: impl Fn(&RateLimits) -> Result<(), TooOften>,
) -> Result<(), ServerFnError> {
    let (Some(limits), Some(visitor)) = (&site.facts.rate_limits, visitor) else { return Ok(()) };
    let is_registering = matches!(visitor, Visitor::Pending(_));
    let counted =
        limits.count_person(visitor.openid()).and_then(|()| if is_registering { count(limits) } else { Ok(()) });
    counted.map_err(|TooOften { wait_secs }| {
        audit::record(Event::RateLimited);
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::TOO_MANY_REQUESTS);
            response.insert_header(header::RETRY_AFTER, wait_secs.into());
        }
        ServerFnError::ServerError("too many requests".to_owned())
    })
}

/// Takes the cookie of a session that has ended.
pub(super) fn remove_cookie(site: &Site) {
    let removal = HeaderValue::from_str(&sessions::removal_cookie(&site.facts.public_url)).ok();
    if let (Some(response), Some(removal)) = (use_context::<ResponseOptions>(), removal) {
        response.append_header(header::SET_COOKIE, removal);
    }
}

/// Has the next page tell what happened.
pub(super) fn tell(site: &Site, flash: Flash) {
    if let (Some(response), Some(cookie)) = (use_context::<ResponseOptions>(), flash.to_header(&site.facts.public_url))
    {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Logs what broke; the browser learns only that something did, and by the status whether it is
/// worth trying again.
pub(super) fn broken(error: LoginError) -> ServerFnError {
    tracing::error!(%error, "a step of signing in broke");
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| error.is_unavailable()) {
        response.set_status(StatusCode::SERVICE_UNAVAILABLE);
    }
    ServerFnError::ServerError("broken".to_owned())
}
