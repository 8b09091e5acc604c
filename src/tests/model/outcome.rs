//! What the site must answer to each step, and what is so afterwards.

use super::step::{Person, Side, Tab};
use super::token::State;
use super::world::{ACCOUNT, ATTEMPT_SECS, Attempt, Name, Visitor, Who, World};

/// How long QQ's codes live, in seconds.
const CODE_SECS: i64 = 600;
const SIGN_IN: &str = "/login?next=/account";

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The browser is sent there.
    To(String),
    /// The account page, which says since when the permission is there.
    Account { obtained_at: i64, expires_at: i64 },
}

fn to(path: &str) -> Answered {
    Answered::To(path.to_owned())
}

/// Back to the login page, which says what went wrong and leads to where the attempt would have.
fn failed(code: &str, next: &str) -> Answered {
    let wish = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    Answered::To(if next == ACCOUNT { format!("/login?error={code}") } else { format!("/login?error={code}&{wish}") })
}

impl World {
    fn attempt(&self, side: Side, tab: Tab) -> Option<Attempt> {
        self.sides[side].tabs[tab].clone()
    }

    fn spend(&mut self, side: Side, tab: Tab) {
        if let Some(attempt) = &mut self.sides[side].tabs[tab] {
            attempt.is_spent = true;
        }
    }

    /// Whether the browser has the attempt and the site still takes it.
    fn is_open(&self, side: Side, attempt: &Attempt) -> bool {
        let age_secs = self.now - attempt.began_at;
        self.sides[side].open.contains_key(&attempt.cookie) && age_secs <= ATTEMPT_SECS
    }

    /// A callback that was answered before: its first answer still holds.
    fn come_back_again(&mut self, side: Side, attempt: &Attempt) -> Answered {
        match self.who(side) {
            Who::SignedIn => {
                self.count("replay while signed in");
                to(&attempt.next)
            }
            Who::Pending => {
                self.count("replay while registering");
                to("/register")
            }
            Who::Nobody | Who::Lapsed => {
                self.count("replay by nobody");
                failed("expired", &attempt.next)
            }
        }
    }

    pub(super) fn cancel(&mut self, side: Side, tab: Tab) -> Option<Answered> {
        let attempt = self.attempt(side, tab)?;
        if !self.is_open(side, &attempt) {
            self.count("cancelled too late");
            return Some(failed("cancelled", ACCOUNT));
        }
        if attempt.is_spent {
            return Some(self.come_back_again(side, &attempt));
        }
        self.spend(side, tab);
        self.count("cancelled");
        Some(failed("cancelled", &attempt.next))
    }

    pub(super) fn come_back(&mut self, side: Side, tab: Tab) -> Option<Answered> {
        let attempt = self.attempt(side, tab)?;
        if !self.is_open(side, &attempt) {
            self.count(if self.now - attempt.began_at > ATTEMPT_SECS {
                "came back too late"
            } else {
                "no attempt left"
            });
            return Some(failed("expired", ACCOUNT));
        }
        if attempt.is_spent {
            return Some(self.come_back_again(side, &attempt));
        }
        self.spend(side, tab);
        self.token_calls += 1;
        if self.now - attempt.began_at >= CODE_SECS {
            // The attempt's last second is one too late for its code.
            self.count("code too old");
            return Some(failed("denied", &attempt.next));
        }
        let token = self.new_token();
        let Attempt { person, next, .. } = attempt;
        if self.registered[person].is_some() {
            self.count("signed in");
            self.start_session(side, person, Visitor::SignedIn, token);
            return Some(to(&next));
        }
        self.count("came for the first time");
        let has_draft = self.draft_of(side, person);
        self.start_session(side, person, Visitor::Pending { since: self.now, next, has_draft }, token);
        Some(to("/register"))
    }

