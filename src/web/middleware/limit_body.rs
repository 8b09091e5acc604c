//! Limits what a client can post.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::web::error::WebError;

/// The longest form has two short fields.
const MAX_BYTES: usize = 16 * 1024;
const TIMEOUT: Duration = Duration::from_secs(20);

/// Reads the body of a POST request completely, and refuses one that is too large, too slow or not a form.
pub(in crate::web) async fn limit_body(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let error = match timeout(TIMEOUT, to_bytes(body, MAX_BYTES)).await {
        Ok(Ok(body)) if is_form(&parts.headers, &body) => {
            return next.run(Request::from_parts(parts, Body::from(body))).await;
        }
        Ok(Ok(_)) => WebError::UnsupportedMediaType,
        Ok(Err(_)) => WebError::PayloadTooLarge,
        Err(_) => WebError::RequestTimeout,
    };
    error.into_response()
}

/// A form without fields may have no content type.
fn is_form(headers: &HeaderMap, body: &Bytes) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else { return body.is_empty() };
    let media_type = content_type.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
