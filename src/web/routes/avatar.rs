//! `GET /avatar/{hash}`: a user's avatar.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::web::error::WebError;
use crate::web::state::AppState;

/// A SHA-256 in hexadecimal.
const HASH_CHARS: usize = 64;
const TRANSPARENT: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;

/// The path changes with the picture, so browsers may keep it. Shared caches may not: it may show a face. A picture that
/// could not be downloaded is transparent: the page shows a letter behind it.
pub(super) async fn show(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Response, WebError> {
    const STORED: [(header::HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    const MISSING: [(header::HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-store")];
    if hash.len() != HASH_CHARS || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(WebError::NotFound);
    }
    Ok(match state.login.avatar(&hash).await? {
        Some(jpeg) => (STORED, jpeg).into_response(),
        None => (MISSING, TRANSPARENT).into_response(),
    })
}