    /// Whether the browser keeps what this person typed too late.
    fn draft_of(&self, side: Side, person: Person) -> bool {
        let is_theirs = |session: &super::world::Session| {
            session.person == person && matches!(session.visitor, Visitor::Pending { has_draft: true, .. })
        };
        self.session(side).is_some_and(|(_, session)| is_theirs(session))
    }

    /// The browser in which no attempt was begun is told nothing.
    pub(super) fn come_back_elsewhere(&mut self, side: Side, tab: Tab) -> Option<Answered> {
        self.attempt(side, tab)?;
        self.count("callback stolen");
        Some(failed("expired", ACCOUNT))
    }

    pub(super) fn register(&mut self, side: Side, name: Name) -> Answered {
        match self.who(side) {
            Who::Nobody => {
                self.count("registration by nobody");
                return to("/login");
            }
            Who::SignedIn => {
                self.count("registration again");
                return to(ACCOUNT);
            }
            Who::Lapsed => self.count("registration too late"),
            Who::Pending => {}
        }
        let is_late = self.who(side) == Who::Lapsed;
        let session = self.session_mut(side).expect("a pending registration");
        let Visitor::Pending { next, has_draft, .. } = &mut session.visitor else { panic!("no registration") };
        let next = next.clone();
        match (is_late, name) {
            (true, Name::Generated) => return to("/login"),
            (true, Name::Typed) => {
                *has_draft = true;
                return failed("expired", &next);
            }
            (false, _) => {}
        }
        let (person, token) = (session.person, session.token.clone());
        self.count(match (self.registered[person], name) {
            (Some(_), _) => "registered elsewhere already",
            (None, Name::Typed) => "registered by form",
            (None, Name::Generated) => "registered by one click",
        });
        self.registered[person].get_or_insert(name);
        self.start_session(side, person, Visitor::SignedIn, token);
        to(&next)
    }

    pub(super) fn sign_out(&mut self, side: Side) -> Answered {
        if self.who(side) == Who::SignedIn {
            self.count("signed out");
        }
        self.end_session(side);
        to("/")
    }

    pub(super) fn account(&mut self, side: Side) -> Answered {
        if self.who(side) != Who::SignedIn {
            return to(SIGN_IN);
        }
        let now = self.now;
        let token = &self.session_mut(side).expect("a session").token;
        match token.state(now) {
            State::Good => {
                let (obtained_at, expires_at) = (token.obtained_at, token.expires_at());
                self.count("account shown");
                Answered::Account { obtained_at, expires_at }
            }
            State::Renewable => match self.ask_for_new_token(side) {
                Ok((obtained_at, expires_at)) => Answered::Account { obtained_at, expires_at },
                Err(elsewhere) => elsewhere,
            },
            State::Dead => {
                let way_out = to(token.way_out());
                self.count("token dead");
                way_out
            }
        }
    }

    pub(super) fn renew(&mut self, side: Side) -> Answered {
        if self.who(side) != Who::SignedIn {
            return to(SIGN_IN);
        }
        let now = self.now;
        let token = &self.session_mut(side).expect("a session").token;
        if token.state(now) == State::Dead {
            return to(token.way_out());
        }
        self.ask_for_new_token(side).map_or_else(|elsewhere| elsewhere, |_| to(ACCOUNT))
    }

    /// One question to QQ. Gives the new token's times, or where to go if it was refused.
    fn ask_for_new_token(&mut self, side: Side) -> Result<(i64, i64), Answered> {
        self.token_calls += 1;
        let (now, new) = (self.now, self.new_token());
        let token = &mut self.session_mut(side).expect("a session").token;
        if token.is_revoked {
            token.refuse(now);
            self.count("renewal refused");
            return Err(to("/login/qq?next=/account"));
        }
        *token = new;
        let times = (token.obtained_at, token.expires_at());
        self.count("renewed");
        Ok(times)
    }

    pub(super) fn revoke(&mut self, person: Person) {
        for session in self.sessions.values_mut().filter(|session| session.person == person) {
            session.token.is_revoked = true;
        }
    }
}
