//! The state of the model: sessions with their tokens, and open login attempts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::action::{BrowserId, UserId};
use super::token::Token;

/// Configured lifetimes. The site refreshes tokens when a tenth of theirs is left.
pub(super) const TOKEN_SECS: i64 = 100;
pub(super) const IDLE_SECS: i64 = 1500;
pub(super) const MAX_SECS: i64 = 2500;
/// Fixed lifetimes and intervals of the site.
pub(super) const ATTEMPT_SECS: i64 = 600;
pub(super) const PENDING_SECS: i64 = 900;
const LAST_SEEN_INTERVAL_SECS: i64 = 60;
/// How many login attempts a browser can store.
pub(super) const MAX_ATTEMPTS: usize = 10;
/// The default destination of a login.
pub(super) const ACCOUNT: &str = "/account";

#[derive(Default)]
pub(super) struct ModelState {
    pub(super) now: i64,
    /// Which replica handles the current step.
    pub(super) replica: usize,
    pub(super) browsers: [BrowserState; 2],
    /// The sessions in the database by number, including expired ones.
    pub(super) sessions: BTreeMap<usize, Session>,
    /// The sessions that were ended before they expired. They must never be accepted again.
    pub(super) ended: Vec<usize>,
    /// How each user registered.
    pub(super) registered: [Option<UsernameKind>; 2],
    /// How often the site called QQ's token endpoint.
    pub(super) token_calls: usize,
    pub(super) events: BTreeMap<&'static str, usize>,
    last_number: usize,
}

#[derive(Default)]
pub(super) struct BrowserState {
    /// The session of the cookie, possibly expired.
    pub(super) session: Option<usize>,
    pub(super) tabs: [Option<Attempt>; 2],
    /// When each attempt started, by name of its cookie.
    pub(super) attempts: BTreeMap<String, i64>,
    /// When the site last redirected it to QQ by itself.
    pub(super) redirected_to_qq_at: Option<i64>,
}

/// A login attempt.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) cookie: String,
    pub(super) state: String,
    /// Path and query of the callback, with the authorization code.
    pub(super) callback: String,
    pub(super) started_at: i64,
    pub(super) user: UserId,
    pub(super) next: String,
    pub(super) is_spent: bool,
    pub(super) first_answer: Option<FirstAnswer>,
}

/// How an attempt failed. The replica repeats the answer for a minute.
#[derive(Clone)]
pub(super) struct FirstAnswer {
    pub(super) location: String,
    pub(super) replica: usize,
    pub(super) at: i64,
}

pub(super) struct Session {
    pub(super) user: UserId,
    pub(super) kind: SessionKind,
    pub(super) token: Token,
    pub(super) created_at: i64,
    pub(super) last_seen_at: i64,
}

