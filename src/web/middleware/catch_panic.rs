//! A mistake of ours in one request ends that request and nothing else.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::web::error_page;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// Answers a panic with a page. Its message is in the log already.
pub(in crate::web) async fn catch_panic(State(site): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let setting = RequestInfo::read(site, parts.clone());
    match AssertUnwindSafe(next.run(Request::from_parts(parts, body))).catch_unwind().await {
        Ok(response) => response,
        // Were the page itself at fault, there would be a second panic.
        Err(_) => AssertUnwindSafe(error_page::broken(setting))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}
