//! Why a sign-in failed: what the person is told, and what the log says.

use super::LoginService;
use super::callback_params::CallbackResult;
use crate::qq::{self, ErrorClass, QqError};

/// Why nobody was signed in, in the words of `/login?error=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// The attempt is unknown, too old, used up, or begun in another browser.
    Expired,
    /// The person turned back.
    Cancelled,
    /// QQ wants the person to sign in again.
    Denied,
    /// The operator must act, or our request was wrong.
    Misconfigured,
    /// QQ did not answer, or in no way that can be understood.
    Unreachable,
    /// Only known people get in.
    Closed,
}

impl LoginFailure {
    /// Every failure, for those who need a text for each.
    pub const ALL: [LoginFailure; 6] =
        [Self::Expired, Self::Cancelled, Self::Denied, Self::Misconfigured, Self::Unreachable, Self::Closed];

    /// The word in the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Misconfigured => "misconfigured",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
        }
    }

    /// Finds the failure for a word in the address.
    pub fn from_code(code: &str) -> Option<LoginFailure> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    fn from_class(class: ErrorClass) -> LoginFailure {
        match class {
            ErrorClass::ReauthRequired => Self::Denied,
            ErrorClass::OperatorAction | ErrorClass::BadRequest => Self::Misconfigured,
            ErrorClass::QqFailure | ErrorClass::RetryLater => Self::Unreachable,
        }
    }
}

impl LoginService {
    /// Logs what QQ said for the operator and gives what to tell the person.
    pub(super) fn explain(&self, error: &QqError) -> LoginFailure {
        self.log_refusal(error);
        match error {
            QqError::ForeignToken => LoginFailure::Denied,
            other => LoginFailure::from_class(other.class()),
        }
    }

    /// Logs why a call to QQ gave nothing: loudly and with advice, if the operator has to act.
    pub(super) fn log_refusal(&self, error: &QqError) {
        match self.qq.operator_advice(error) {
            Some(advice) => {
                tracing::error!(%error, "QQ refuses this site. {advice} `qq-login doctor` checks everything");
            }
            None => tracing::warn!(%error, "a call to QQ failed"),
        }
    }

    /// What an answer without a code means, unless it means nothing by itself. Only for the answer to
    /// an attempt: it logs what QQ said.
    pub(super) fn refusal(&self, answer: &CallbackResult) -> Option<LoginFailure> {
        match answer {
            CallbackResult::Cancelled => Some(LoginFailure::Cancelled),
            CallbackResult::Refused(code) => {
                let class = qq::error_class(*code);
                match self.qq.operator_advice_for_code(*code) {
                    Some(advice) => tracing::error!(code, ?class, "QQ sent an error code to the callback. {advice}"),
                    None => tracing::warn!(code, ?class, "QQ sent an error code to the callback"),
                }
                Some(LoginFailure::from_class(class))
            }
            CallbackResult::UnknownError => Some(LoginFailure::Unreachable),
            CallbackResult::Code(_) | CallbackResult::NoCode | CallbackResult::Unreadable => None,
        }
    }
}
