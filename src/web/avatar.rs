//! `GET /avatar/{hash}`: a person's picture.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::state::AppState;

/// The address of a picture.
pub(super) fn address(hash: &str) -> String {
    format!("/avatar/{hash}")
}

/// The address changes with the picture, so browsers may keep it for good; nobody else may, as it
/// is somebody's face.
pub(super) async fn show(State(site): State<AppState>, Path(hash): Path<String>) -> Response {
    const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
    const JPEG: HeaderValue = HeaderValue::from_static("image/jpeg");
    match site.login.accounts().avatar(&hash).await {
        Ok(Some(jpeg)) => ([(header::CONTENT_TYPE, JPEG), (header::CACHE_CONTROL, CACHE)], jpeg).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "an avatar could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
