//! Why a sign-in failed: what the person is told, and what the log says.

use super::Login;
use super::callback::Answer;
use crate::qq::{self, Class, QqError};

/// Why nobody was signed in, in the words of `/login?error=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
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

impl Failure {
    /// Every failure, for those who need a text for each.
    pub const ALL: [Failure; 6] =
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
    pub fn from_code(code: &str) -> Option<Failure> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    fn from_class(class: Class) -> Failure {
        match class {
            Class::SignInAgain => Self::Denied,
            Class::OperatorMustAct | Class::OurBug => Self::Misconfigured,
            Class::QqFailure | Class::TryLater => Self::Unreachable,
        }
    }
}

impl Login {
    /// Logs what QQ said for the operator and gives what to tell the person.
    pub(super) fn explain(&self, error: &QqError) -> Failure {
        self.log_refusal(error);
        match error {
            QqError::ForeignToken => Failure::Denied,
            other => Failure::from_class(other.class()),
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
    pub(super) fn refusal(&self, answer: &Answer) -> Option<Failure> {
        match answer {
            Answer::Cancelled => Some(Failure::Cancelled),
            Answer::Refused(code) => {
                let class = qq::class_of(*code);
                match self.qq.operator_advice_on(*code) {
                    Some(advice) => tracing::error!(code, ?class, "QQ sent an error code to the callback. {advice}"),
                    None => tracing::warn!(code, ?class, "QQ sent an error code to the callback"),
                }
                Some(Failure::from_class(class))
            }
            Answer::UnknownError => Some(Failure::Unreachable),
            Answer::Code(_) | Answer::NoCode | Answer::Unreadable => None,
        }
    }
}
