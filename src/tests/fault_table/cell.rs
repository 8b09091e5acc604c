//! A cell of the table: on which trip, at which question, what goes wrong.

use std::fmt;

use super::codes::{DENIED, UNREACHABLE, every_code};
use crate::support::{Endpoint, Fault};

/// What somebody wants of the site that it needs QQ for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trip {
    /// To sign in for the first time, and to fill in the form then.
    FirstVisit,
    /// To sign in for the first time where nobody is asked: the account is made on the way.
    AutoVisit,
    /// To sign in with an account.
    Return,
    /// To have the permission renewed.
    Renewal,
    /// To see the account page once the permission has ended.
    ForcedRenewal,
    /// To have nickname and avatar fetched anew.
    Portrait,
}

impl Trip {
    /// What the site asks QQ on the way, in this order.
    pub(super) fn questions(self) -> &'static [Endpoint] {
        match self {
            Trip::FirstVisit | Trip::AutoVisit | Trip::Return => {
                &[Endpoint::Token, Endpoint::Me, Endpoint::UserInfo, Endpoint::Avatar]
            }
            Trip::Renewal | Trip::ForcedRenewal => &[Endpoint::Token],
            Trip::Portrait => &[Endpoint::UserInfo, Endpoint::Avatar],
        }
    }

    /// The settings without which the trip does not come about.
    pub(super) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Trip::AutoVisit => &[("REGISTRATION", "auto")],
            Trip::ForcedRenewal => &[("SANDBOX_TOKEN_TTL", "100")],
            Trip::FirstVisit | Trip::Return | Trip::Renewal | Trip::Portrait => &[],
        }
    }

    /// Every way in which the answer to each of the trip's questions can be broken.
    pub(super) fn broken(self) -> Vec<Cell> {
        self.questions().iter().flat_map(|endpoint| self.broken_at(*endpoint)).collect()
    }

    /// Every way in which the answer to this question can be broken.
    pub(super) fn broken_at(self, endpoint: Endpoint) -> Vec<Cell> {
        let fits = |fault: &Fault| match fault {
            // A picture has no charset.
            Fault::WrongCharset => endpoint != Endpoint::Avatar,
            Fault::WrongClient => endpoint == Endpoint::Me,
            _ => true,
        };
        BROKEN.into_iter().filter(fits).map(|fault| Cell { trip: self, endpoint, fault }).collect()
    }

    /// Every refusal as the answer to this question.
    pub(super) fn refused_at(self, endpoint: Endpoint) -> Vec<Cell> {
        refusals().into_iter().map(|fault| Cell { trip: self, endpoint, fault }).collect()
    }
}

/// One cell.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) trip: Trip,
    pub(super) endpoint: Endpoint,
    pub(super) fault: Fault,
}

impl Cell {
    /// The word in which a sign-in ends that meets this fault.
    pub(super) fn word(&self) -> &'static str {
        match &self.fault {
            Fault::Refusal(code, _) => every_code().find(|(it, _)| it == code).map(|(_, word)| word).expect("a code"),
            Fault::WrongClient => DENIED,
            _ => UNREACHABLE,
        }
    }

    /// Whether a sign-in cannot go on without the answer. Nickname and avatar are nice to have.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(self.endpoint, Endpoint::Token | Endpoint::Me)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}, {:?}", self.trip, self.endpoint, self.fault)
    }
}

/// What can become of any answer.
const BROKEN: [Fault; 15] = [
    Fault::Status500,
    Fault::Html,
    Fault::Empty,
    Fault::Truncated,
    Fault::CutShort,
    Fault::WrongCharset,
    Fault::TenMegabytes,
    Fault::SlowConnect,
    Fault::SlowAnswer,
    Fault::OneByteASecond,
    Fault::Reset,
    Fault::ResetMidway,
    Fault::Redirect,
    Fault::TlsAlert,
    Fault::WrongClient,
];

/// A refusal by each code in each of the shapes that QQ has for it.
fn refusals() -> Vec<Fault> {
    let bodies = |code: i64| {
        [
            format!(r#"{{"error":{code},"error_description":"refused"}}"#),
            format!("callback( {{\"error\":{code},\"error_description\":\"refused\"}} );\n"),
            format!(r#"{{"ret":{code},"msg":"refused"}}"#),
        ]
    };
    every_code().flat_map(|(code, _)| bodies(code).map(|body| Fault::Refusal(code, body))).collect()
}
