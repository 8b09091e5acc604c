//! Where people go whose token cannot be used.

use crate::login::TokenState;

/// The page that needs a token.
pub(super) const ACCOUNT: &str = "/account";
/// Signing in, and back to it.
pub(super) const SIGN_IN: &str = "/login?next=/account";
/// Passing by QQ again, and back to it.
pub(super) const REAUTHENTICATE: &str = "/login/qq?next=/account";
/// Being told that QQ refuses: sent to QQ once more, people would go round in circles.
const REFUSED: &str = "/login?error=denied";

/// Where to go instead, if there is no staying.
pub(super) fn redirect_for(state: &TokenState) -> Option<&'static str> {
    match state {
        TokenState::Valid(_) | TokenState::Stale(_) => None,
        TokenState::ReauthRequired => Some(REAUTHENTICATE),
        TokenState::RevokedImmediately => Some(REFUSED),
        TokenState::SignedOut => Some(SIGN_IN),
    }
}
