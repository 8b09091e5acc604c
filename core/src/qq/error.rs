//! The errors of a call to QQ.
//!
//! No error contains a URL: QQ takes secrets in the query, so every URL is a secret.

use super::api_error::ApiError;
use super::error_codes::{ErrorClass, UNIONID_NOT_GRANTED, code_info, error_class};
use super::response::MalformedResponse;

/// Why a call to QQ failed. Safe to log: it contains no token, key, code or openid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QqError {
    #[error(transparent)]
    Api(ApiError),
    /// `/me` returned another `client_id`.
    #[error("the access token belongs to another app")]
    ForeignToken,
    #[error("malformed response from QQ: {0}")]
    MalformedResponse(#[from] MalformedResponse),
    /// No request was sent.
    #[error("invalid API call: {0}")]
    InvalidCall(&'static str),
    #[error("cannot reach QQ: {0}")]
    Transport(#[from] TransportError),
}

/// Why there was no complete response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    #[error("the request timed out")]
    Timeout,
    /// No request was sent.
    #[error("skipped, because recent requests took too long and failed")]
    Skipped,
    /// DNS, the network, or QQ's certificate.
    #[error("connection failed: {0}")]
    Connect(String),
    #[error("connection lost: {0}")]
    Interrupted(String),
    /// Not a success, and without an error code in the body.
    #[error("HTTP status {0}")]
    Status(u16),
}

impl QqError {
    pub fn class(&self) -> ErrorClass {
        match self {
            QqError::Api(error) => error_class(error.code),
            QqError::ForeignToken => ErrorClass::ReauthRequired,
            QqError::MalformedResponse(_) => ErrorClass::QqFailure,
            QqError::InvalidCall(_) => ErrorClass::BadRequest,
            QqError::Transport(_) => ErrorClass::RetryLater,
        }
    }

    /// Whether the token itself is invalid: revoked, reclaimed, expired or unknown (公共返回码说明,
    /// 100013 to 100016), or without the user's consent (100030).
    pub fn is_token_invalid(&self) -> bool {
        matches!(self.api_code(), Some(100_013..=100_016 | 100_030))
    }

    /// Whether the token has expired (100014), so a refresh may help.
    pub fn is_token_expired(&self) -> bool {
        self.api_code() == Some(100_014)
    }

    /// Whether the app lacks the UnionID permission (100048).
    pub fn is_unionid_denied(&self) -> bool {
        self.api_code() == Some(UNIONID_NOT_GRANTED)
    }

    /// Whether an idempotent request may be retried. Not after a timeout, which covers both tries.
    pub fn is_transient(&self) -> bool {
        match self {
            QqError::Api(error) => error_class(error.code) == ErrorClass::RetryLater,
            QqError::Transport(TransportError::Status(status)) => *status >= 500,
            QqError::Transport(TransportError::Connect(_) | TransportError::Interrupted(_)) => true,
            QqError::Transport(TransportError::Timeout | TransportError::Skipped) => false,
            QqError::ForeignToken | QqError::MalformedResponse(_) | QqError::InvalidCall(_) => false,
        }
    }

    /// Returns QQ's code if it is a known one, or a word, for metrics: the number of different values is small.
    pub fn label(&self) -> String {
        match self {
            QqError::Api(error) => code_info(error.code).map_or("unknown".to_owned(), |info| info.code.to_string()),
            QqError::ForeignToken => "foreign_token".to_owned(),
            QqError::MalformedResponse(_) => "malformed".to_owned(),
            QqError::InvalidCall(_) => "invalid_call".to_owned(),
            QqError::Transport(TransportError::Timeout) => "timeout".to_owned(),
            QqError::Transport(TransportError::Skipped) => "skipped".to_owned(),
            QqError::Transport(TransportError::Connect(_)) => "connect".to_owned(),
            QqError::Transport(TransportError::Interrupted(_)) => "interrupted".to_owned(),
            QqError::Transport(TransportError::Status(status)) => format!("http_{status}"),
        }
    }

    fn api_code(&self) -> Option<i64> {
        match self {
            QqError::Api(error) => Some(error.code),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api_error(code: i64) -> QqError {
        QqError::Api(ApiError::new(code, ""))
    }

    #[test]
    fn each_error_has_its_class() {
        for (error, class) in [
            (api_error(100020), ErrorClass::ReauthRequired),
            (api_error(100009), ErrorClass::OperatorAction),
            (api_error(100007), ErrorClass::BadRequest),
            (api_error(100017), ErrorClass::QqFailure),
            (api_error(424_242), ErrorClass::QqFailure),
            (api_error(-6), ErrorClass::RetryLater),
            (QqError::ForeignToken, ErrorClass::ReauthRequired),
            (MalformedResponse::Empty.into(), ErrorClass::QqFailure),
            (TransportError::Timeout.into(), ErrorClass::RetryLater),
        ] {
            assert_eq!(error.class(), class, "{error}");
        }
    }

    #[test]
    fn only_transient_errors_are_worth_a_retry() {
        for (error, is_transient) in [
            (api_error(1001), true),
            (api_error(-6), true),
            (api_error(-58), true),
            (api_error(-60), true),
            (api_error(100016), false),
            (api_error(100017), false),
            (TransportError::Status(502).into(), true),
            (TransportError::Status(429).into(), false),
            (TransportError::Status(302).into(), false),
            (TransportError::Connect(String::new()).into(), true),
            (TransportError::Interrupted(String::new()).into(), true),
            (TransportError::Timeout.into(), false),
            (TransportError::Skipped.into(), false),
            (MalformedResponse::UnknownFormat.into(), false),
            (QqError::ForeignToken, false),
        ] {
            assert_eq!(error.is_transient(), is_transient, "{error}");
        }
    }
}
