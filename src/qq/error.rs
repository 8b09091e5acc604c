//! What can go wrong between us and QQ, in the protocol's words.
//!
//! No error holds a URL: QQ wants secrets in the query, so a URL is a secret.

use super::api_error::ApiError;
use super::codes::{ErrorClass, error_class};

/// Why a call to QQ gave nothing. Safe to log: it holds no token, key, code or openid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QqError {
    /// QQ answered with a code of its own.
    #[error(transparent)]
    Api(ApiError),
    /// `/me` says that the token was issued to another app.
    #[error("the access token belongs to another app")]
    ForeignToken,
    /// QQ answered, but not with anything that may be believed.
    #[error("QQ's answer cannot be understood: {0}")]
    MalformedResponse(#[from] MalformedResponse),
    /// What was to be asked is no call of QQ's; nothing was asked.
    #[error("not a call that QQ has: {0}")]
    InvalidCall(&'static str),
    /// There was no answer.
    #[error("QQ cannot be reached: {0}")]
    Transport(#[from] TransportError),
}

/// Why an answer cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedResponse {
    /// Nothing but white space came.
    #[error("it is empty")]
    Empty,
    /// More came than any answer of QQ's needs; the rest was not read.
    #[error("it is too large")]
    TooLarge,
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// It is a web page.
    #[error("it is a web page")]
    Html,
    /// It begins well and stops in the middle.
    #[error("it breaks off")]
    Truncated,
    /// It is neither a form, nor a JSON object, nor one in `callback( … );`.
    #[error("it is neither a form, nor JSON, nor JSONP")]
    UnknownFormat,
    /// A name occurs twice, so that two readers could see two answers.
    #[error("a field occurs twice")]
    DuplicateField,
    /// It says that something went wrong, but not by number.
    #[error("it reports an error without a number")]
    ErrorWithoutCode,
    /// A field that is needed is missing, or of another type than documented.
    #[error("it is not as documented")]
    UnexpectedSchema,
    /// The named field is not there.
    #[error("{0} is missing")]
    MissingField(&'static str),
    /// The named field is there, but its value is not one QQ can have meant.
    #[error("{0} is not usable")]
    InvalidField(&'static str),
}

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The time for the whole call was over.
    #[error("no complete answer in time")]
    Timeout,
    /// No connection came about: the name, the network, or QQ's certificate.
    #[error("no connection: {0}")]
    Connect(String),
    /// The connection broke before the answer was complete.
    #[error("the connection broke: {0}")]
    Interrupted(String),
    /// An HTTP status other than success, with nothing readable in the body.
    #[error("HTTP status {0}")]
    Status(u16),
}

impl QqError {
    /// Who has to act. A token of another app wants a new sign-in; an unreadable answer is
    /// QQ's failure; silence may pass.
    pub fn class(&self) -> ErrorClass {
        match self {
            QqError::Api(refusal) => error_class(refusal.code),
            QqError::ForeignToken => ErrorClass::ReauthRequired,
            QqError::MalformedResponse(_) => ErrorClass::QqFailure,
            QqError::InvalidCall(_) => ErrorClass::BadRequest,
            QqError::Transport(_) => ErrorClass::RetryLater,
        }
    }

    /// Whether QQ says that the token itself is no good any more: withdrawn, reclaimed, expired or
    /// unknown (公共返回码说明, 100013 to 100016), or its consent gone (100030).
    pub fn is_token_invalid(&self) -> bool {
        matches!(self, QqError::Api(refusal) if matches!(refusal.code, 100_013..=100_016 | 100_030))
    }

    /// Whether QQ says that the token has expired, so that a newer one may do (100014).
    pub fn is_token_expired(&self) -> bool {
        matches!(self, QqError::Api(refusal) if refusal.code == 100_014)
    }

    /// Whether the same harmless question may be asked a second time. After a timeout it may
    /// not: the time was for both.
    pub fn is_transient(&self) -> bool {
        match self {
            QqError::Api(refusal) => error_class(refusal.code) == ErrorClass::RetryLater,
            QqError::Transport(TransportError::Status(status)) => *status >= 500,
            QqError::Transport(TransportError::Connect(_) | TransportError::Interrupted(_)) => true,
            QqError::Transport(TransportError::Timeout) => false,
            QqError::ForeignToken | QqError::MalformedResponse(_) | QqError::InvalidCall(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_class() {
        let refused = |code| QqError::Api(ApiError::new(code, ""));
        for (error, class) in [
            (refused(100020), ErrorClass::ReauthRequired),
            (refused(100009), ErrorClass::OperatorAction),
            (refused(100007), ErrorClass::BadRequest),
            (refused(100017), ErrorClass::QqFailure),
            (refused(424_242), ErrorClass::QqFailure),
            (refused(-6), ErrorClass::RetryLater),
            (QqError::ForeignToken, ErrorClass::ReauthRequired),
            (MalformedResponse::Empty.into(), ErrorClass::QqFailure),
            (TransportError::Timeout.into(), ErrorClass::RetryLater),
        ] {
            assert_eq!(error.class(), class, "{error}");
        }
    }

    #[test]
    fn only_passing_errors_are_worth_a_second_try() {
        let refused = |code| QqError::Api(ApiError::new(code, ""));
        for (error, passing) in [
            (refused(1001), true),
            (refused(-6), true),
            (refused(-58), true),
            (refused(-60), true),
            (refused(100016), false),
            (refused(100017), false),
            (TransportError::Status(502).into(), true),
            (TransportError::Status(429).into(), false),
            (TransportError::Status(302).into(), false),
            (TransportError::Connect(String::new()).into(), true),
            (TransportError::Interrupted(String::new()).into(), true),
            (TransportError::Timeout.into(), false),
            (MalformedResponse::UnknownFormat.into(), false),
            (QqError::ForeignToken, false),
        ] {
            assert_eq!(error.is_transient(), passing, "{error}");
        }
    }
}
