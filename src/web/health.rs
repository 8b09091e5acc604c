//! What a supervisor asks.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error_page::RETRY_AFTER_SECS;
use super::state::AppState;

/// `GET /healthz`: the process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 if the database can be written, or 503 and the reason.
pub(super) async fn ready(State(site): State<AppState>) -> Response {
    match site.database_health.check().await {
        Ok(()) => "ok\n".into_response(),
        Err(reason) => {
            let retry_after = [(header::RETRY_AFTER, RETRY_AFTER_SECS.to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, retry_after, format!("{reason}\n")).into_response()
        }
    }
}
