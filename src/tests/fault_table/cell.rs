//! A cell of the table: on which trip, at which question, what goes wrong.

use std::fmt;

use qq_login::qq::{Class, class_of, code_info};

use crate::support::{Endpoint, Fault};

/// What somebody wants of the site that it needs QQ for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trip {
    SignIn,
    Renewal,
    Portrait,
}

impl Trip {
    /// What the site asks QQ on the way, in this order.
    pub(super) fn questions(self) -> &'static [Endpoint] {
        match self {
            Trip::SignIn => &[Endpoint::Token, Endpoint::Me, Endpoint::UserInfo, Endpoint::Avatar],
            Trip::Renewal => &[Endpoint::Token],
            Trip::Portrait => &[Endpoint::UserInfo, Endpoint::Avatar],
        }
    }
}

/// One cell.
pub(super) struct Cell {
    pub(super) trip: Trip,
    pub(super) endpoint: Endpoint,
    pub(super) fault: Fault,
}

impl Cell {
    /// Who has to act, as far as the site can know.
    pub(super) fn class(&self) -> Class {
        match self.fault {
            Fault::Refusal(code, _) => class_of(code),
            Fault::WrongClient => Class::SignInAgain,
            _ => Class::QqFailure,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}, {:?}", self.trip, self.endpoint, self.fault)
    }
}

/// What can become of any answer.
pub(super) const BROKEN: [Fault; 13] = [
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
];

/// Every code that QQ explains, and one that it does not.
pub(super) fn every_code() -> Vec<i64> {
    let explained = (-1000..=200_000).filter(|code| code_info(*code).is_some());
    explained.chain([424_242]).collect()
}

/// A refusal by each code in each of the shapes that QQ has for it.
pub(super) fn refusals() -> Vec<Fault> {
    let bodies = |code: i64| {
        [
            format!(r#"{{"error":{code},"error_description":"refused"}}"#),
            format!("callback( {{\"error\":{code},\"error_description\":\"refused\"}} );\n"),
            format!(r#"{{"ret":{code},"msg":"refused"}}"#),
        ]
    };
    every_code().into_iter().flat_map(|code| bodies(code).map(|body| Fault::Refusal(code, body))).collect()
}
