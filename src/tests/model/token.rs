//! The model of a session's token.

use super::state::TOKEN_SECS;

/// If QQ rejects a token of this age or younger, the site does not start a new login by itself.
const FRESH_SECS: i64 = 60;

#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Identifies the token in the model, which does not know its value.
    pub(super) number: usize,
    pub(super) obtained_at: i64,
    /// When the site learned that QQ rejects the token.
    pub(super) rejected_at: Option<i64>,
    pub(super) has_refresh_token: bool,
    /// Whether the user revoked it. The site learns this with its next request to QQ.
    pub(super) is_revoked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenStatus {
    Valid,
    NeedsRefresh,
    /// The user has to sign in again.
    Expired,
}

impl Token {
    pub(super) fn new(number: usize, now: i64) -> Token {
        Token { number, obtained_at: now, rejected_at: None, has_refresh_token: true, is_revoked: false }
    }

    pub(super) fn expires_at(&self) -> i64 {
        self.obtained_at + TOKEN_SECS
    }

    /// A token is valid until a tenth of its lifetime is left.
    pub(super) fn status(&self, now: i64) -> TokenStatus {
        let is_young = now < self.expires_at() - TOKEN_SECS / 10;
        match (self.rejected_at, is_young) {
            (Some(_), _) => TokenStatus::Expired,
            (None, true) => TokenStatus::Valid,
            (None, false) if self.has_refresh_token => TokenStatus::NeedsRefresh,
            (None, false) => TokenStatus::Expired,
        }
    }

    pub(super) fn reject(&mut self, now: i64) {
        self.rejected_at = Some(now);
        self.has_refresh_token = false;
    }

    /// Returns where the site redirects if the token is expired: to a new login, or to an error if QQ
    /// rejected a fresh token.
    pub(super) fn redirect(&self) -> &'static str {
        let was_fresh = self.rejected_at.is_some_and(|at| at - self.obtained_at <= FRESH_SECS);
        if was_fresh { "/login?error=denied" } else { "/login/qq?next=/account" }
    }
}
