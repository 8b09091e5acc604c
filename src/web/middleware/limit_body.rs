//! What comes with a request, read whole before anybody works with it.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use crate::web::error_page;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// The largest body that is read. The longest form has two short fields.
const MAX_BYTES: usize = 16 * 1024;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lets forms of a modest size through, and refuses everything else that is posted.
pub(in crate::web) async fn limit_body(State(site): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let read = timeout(PATIENCE, to_bytes(body, MAX_BYTES)).await;
    let refused = match read {
        Ok(Ok(body)) if is_form(&parts.headers, &body) => {
            return next.run(Request::from_parts(parts, Body::from(body))).await;
        }
        Ok(Ok(_)) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    };
    error_page::bad_form(RequestInfo::read(site, parts), refused).await
}

/// A form without fields may come without a kind.
fn is_form(headers: &HeaderMap, body: &Bytes) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return body.is_empty() };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
