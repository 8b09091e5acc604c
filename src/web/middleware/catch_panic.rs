//! What a panic ends in.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::web::error::WebError;

/// The panic hook has written the message to the log.
pub(in crate::web) fn panic_response(_: Box<dyn Any + Send>) -> Response {
    WebError::Internal.into_response()
}
