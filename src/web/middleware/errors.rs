//! Errors that come without a page.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::ProtectionError;

use crate::audit::{self, Event};
use crate::web::error_page;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// Puts a page to refusals of other sites, and to the errors that layers and static files answer
/// bare.
pub(in crate::web) async fn explain_errors(State(site): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let setting = RequestInfo::read(site, parts.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.extensions().get::<ProtectionError>().is_some() {
        audit::record(Event::CrossSiteBlocked);
        return error_page::forbidden(setting).await;
    }
    if response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    match response.status() {
        StatusCode::NOT_FOUND => error_page::not_found(setting).await,
        StatusCode::METHOD_NOT_ALLOWED => {
            let allowed = response.headers().get(header::ALLOW).cloned();
            let mut page = error_page::wrong_method(setting).await;
            page.headers_mut().extend(allowed.map(|allowed| (header::ALLOW, allowed)));
            page
        }
        // The session layer answers so if it cannot write a session, which is the database's failure.
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE => error_page::unavailable(setting).await,
        _ => response,
    }
}
