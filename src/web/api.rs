//! The server functions that scripts call, each at its own address under `/api`.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos_axum::handle_server_fns_with_context;

use super::error_page;
use super::request::RequestInfo;

/// How Leptos begins the text of an answer if what was sent does not fit the function.
const MISFITS: [&str; 4] = ["Args|", "Deserialization|", "MissingArg|", "Request|"];
/// More than any of these messages takes, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Calls the server function at the request's address. Always as a script would: asked for HTML,
/// Leptos would answer an error with a redirect to wherever the browser came from.
pub(super) async fn call(setting: RequestInfo, mut request: Request) -> Response {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let site = setting.site.clone();
    let context = move || provide_context(site.clone());
    let response = handle_server_fns_with_context(context, request).await.into_response();
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => error_page::too_many(setting, wait_secs(&response)).await,
        StatusCode::SERVICE_UNAVAILABLE => error_page::unavailable(setting).await,
        StatusCode::INTERNAL_SERVER_ERROR => {
            let text = to_bytes(response.into_body(), MAX_TEXT_BYTES).await.unwrap_or_default();
            if MISFITS.iter().any(|misfit| text.starts_with(misfit.as_bytes())) {
                return error_page::bad_form(setting, StatusCode::BAD_REQUEST).await;
            }
            error_page::broken(setting).await
        }
        _ => response,
    }
}

/// How long a server function wants to be left alone, in seconds.
pub(super) fn wait_secs(answer: &Response) -> u64 {
    let wait = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    wait.and_then(|secs| secs.parse().ok()).unwrap_or(1)
}
