//! Where people go whose token cannot be used.

use crate::login::TokenState;

/// The page that needs a token.
pub(super) const ACCOUNT: &str = "/account";
/// Signing in, and back to it.
pub(super) const SIGN_IN: &str = "/login?next=/account";
/// Passing by QQ again, and back to it.
pub(super) const PASS_BY_QQ: &str = "/login/qq?next=/account";
/// Being told that QQ refuses: sent to QQ once more, people would go round in circles.
const REFUSED: &str = "/login?error=denied";

/// Where to go instead, if there is no staying.
pub(super) fn way_out(state: &TokenState) -> Option<&'static str> {
    match state {
        TokenState::Good(_) | TokenState::Stale(_) => None,
        TokenState::PassByQq => Some(PASS_BY_QQ),
        TokenState::RefusedFresh => Some(REFUSED),
        TokenState::SignedOut => Some(SIGN_IN),
    }
}
