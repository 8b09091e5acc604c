//! Why a login failed: the error code for the browser, and the log line for the operator.

use super::LoginService;
use crate::qq::{ErrorClass, QqError};

/// The reason in `/login?error=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoginFailure {
    /// The login attempt is unknown, too old, already used, or was started in another browser.
    Expired,
    /// The user cancelled at QQ.
    Cancelled,
    /// The user has to sign in at QQ again.
    Denied,
    /// QQ rejected the app or the request; the operator has to act.
    Misconfigured,
    /// QQ did not respond, or its response cannot be understood.
    Unreachable,
    /// Registration is closed and the user has no account.
    Closed,
    /// The operator has blocked the user.
    Blocked,
    /// The browser returned from QQ without any cookie of this site.
    Cookies,
}

impl LoginFailure {
    const ALL: [LoginFailure; 8] = [
        Self::Expired,
        Self::Cancelled,
        Self::Denied,
        Self::Misconfigured,
        Self::Unreachable,
        Self::Closed,
        Self::Blocked,
        Self::Cookies,
    ];

    /// The value of the `error` parameter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Misconfigured => "misconfigured",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
            Self::Blocked => "blocked",
            Self::Cookies => "cookies",
        }
    }

    pub fn from_code(code: &str) -> Option<LoginFailure> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

impl From<ErrorClass> for LoginFailure {
    fn from(class: ErrorClass) -> LoginFailure {
        match class {
            ErrorClass::ReauthRequired => Self::Denied,
            ErrorClass::OperatorAction | ErrorClass::BadRequest => Self::Misconfigured,
            ErrorClass::QqFailure | ErrorClass::RetryLater => Self::Unreachable,
        }
    }
}

impl LoginService {
    /// Logs a QQ error: at level ERROR, with advice, if the operator has to act.
    pub(super) fn log_qq_error(&self, error: &QqError) {
        match self.qq.operator_advice(error) {
            Some(advice) => tracing::error!(%error, advice, "QQ rejected this site; run `qq-login doctor` for details"),
            None => tracing::warn!(%error, "QQ request failed"),
        }
    }
}
