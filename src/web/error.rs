//! Why a request gets an error page instead of what it asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::i18n::{Message, Messages};
use super::rate_limits::RateLimited;
use crate::audit::{self, Event};
use crate::login::LoginError;

/// When to try again after the database was unavailable, in seconds.
pub(super) const UNAVAILABLE_RETRY_SECS: u64 = 5;

/// Why a handler, a middleware or a server function failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebError {
    /// The form cannot be read.
    BadRequest,
    /// Another site made the browser send the request.
    Forbidden,
    NotFound,
    MethodNotAllowed,
    /// The form took too long to arrive.
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    /// The request names another host than this site's.
    Misdirected,
    RateLimited {
        retry_after_secs: u64,
    },
    Internal,
    /// The database is unavailable.
    Unavailable,
}

impl WebError {
    pub(super) fn status(self) -> StatusCode {
        match self {
            WebError::BadRequest => StatusCode::BAD_REQUEST,
            WebError::Forbidden => StatusCode::FORBIDDEN,
            WebError::NotFound => StatusCode::NOT_FOUND,
            WebError::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            WebError::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            WebError::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            WebError::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            WebError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            WebError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            WebError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the error if trying again may help, so that a form can be shown with what the user typed.
    pub(super) fn if_temporary(self) -> Result<WebError, WebError> {
        self.retry_after_secs().map(|_| self).ok_or(self)
    }

    /// Returns the value of `Retry-After`, if trying again may help.
    pub(super) fn retry_after_secs(self) -> Option<u64> {
        match self {
            WebError::RateLimited { retry_after_secs } => Some(retry_after_secs),
            WebError::Unavailable => Some(UNAVAILABLE_RETRY_SECS),
            _ => None,
        }
    }

    /// Returns what happened, and what the user can do.
    pub(super) fn message(self, messages: &Messages) -> (String, String) {
        let Message { title, advice } = match self {
            WebError::RateLimited { retry_after_secs } => return (messages.rate_limited)(retry_after_secs),
            WebError::BadRequest
            | WebError::RequestTimeout
            | WebError::PayloadTooLarge
            | WebError::UnsupportedMediaType => messages.bad_form,
            WebError::Forbidden => messages.forbidden,
            WebError::NotFound => messages.not_found,
            WebError::MethodNotAllowed => messages.method_not_allowed,
            WebError::Misdirected => messages.misdirected,
            WebError::Internal => messages.internal_error,
            WebError::Unavailable => messages.unavailable,
        };
        (title.to_owned(), advice.to_owned())
    }
}

/// The response has no body: the middleware `error_pages` finds the error in its extensions and renders the page.
impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Logs the error: its cause is not shown to the user.
impl<E: Into<LoginError>> From<E> for WebError {
    fn from(error: E) -> WebError {
        let error = error.into();
        tracing::error!(%error, "request failed");
        if error.is_unavailable() { WebError::Unavailable } else { WebError::Internal }
    }
}

/// Records the event.
impl From<RateLimited> for WebError {
    fn from(RateLimited { retry_after_secs }: RateLimited) -> WebError {
        audit::record(Event::RateLimited);
        WebError::RateLimited { retry_after_secs }
    }
}

impl FromServerFnError for WebError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> WebError {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Request(_) => WebError::BadRequest,
            _ => WebError::Internal,
        }
    }
}
