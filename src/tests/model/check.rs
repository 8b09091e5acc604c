//! What must be so after every step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use qq_login::sealing::fingerprint;
use qq_login::sessions;
use secrecy::ExposeSecret;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

use super::step::Side;
use super::walk::{Seen, Walk, attempts_of};
use super::world::{Name, Session, Visitor, Who};

/// All people in one list: user name, who they are at QQ, and how many addresses they have.
const PEOPLE: &str = "SELECT users.username, COALESCE(open_ids.nickname, ''), \
    (SELECT COUNT(*) FROM email_addresses WHERE email_addresses.user_id = users.id) \
    FROM users LEFT JOIN open_ids ON open_ids.user_id = users.id";

/// All sessions in one list, with whom they belong to if that is a user.
const SESSIONS: &str = "SELECT id_hash, COALESCE(users.username, ''), sessions.created_at, last_seen_at \
    FROM sessions LEFT JOIN users ON users.id = sessions.user_id";

impl Walk<'_> {
    /// Asks the browsers concerned; in the database, everything is looked at every time.
    pub(super) async fn check(&mut self, concerned: &[Side]) -> Seen {
        let asked = self.ground.site.tokens.asked() - self.asked_before;
        prop_assert_eq!(asked, self.world.token_calls, "questions to QQ for a token");
        for side in 0..2 {
            let open: BTreeSet<String> = self.world.sides[side].open.keys().cloned().collect();
            prop_assert_eq!(attempts_of(&self.browsers[side]), open, "the attempts in browser {}", side);
            self.learn_id(side)?;
        }
        for side in concerned {
            self.check_who(*side).await?;
            self.world.touch(*side);
        }
        self.check_people().await?;
        self.check_sessions().await?;
        for side in 0..2 {
            self.check_record(side).await?;
        }
        Ok(())
    }

    /// A new session has a new id, which stays.
    fn learn_id(&mut self, side: Side) -> Seen {
        let Some((number, _)) = self.world.session(side) else { return Ok(()) };
        let id = self.browsers[side].session_id().unwrap_or_default().to_owned();
        match self.ids.get(&number) {
            Some(known) => prop_assert_eq!(&id, known, "the session in browser {}", side),
            None => {
                prop_assert!(id.parse::<Id>().is_ok(), "there is no session in browser {}", side);
                prop_assert!(self.ids.values().all(|known| *known != id), "a session id was used twice");
                self.ids.insert(number, id);
            }
        }
        Ok(())
    }

    /// Whom the site takes a browser for. The page that tells people apart who register, are signed
    /// in, or neither, is rendered for the first alone.
    async fn check_who(&mut self, side: Side) -> Seen {
        let answer = self.browsers[side].get("/register").await;
        let expected = match self.world.who(side) {
            Who::Nobody | Who::Lapsed => (303, "/login"),
            Who::Pending => (200, ""),
            Who::SignedIn => (303, "/account"),
        };
        prop_assert_eq!((answer.status, answer.location()), expected, "who is in browser {}", side);
        Ok(())
    }

    /// One user for each person who registered, with their openid, and nobody else.
    async fn check_people(&mut self) -> Seen {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as(PEOPLE).fetch_all(&self.ground.site.pool).await.expect(PEOPLE);
        for person in 0..2 {
            if self.world.registered[person] == Some(Name::Generated) && !self.generated.contains_key(&person) {
                let name = self.name(person);
                let row = rows.iter().find(|(_, nickname, _)| *nickname == name);
                self.generated.extend(row.map(|(username, ..)| (person, username.clone())));
            }
        }
        let people = (0..2).filter_map(|person| {
            let addresses = i64::from(self.world.registered[person] == Some(Name::Typed));
            Some((self.username(person)?, self.name(person), addresses))
        });
        let people: BTreeSet<_> = people.collect();
        prop_assert_eq!(rows.len(), self.world.registered.iter().flatten().count(), "as many users as people");
        prop_assert_eq!(BTreeSet::from_iter(rows), people);
        Ok(())
    }

    /// The sessions that must be there, and no others: none without a finished sign-in, none that
    /// was ended. Those whose time is over may be cleared away or not.
    async fn check_sessions(&self) -> Seen {
        let rows: Vec<(String, String, i64, i64)> =
            sqlx::query_as(SESSIONS).fetch_all(&self.ground.site.pool).await.expect(SESSIONS);
        let expected: BTreeMap<String, (String, i64, i64)> = self
            .world
            .sessions
            .iter()
            .map(|(number, session)| {
                let owner = match session.visitor {
                    Visitor::Pending { .. } => String::new(),
                    Visitor::SignedIn => self.username(session.person).unwrap_or_default(),
                };
                (fingerprint(&self.ids[number]), (owner, session.created_at, session.last_seen_at))
            })
            .collect();
        let alive = self.world.sessions.iter().filter(|(_, session)| self.world.is_alive(session));
        for (number, _) in alive {
            let hash = fingerprint(&self.ids[number]);
            prop_assert!(rows.iter().any(|(found, ..)| *found == hash), "a session is gone");
        }
        for (hash, owner, created_at, last_seen_at) in rows {
            prop_assert_eq!(Some(&(owner, created_at, last_seen_at)), expected.get(&hash), "a session");
        }
        Ok(())
    }

    /// What stands in the session: who, since when, and with which token.
    async fn check_record(&mut self, side: Side) -> Seen {
        let Some((number, session)) = self.world.session(side) else { return Ok(()) };
        let id: Id = self.ids[&number].parse().expect("an id");
        let record = self.ground.store.load(&id).await.expect("a store").expect("a session");
        let visitor = record.data.get("person").cloned().and_then(|visitor| serde_json::from_value(visitor).ok());
        let token = match visitor {
            Some(sessions::SessionData::Pending(found)) => {
                let found_facts = Some((found.started_at, found.next, found.draft.is_some()));
                prop_assert_eq!(found_facts, pending_facts(session), "the registration in browser {}", side);
                found.token
            }
            Some(sessions::SessionData::SignedIn(found)) => {
                prop_assert_eq!(pending_facts(session), None, "somebody is signed in in browser {}", side);
                prop_assert_eq!(Some(found.username), self.username(session.person));
                found.token
            }
            None => return Err(TestCaseError::fail("a record that cannot be read")),
        };
        let expected = &session.token;
        let facts = (token.obtained_at, token.rejected_at, token.refresh_token.is_some());
        prop_assert_eq!(facts, (expected.obtained_at, expected.refused_at, expected.is_renewable), "the token");
        let (number, token) = (expected.number, token.access_token.expose_secret().to_owned());
        match self.tokens.get(&number) {
            Some(known) => prop_assert_eq!(&token, known, "the token stays the same"),
            None => {
                prop_assert!(self.tokens.values().all(|known| *known != token), "a token in two sessions");
                self.tokens.insert(number, token);
            }
        }
        Ok(())
    }

    /// At the end: whatever session is over is nobody's, at either machine.
    pub(super) async fn check_ended(&self) -> Seen {
        let is_over = |number: &&usize| !self.world.is_alive(&self.world.sessions[number]);
        let over = self.world.sessions.keys().filter(is_over);
        for (number, port) in self.world.ended.iter().chain(over).zip(self.ground.ports.iter().cycle()) {
            let mut browser = self.ground.site.browser().through(*port);
            browser.plant_session(&self.ids[number]);
            let answer = browser.get("/register").await;
            prop_assert_eq!((answer.status, answer.location()), (303, "/login"), "a session that was ended counts");
        }
        Ok(())
    }
}

/// Since when somebody registers, where they want to go, and whether they came too late once.
fn pending_facts(session: &Session) -> Option<(i64, String, bool)> {
    match &session.visitor {
        Visitor::Pending { since, next, has_draft } => Some((*since, next.clone(), *has_draft)),
        Visitor::SignedIn => None,
    }
}