pub(super) enum SessionKind {
    /// The user has not registered yet.
    Pending {
        since: i64,
        next: String,
        has_draft: bool,
    },
    SignedIn,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UsernameKind {
    Chosen,
    Generated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuthState {
    SignedOut,
    RegistrationExpired,
    Pending,
    SignedIn,
}

impl ModelState {
    pub(super) fn new(now: i64) -> ModelState {
        ModelState { now, ..ModelState::default() }
    }

    pub(super) fn count(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    pub(super) fn next_number(&mut self) -> usize {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn is_alive(&self, session: &Session) -> bool {
        self.now - session.last_seen_at < IDLE_SECS && self.now - session.created_at < MAX_SECS
    }

    /// Returns the browser's session unless it has expired.
    pub(super) fn session(&self, browser: BrowserId) -> Option<(usize, &Session)> {
        let number = self.browsers[browser].session?;
        let session = self.sessions.get(&number).expect("a session");
        self.is_alive(session).then_some((number, session))
    }

    pub(super) fn session_mut(&mut self, browser: BrowserId) -> Option<&mut Session> {
        let (number, _) = self.session(browser)?;
        self.sessions.get_mut(&number)
    }

    pub(super) fn auth_state(&self, browser: BrowserId) -> AuthState {
        match self.session(browser).map(|(_, session)| &session.kind) {
            None => AuthState::SignedOut,
            Some(SessionKind::Pending { since, .. }) if self.now - since > PENDING_SECS => {
                AuthState::RegistrationExpired
            }
            Some(SessionKind::Pending { .. }) => AuthState::Pending,
            Some(SessionKind::SignedIn) => AuthState::SignedIn,
        }
    }

    /// Ends the browser's session. The row of an expired session stays until the site deletes it.
    pub(super) fn end_session(&mut self, browser: BrowserId) {
        if let Some((number, _)) = self.session(browser) {
            self.sessions.remove(&number);
            self.ended.push(number);
        }
        self.browsers[browser].session = None;
    }

    /// Replaces the browser's session.
    pub(super) fn start_session(&mut self, browser: BrowserId, user: UserId, kind: SessionKind, token: Token) {
        self.end_session(browser);
        let (number, now) = (self.next_number(), self.now);
        self.sessions.insert(number, Session { user, kind, token, created_at: now, last_seen_at: now });
        self.browsers[browser].session = Some(number);
    }

    pub(super) fn new_token(&mut self) -> Token {
        Token::new(self.next_number(), self.now)
    }

    pub(super) fn advance_clock(&mut self, seconds: i64) {
        let alive = |model: &ModelState| model.sessions.values().filter(|it| model.is_alive(it)).count();
        let before = alive(self);
        self.now += seconds;
        let is_in_use = |session: &&Session| self.now - session.last_seen_at < IDLE_SECS;
        let too_old = self.sessions.values().filter(is_in_use).filter(|it| !self.is_alive(it)).count();
        if alive(self) < before {
            self.count(if too_old > 0 { "session too old" } else { "session idle" });
        }
    }

    /// Updates the last-seen time of the browser's session, as the site does at most once per interval.
    pub(super) fn update_last_seen(&mut self, browser: BrowserId) {
        let now = self.now;
        let is_due = |session: &&mut Session| now - session.last_seen_at >= LAST_SEEN_INTERVAL_SECS;
        if let Some(session) = self.session_mut(browser).filter(is_due) {
            session.last_seen_at = now;
        }
    }

    /// Records that a browser started an attempt and has the attempt cookies `found` now. Returns the new cookie.
    ///
    /// The site removes expired attempts, and the oldest ones if there are too many. It may remove any of those that
    /// started in the same second.
    pub(super) fn start_attempt(
        &mut self,
        browser: BrowserId,
        found: &BTreeSet<String>,
    ) -> Result<String, TestCaseError> {
        let now = self.now;
        let attempts = &mut self.browsers[browser].attempts;
        attempts.retain(|_, started_at| now - *started_at <= ATTEMPT_SECS);
        let (kept, evicted): (Vec<_>, Vec<_>) = attempts.iter().partition(|(cookie, _)| found.contains(*cookie));
        prop_assert_eq!(evicted.len(), (attempts.len() + 1).saturating_sub(MAX_ATTEMPTS), "evicted attempts");
        let youngest_evicted = evicted.iter().map(|(_, started_at)| **started_at).max();
        let oldest_kept = kept.iter().map(|(_, started_at)| **started_at).min();
        let is_oldest_first = youngest_evicted.is_none_or(|it| oldest_kept.is_some_and(|kept| it <= kept));
        prop_assert!(is_oldest_first, "an attempt was evicted before an older one");
        let new: Vec<_> = found.iter().filter(|cookie| !attempts.contains_key(*cookie)).cloned().collect();
        prop_assert_eq!(new.len(), 1, "new attempts");
        let has_evicted = !evicted.is_empty();
        attempts.retain(|cookie, _| found.contains(cookie));
        attempts.insert(new[0].clone(), now);
        if has_evicted {
            self.count("attempt evicted");
        }
        Ok(new[0].clone())
    }
}
