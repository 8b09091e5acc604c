//! How a callback ends.

use super::{LoginFailure, ReturnTo};
use crate::sessions::NewSession;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    SignedIn(ReturnTo),
    /// The user is new and has to register.
    NeedsRegistration,
    /// `ReturnTo` is for the next attempt.
    Failed(LoginFailure, ReturnTo),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackOutcome {
    pub login: LoginOutcome,
    /// Whether another user was signed in to this browser until now.
    pub has_replaced_user: bool,
    /// The session that the browser gets.
    pub session: Option<NewSession>,
}

impl From<LoginOutcome> for CallbackOutcome {
    fn from(login: LoginOutcome) -> CallbackOutcome {
        CallbackOutcome { login, has_replaced_user: false, session: None }
    }
}
