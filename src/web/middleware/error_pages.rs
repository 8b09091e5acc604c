//! Renders the error pages of all handlers and layers.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::ProtectionError;

use crate::audit::{self, Event};
use crate::web::error::WebError;
use crate::web::error_page;
use crate::web::request::RequestInfo;

/// Replaces a response that carries an error by the error's page. Its headers stay: `Allow`, and cookies.
pub(in crate::web) async fn error_pages(info: RequestInfo, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(error) = error_of(&response) else { return response };
    if error == WebError::Forbidden {
        audit::record(Event::CrossSiteBlocked);
    }
    let mut page = error_page::render(&info, error, None);
    for (name, value) in response.headers().iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        page.headers_mut().append(name, value.clone());
    }
    page
}

fn error_of(response: &Response) -> Option<WebError> {
    if let Some(error) = response.extensions().get() {
        return Some(*error);
    }
    if response.extensions().get::<ProtectionError>().is_some() {
        return Some(WebError::Forbidden);
    }
    if response.headers().contains_key(header::CONTENT_TYPE) {
        return None;
    }
    match response.status() {
        StatusCode::NOT_FOUND => Some(WebError::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(WebError::MethodNotAllowed),
        // tower-sessions answers so if it cannot write the session.
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE => Some(WebError::Unavailable),
        _ => None,
    }
}
