//! `GET /avatar/{hash}`: a user's avatar.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::web::error::WebError;
use crate::web::state::AppState;

/// The path changes with the picture, so browsers may keep it. Shared caches may not: it may show a face.
pub(super) async fn show(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Response, WebError> {
    const HEADERS: [(header::HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    let jpeg = state.login.accounts().avatar(&hash).await?.ok_or(WebError::NotFound)?;
    Ok((HEADERS, jpeg).into_response())
}
