//! A case of the table: a scenario, one of its calls to QQ, and the fault of that call.

use std::fmt;

use super::error_codes::{DENIED, UNREACHABLE, response_codes};
use crate::support::{Endpoint, Fault};

/// An action of a user that makes the site call QQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// The first login, followed by the registration form.
    FirstLogin,
    /// The first login with `REGISTRATION=auto`: the callback creates the account.
    AutoRegistration,
    ReturningLogin,
    /// The user asks for a token refresh.
    TokenRefresh,
    /// The account page refreshes an expired token.
    RequiredRefresh,
    /// The user updates nickname and avatar.
    ProfileUpdate,
}

impl Scenario {
    /// Returns the endpoints that the request waits for, in this order.
    pub(super) fn calls(self) -> &'static [Endpoint] {
        match self {
            Scenario::FirstLogin | Scenario::AutoRegistration | Scenario::ReturningLogin => {
                &[Endpoint::Token, Endpoint::Me, Endpoint::UserInfo]
            }
            Scenario::TokenRefresh | Scenario::RequiredRefresh => &[Endpoint::Token],
            Scenario::ProfileUpdate => &[Endpoint::UserInfo, Endpoint::Avatar],
        }
    }

    pub(super) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Scenario::AutoRegistration => &[("REGISTRATION", "auto")],
            Scenario::RequiredRefresh => &[("SANDBOX_TOKEN_TTL", "100")],
            Scenario::FirstLogin | Scenario::ReturningLogin | Scenario::TokenRefresh | Scenario::ProfileUpdate => &[],
        }
    }

    /// Returns cases for every broken response to each call.
    pub(super) fn broken_responses(self) -> Vec<Case> {
        self.calls().iter().flat_map(|endpoint| self.broken_responses_at(*endpoint)).collect()
    }

    /// Returns cases for every broken response of an endpoint.
    pub(super) fn broken_responses_at(self, endpoint: Endpoint) -> Vec<Case> {
        let applies = |fault: &Fault| match fault {
            // An image has no charset, and a profile is read all the same (`nicknames`).
            Fault::WrongCharset => matches!(endpoint, Endpoint::Token | Endpoint::Me),
            Fault::WrongClient => endpoint == Endpoint::Me,
            _ => true,
        };
        BROKEN_RESPONSES.into_iter().filter(applies).map(|fault| Case { scenario: self, endpoint, fault }).collect()
    }

    /// Returns cases for every QQ error of an endpoint.
    pub(super) fn api_errors_at(self, endpoint: Endpoint) -> Vec<Case> {
        api_errors().into_iter().map(|fault| Case { scenario: self, endpoint, fault }).collect()
    }
}

#[derive(Clone)]
pub(super) struct Case {
    pub(super) scenario: Scenario,
    pub(super) endpoint: Endpoint,
    pub(super) fault: Fault,
}

impl Case {
    /// Returns the error code of a login that fails because of this fault.
    pub(super) fn login_error(&self) -> &'static str {
        match &self.fault {
            Fault::ApiError(code, _) => {
                response_codes().find(|(it, _)| it == code).map(|(_, login_error)| login_error).expect("a code")
            }
            Fault::WrongClient => DENIED,
            _ => UNREACHABLE,
        }
    }

    /// Whether a login fails without this call. The profile is optional.
    pub(super) fn is_required(&self) -> bool {
        matches!(self.endpoint, Endpoint::Token | Endpoint::Me)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}, {:?}", self.scenario, self.endpoint, self.fault)
    }
}

const BROKEN_RESPONSES: [Fault; 15] = [
    Fault::Status500,
    Fault::Html,
    Fault::EmptyBody,
    Fault::Truncated,
    Fault::HalfBody,
    Fault::WrongCharset,
    Fault::TenMegabytes,
    Fault::SlowConnect,
    Fault::NoResponse,
    Fault::OneBytePerSecond,
    Fault::Reset,
    Fault::ResetMidBody,
    Fault::Redirect,
    Fault::TlsAlert,
    Fault::WrongClient,
];

/// Returns every error code in each of QQ's three formats.
fn api_errors() -> Vec<Fault> {
    let bodies = |code: i64| {
        [
            format!(r#"{{"error":{code},"error_description":"refused"}}"#),
            format!("callback( {{\"error\":{code},\"error_description\":\"refused\"}} );\n"),
            format!(r#"{{"ret":{code},"msg":"refused"}}"#),
        ]
    };
    response_codes().flat_map(|(code, _)| bodies(code).map(|body| Fault::ApiError(code, body))).collect()
}
