//! What a supervisor asks.

use axum::extract::State;
use axum::http::StatusCode;

use super::site::Site;

/// `GET /healthz`: the process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub(super) async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    if site.login.accounts().is_reachable().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    }
}
