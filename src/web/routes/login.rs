//! Signing in and out: to QQ, back from QQ, and the end of the session.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use crate::audit::{self, Event};
use crate::login::{CallbackOutcome, LoginOutcome};
use crate::qq::Display;
use crate::sessions::SessionError;
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{Redirection, call, current_request};
use crate::web::pages::qq_accounts::failed;
use crate::web::request::{PageRequest, RequestInfo};

/// `GET /login/qq?next=…`: starts a login and redirects to QQ. With `recover`, the user wants to link an account.
pub(super) async fn start(request: RequestInfo, headers: HeaderMap) -> Result<Response, WebError> {
    request.state.rate_limits.count_start(request.client_ip)?;
    let is_recovery = request.query("recover").is_some() && request.state.may_recover_accounts();
    let (next, cookies) = (request.next(), request.cookies.clone());
    let (cookies, location) = request.state.login.start_login(cookies, &next, display(&headers), is_recovery)?;
    Ok((cookies, Redirect::to(&location)).into_response())
}

/// `GET /login/qq/callback`: passes the query on unparsed, since QQ may send a malformed one.
pub(super) async fn callback(request: PageRequest) -> Result<Response, WebError> {
    let query = request.uri.query().unwrap_or_default().to_owned();
    Ok(call(&request, finish_login(query)).await?.into_response(&request))
}

/// Exchanges the authorization code in the callback's `query` for an access token and the openid, and signs the
/// user in. Whatever QQ sends, the result is a redirection.
#[server(endpoint = "finish-login")]
async fn finish_login(#[server(default)] query: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let (login, is_opened_directly) = (&request.state.login, request.is_opened_directly);
    if let Some(attempt_id) = login.attempt_id(&query, &request.cookies) {
        request.state.rate_limits.count_attempt(attempt_id)?;
    }
    let device = request.device();
    let outcome = login.handle_callback(&query, &request.cookies, is_opened_directly, device, &request.session).await;
    let outcome = outcome.map_err(|error| {
        audit::record(Event::SignInFailed { reason: if error.is_unavailable() { "unavailable" } else { "broken" } });
        WebError::from(error)
    })?;
    Ok(redirection_after_login(outcome))
}

/// Where a login leads, and the session that it started.
pub(in crate::web) fn redirection_after_login(outcome: CallbackOutcome) -> Redirection {
    let redirection = match outcome.login {
        LoginOutcome::SignedIn(next) => Redirection::to(next.as_str()),
        LoginOutcome::NeedsRegistration => Redirection::to("/register"),
        LoginOutcome::Failed(failure, next) if outcome.has_replaced_user => {
            Redirection::to_login(failure, &next).ending_session()
        }
        LoginOutcome::Failed(failure, next) => Redirection::to_login(failure, &next),
        LoginOutcome::Linking(Ok(next)) => Redirection::to(next.as_str()),
        LoginOutcome::Linking(Err(failure)) => Redirection::to(failed(failure)),
    };
    let redirection = redirection.starting_session(outcome.session);
    redirection.with_flash(outcome.has_replaced_user.then_some(Flash::UserReplaced))
}

/// Ends the session, and nothing else: to clear the browser's cache takes seconds.
#[server(prefix = "", endpoint = "logout")]
pub(super) async fn logout() -> Result<Redirection, WebError> {
    let request = current_request()?;
    let user = request.signed_in_user().await?;
    // Not `flush`: after that, tower-sessions adds a removal cookie of its own.
    request.session.delete().await.map_err(SessionError::from)?;
    if let Some(user) = user {
        audit::record(Event::SignedOut { user_id: user.user_id });
    }
    Ok(Redirection::to("/").ending_session())
}

/// QQ has a page for phones; without it, some of them cannot sign in.
pub(super) fn display(headers: &HeaderMap) -> Display {
    // Compared as bytes: a user agent may contain the name of the phone, in any encoding.
    let contains = |name: &str, text: &[u8]| {
        headers.get(name).is_some_and(|value| value.as_bytes().windows(text.len()).any(|part| part == text))
    };
    if contains("sec-ch-ua-mobile", b"?1") || contains("user-agent", b"Mobi") {
        Display::Mobile
    } else {
        Display::Desktop
    }
}
