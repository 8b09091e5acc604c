//! `/oauth2.0/authorize`: `GET` checks the authorization request, `POST` is the consent page's form.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sandbox::authorization_request::{AuthorizationRequest, error_url, show_url};
use crate::sandbox::faults::{Endpoint, Fault, broken_response};
use crate::sandbox::grants::Consent;
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::pages;
use crate::sandbox::params::Params;
use crate::sandbox::request::QqRequest;
use crate::sandbox::same_origin::is_cross_site;
use crate::sandbox::users::{MAX_NAME_CHARS, SAMPLE_NAMES};

/// The body that broken responses break.
const BROKEN_PAGE: &str = "<html><body><p class=\"wait\">QQ sandbox</p></body></html>\n";

pub(super) async fn authorize(request: QqRequest) -> Response {
    let fault = request.take_fault(Endpoint::Authorize, Fault::is_common).await;
    let response = match fault.and_then(|fault| broken_response(fault, || BROKEN_PAGE.to_owned())) {
        Some(broken) => broken,
        None => handle_request(&request).await.unwrap_or_else(|error| redirect_to_error(error, &request)),
    };
    request.respond(response)
}

async fn handle_request(request: &QqRequest) -> Result<Response, OAuthError> {
    let params = &request.params;
    let authorization = AuthorizationRequest::parse(params, request.sandbox.settings())?;
    if request.take_fault(Endpoint::Authorize, |fault| fault == Fault::AppUnapproved).await.is_some() {
        return Err(OAuthError::AppUnapproved);
    }
    match params.get("sandbox_user") {
        Some(name) => approve(request, &authorization, name).await,
        None => Ok(found(&show_url("Login", params))),
    }
}

pub(super) async fn decide(headers: HeaderMap, request: QqRequest) -> Response {
    let response = if is_cross_site(&headers) {
        StatusCode::FORBIDDEN.into_response()
    } else {
        handle_decision(&request).await.unwrap_or_else(|error| redirect_to_error(error, &request))
    };
    request.respond(response)
}

async fn handle_decision(request: &QqRequest) -> Result<Response, OAuthError> {
    let authorization = AuthorizationRequest::parse(&request.params, request.sandbox.settings())?;
    if request.form.get("decision") == Some("cancel") {
        Ok(cancel(request, &authorization))
    } else {
        approve(request, &authorization, chosen_name(&request.form)).await
    }
}

/// Redirects to the callback with a code, or shows the consent page again if the name is too long.
async fn approve(
    request: &QqRequest,
    authorization: &AuthorizationRequest,
    name: &str,
) -> Result<Response, OAuthError> {
    if name.chars().count() > MAX_NAME_CHARS {
        return Ok(pages::consent(request, Some(name)));
    }
    let applies = |fault| matches!(fault, Fault::DropState | Fault::Cancel);
    let fault = request.take_fault(Endpoint::Authorize, applies).await;
    if fault == Some(Fault::Cancel) {
        return Ok(found(&authorization.callback_url("usercancel", "1")));
    }
    let consent = Consent { username: name.to_owned(), scope: authorization.scope.clone() };
    let code = {
        let mut state = request.sandbox.state();
        state.users.create_if_missing(name);
        state.grants.issue_code(consent, &authorization.redirect_uri, request.sandbox.now())?
    };
    Ok(found(&match fault {
        Some(_) => authorization.callback_url_without_state("code", &code),
        None => authorization.callback_url("code", &code),
    }))
}

/// On a PC, QQ closes its page and does not notify the site (qq wiki
/// 使用Authorization_Code获取Access_Token). The old mobile page redirected with `usercancel`.
fn cancel(request: &QqRequest, authorization: &AuthorizationRequest) -> Response {
    if authorization.is_mobile {
        found(&authorization.callback_url("usercancel", "1"))
    } else {
        found(&show_url("cancel", &request.params))
    }
}

/// Returns the typed name, or the selected one, or the first sample.
fn chosen_name(form: &Params) -> &str {
    let typed = form.get("name").map(str::trim).filter(|name| !name.is_empty());
    typed.or(form.get("ready")).unwrap_or(SAMPLE_NAMES[0])
}

/// QQ shows errors on its own page and never redirects to the callback, which may itself be wrong.
fn redirect_to_error(error: OAuthError, request: &QqRequest) -> Response {
    found(&error_url(error, &request.params))
}

fn found(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}
