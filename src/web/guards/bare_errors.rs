//! Errors without a page.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::notice;
use crate::web::site::Site;
use crate::web::visit::Setting;

/// Puts a page to a bare 500. The session layer answers so if it cannot write a session, which is
/// the database's failure and no mistake in the request.
pub(in crate::web) async fn explain_bare_errors(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let setting = Setting::read(site, parts.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && is_bare {
        return notice::unavailable(setting).await;
    }
    response
}
