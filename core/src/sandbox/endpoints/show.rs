//! `/oauth2.0/show`: QQ's pages.

use axum::response::Response;

use crate::sandbox::authorization_request::AuthorizationRequest;
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::pages;
use crate::sandbox::request::QqRequest;

pub(super) async fn show(request: QqRequest) -> Response {
    let params = &request.params;
    let page = match params.get("which") {
        Some("Login") => match AuthorizationRequest::parse(params, request.sandbox.settings()) {
            Ok(_) => pages::consent(&request, None),
            Err(error) => pages::authorization_error(error, &request),
        },
        Some("cancel") => pages::cancelled(&request),
        Some("error") => {
            let error = params.get("error").and_then(OAuthError::from_code).unwrap_or(OAuthError::WhichInvalid);
            pages::authorization_error(error, &request)
        }
        _ => pages::authorization_error(OAuthError::WhichInvalid, &request),
    };
    request.respond(page)
}
