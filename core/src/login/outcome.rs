//! How a callback ends.

use super::{LinkFailure, LoginFailure, ReturnTo};
use crate::sessions::NewSession;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    SignedIn(ReturnTo),
    /// The user is new and has to register.
    NeedsRegistration,
    /// `ReturnTo` is for the next attempt.
    Failed(LoginFailure, ReturnTo),
    /// A signed-in user wants to link the QQ account. `ReturnTo` is the page that asks for the confirmation.
    Linking(Result<ReturnTo, LinkFailure>),
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
