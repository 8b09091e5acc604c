//! The token of a session, as the model has it.

use super::world::TOKEN_SECS;

/// A token that QQ refuses this soon is not asked for again by itself.
const FRESH_SECS: i64 = 60;

#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Tells tokens apart; the model knows no other name of them.
    pub(super) number: usize,
    pub(super) obtained_at: i64,
    /// When QQ refused it to the site's knowledge.
    pub(super) refused_at: Option<i64>,
    /// Whether the site has something left to renew it with.
    pub(super) is_renewable: bool,
    /// Whether the person took it back, which the site cannot know before it asks.
    pub(super) is_revoked: bool,
}

/// What the site makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Too old; something new can be had for it.
    Renewable,
    /// The person has to pass by QQ.
    Dead,
}

impl Token {
    pub(super) fn new(number: usize, now: i64) -> Token {
        Token { number, obtained_at: now, refused_at: None, is_renewable: true, is_revoked: false }
    }

    pub(super) fn expires_at(&self) -> i64 {
        self.obtained_at + TOKEN_SECS
    }

    /// A token counts until a tenth of its life is left.
    pub(super) fn state(&self, now: i64) -> State {
        let is_young = now < self.expires_at() - TOKEN_SECS / 10;
        match (self.refused_at, is_young) {
            (Some(_), _) => State::Dead,
            (None, true) => State::Good,
            (None, false) if self.is_renewable => State::Renewable,
            (None, false) => State::Dead,
        }
    }

    /// QQ says that it was taken back.
    pub(super) fn refuse(&mut self, now: i64) {
        self.refused_at = Some(now);
        self.is_renewable = false;
    }

    /// Where people go whose token is dead: to QQ, unless it refused even a fresh one.
    pub(super) fn way_out(&self) -> &'static str {
        let is_hopeless = self.refused_at.is_some_and(|at| at - self.obtained_at <= FRESH_SECS);
        if is_hopeless { "/login?error=denied" } else { "/login/qq?next=/account" }
    }
}
