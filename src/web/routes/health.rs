//! Health checks for supervisors and load balancers.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::web::error::UNAVAILABLE_RETRY_SECS;
use crate::web::state::AppState;

/// `GET /healthz`: the process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 if the database can be written, or 503 and the reason.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    match state.database.check_health().await {
        Ok(()) => "ok\n".into_response(),
        Err(reason) => {
            let retry_after = [(header::RETRY_AFTER, UNAVAILABLE_RETRY_SECS.to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, retry_after, format!("{reason}\n")).into_response()
        }
    }
}
