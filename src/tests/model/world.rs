//! The model: who has which session with which token, and which attempts are open.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::step::{Person, Side};
use super::token::Token;

/// How long tokens live here, in seconds; they are renewed a tenth of that before.
pub(super) const TOKEN_SECS: i64 = 100;
/// How long sessions live here, unused and in all.
pub(super) const IDLE_SECS: i64 = 1500;
pub(super) const MAX_SECS: i64 = 2500;
/// The site's own times, in seconds.
pub(super) const ATTEMPT_SECS: i64 = 600;
pub(super) const PENDING_SECS: i64 = 900;
const TOUCH_SECS: i64 = 60;
/// How many attempts fit a browser.
pub(super) const MOST_ATTEMPTS: usize = 10;
/// Where people go who have no wish of their own.
pub(super) const ACCOUNT: &str = "/account";

/// Everything that is so.
#[derive(Default)]
pub(super) struct World {
    pub(super) now: i64,
    pub(super) sides: [BrowserSide; 2],
    /// The rows of sessions by number, those among them whose time is over.
    pub(super) sessions: BTreeMap<usize, Session>,
    /// The sessions that were ended before their time was over: they must never count again.
    pub(super) ended: Vec<usize>,
    /// Who has registered, and how.
    pub(super) registered: [Option<Name>; 2],
    /// How often QQ was asked for a token.
    pub(super) token_calls: usize,
    /// How often the walk came by what.
    pub(super) events: BTreeMap<&'static str, usize>,
    drawn: usize,
}

/// A browser.
#[derive(Default)]
pub(super) struct BrowserSide {
    /// Its session, alive or not.
    pub(super) session: Option<usize>,
    pub(super) tabs: [Option<Attempt>; 2],
    /// The cookies of its attempts, and when those began.
    pub(super) open: BTreeMap<String, i64>,
}

/// One trip to QQ.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) cookie: String,
    pub(super) state: String,
    /// The way back, with the authorization code.
    pub(super) callback: String,
    pub(super) began_at: i64,
    pub(super) person: Person,
    pub(super) next: String,
    pub(super) is_spent: bool,
}

pub(super) struct Session {
    pub(super) person: Person,
    pub(super) visitor: Visitor,
    pub(super) token: Token,
    pub(super) created_at: i64,
    pub(super) last_seen_at: i64,
}

pub(super) enum Visitor {
    Pending { since: i64, next: String, has_draft: bool },
    SignedIn,
}

/// A user name: typed, or made by the site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Typed,
    Generated,
}

/// Who a browser is, for what the site does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// Somebody who took too long to register.
    Lapsed,
    Pending,
    SignedIn,
}

impl World {
    pub(super) fn new(now: i64) -> World {
        World { now, ..World::default() }
    }

    pub(super) fn count(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    /// A number that nothing else has.
    pub(super) fn draw(&mut self) -> usize {
        self.drawn += 1;
        self.drawn
    }

    pub(super) fn is_alive(&self, session: &Session) -> bool {
        self.now - session.last_seen_at < IDLE_SECS && self.now - session.created_at < MAX_SECS
    }

    /// The browser's session, while it lives.
    pub(super) fn session(&self, side: Side) -> Option<(usize, &Session)> {
        let number = self.sides[side].session?;
        let session = self.sessions.get(&number).expect("a session");
        self.is_alive(session).then_some((number, session))
    }

    pub(super) fn session_mut(&mut self, side: Side) -> Option<&mut Session> {
        let (number, _) = self.session(side)?;
        self.sessions.get_mut(&number)
    }

    pub(super) fn who(&self, side: Side) -> Who {
        match self.session(side).map(|(_, session)| &session.visitor) {
            None => Who::Nobody,
            Some(Visitor::Pending { since, .. }) if self.now - since > PENDING_SECS => Who::Lapsed,
            Some(Visitor::Pending { .. }) => Who::Pending,
            Some(Visitor::SignedIn) => Who::SignedIn,
        }
    }

    /// Ends the browser's session. One whose time is over stays a row until it is cleared away.
    pub(super) fn end_session(&mut self, side: Side) {
        if let Some((number, _)) = self.session(side) {
            self.sessions.remove(&number);
            self.ended.push(number);
        }
        self.sides[side].session = None;
    }

    /// A new session takes the place of the browser's.
    pub(super) fn start_session(&mut self, side: Side, person: Person, visitor: Visitor, token: Token) {
        self.end_session(side);
        let (number, now) = (self.draw(), self.now);
        self.sessions.insert(number, Session { person, visitor, token, created_at: now, last_seen_at: now });
        self.sides[side].session = Some(number);
    }

    pub(super) fn new_token(&mut self) -> Token {
        Token::new(self.draw(), self.now)
    }

    /// Time passes; sessions and tokens may end by it.
    pub(super) fn pass(&mut self, seconds: i64) {
        let alive = |world: &World| world.sessions.values().filter(|it| world.is_alive(it)).count();
        let before = alive(self);
        self.now += seconds;
        let is_in_use = |session: &&Session| self.now - session.last_seen_at < IDLE_SECS;
        let grown_old = self.sessions.values().filter(is_in_use).filter(|it| !self.is_alive(it)).count();
        if alive(self) < before {
            self.count(if grown_old > 0 { "session grown old" } else { "session idle" });
        }
    }

    /// A browser shows itself, which is noted once a minute.
    pub(super) fn touch(&mut self, side: Side) {
        let now = self.now;
        if let Some(session) = self.session_mut(side).filter(|session| now - session.last_seen_at >= TOUCH_SECS) {
            session.last_seen_at = now;
        }
    }

    /// An attempt was begun in a browser, which has these cookies of attempts now. Gives the new one.
    ///
    /// Attempts that are too old are cleared away. Of the others, the oldest make room; of those
    /// begun in the same second, any of them.
    pub(super) fn begin(&mut self, side: Side, found: &BTreeSet<String>) -> Result<String, TestCaseError> {
        let now = self.now;
        let open = &mut self.sides[side].open;
        open.retain(|_, began_at| now - *began_at <= ATTEMPT_SECS);
        let (kept, evicted): (Vec<_>, Vec<_>) = open.iter().partition(|(cookie, _)| found.contains(*cookie));
        prop_assert_eq!(evicted.len(), (open.len() + 1).saturating_sub(MOST_ATTEMPTS), "attempts that made room");
        let youngest_evicted = evicted.iter().map(|(_, began_at)| **began_at).max();
        let oldest_kept = kept.iter().map(|(_, began_at)| **began_at).min();
        let is_fair = youngest_evicted.is_none_or(|it| oldest_kept.is_some_and(|kept| it <= kept));
        prop_assert!(is_fair, "the oldest make room");
        let new: Vec<_> = found.iter().filter(|cookie| !open.contains_key(*cookie)).cloned().collect();
        prop_assert_eq!(new.len(), 1, "one attempt more");
        let has_evicted = !evicted.is_empty();
        open.retain(|cookie, _| found.contains(cookie));
        open.insert(new[0].clone(), now);
        if has_evicted {
            self.count("attempt evicted");
        }
        Ok(new[0].clone())
    }
}
