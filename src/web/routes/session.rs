//! Whether the session still exists, for a page that is shown again.

use axum::Json;

use crate::web::error::WebError;
use crate::web::request::PageRequest;

/// `GET /api/session`: `true` if the user is signed in.
pub(super) async fn is_signed_in(request: PageRequest) -> Result<Json<bool>, WebError> {
    Ok(Json(request.signed_in_user().await?.is_some()))
}
