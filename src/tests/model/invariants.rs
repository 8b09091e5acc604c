//! What must hold after every step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use qq_login::sealing::fingerprint;
use qq_login::sessions;
use secrecy::ExposeSecret;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

use super::action::BrowserId;
use super::runner::{CheckResult, Runner, attempt_cookies};
use super::state::{AuthState, Session, SessionKind, UsernameKind};
use crate::support::http_client;

const LAST_SEEN_TIMEOUT: Duration = Duration::from_secs(30);

/// Username, QQ nickname and number of email addresses of every user.
const USERS: &str = "SELECT users.username, COALESCE(open_ids.nickname, ''), \
    (SELECT COUNT(*) FROM email_addresses WHERE email_addresses.user_id = users.id) \
    FROM users LEFT JOIN open_ids ON open_ids.user_id = users.id";

/// Every session, with its username if the user has registered.
const SESSIONS: &str = "SELECT id_hash, COALESCE(users.username, ''), sessions.created_at, last_seen_at \
    FROM sessions LEFT JOIN users ON users.id = sessions.user_id";

impl Runner<'_> {
    /// Checks the pages of the affected browsers, and the whole database.
    pub(super) async fn check(&mut self, affected: &[BrowserId]) -> CheckResult {
        let token_calls = self.environment.site.token_endpoint.request_count() - self.token_calls_before;
        prop_assert_eq!(token_calls, self.model.token_calls, "requests to the token endpoint");
        for browser in 0..2 {
            let attempts: BTreeSet<String> = self.model.browsers[browser].attempts.keys().cloned().collect();
            prop_assert_eq!(attempt_cookies(&self.browsers[browser]), attempts, "attempts of browser {}", browser);
            self.check_session_id(browser)?;
        }
        for browser in affected {
            self.check_auth_state(*browser).await?;
            self.model.update_last_seen(*browser);
        }
        self.check_users().await?;
        self.check_sessions().await?;
        for browser in 0..2 {
            self.check_session_data(browser).await?;
        }
        Ok(())
    }

    /// A new session has a new id, which does not change.
    fn check_session_id(&mut self, browser: BrowserId) -> CheckResult {
        let Some((number, _)) = self.model.session(browser) else { return Ok(()) };
        let id = self.browsers[browser].session_id().unwrap_or_default().to_owned();
        match self.session_ids.get(&number) {
            Some(known) => prop_assert_eq!(&id, known, "session id of browser {}", browser),
            None => {
                prop_assert!(id.parse::<Id>().is_ok(), "browser {} has no session", browser);
                prop_assert!(self.session_ids.values().all(|known| *known != id), "a session id was used twice");
                self.session_ids.insert(number, id);
            }
        }
        Ok(())
    }

    /// The registration page redirects users who are signed in or signed out.
    async fn check_auth_state(&mut self, browser: BrowserId) -> CheckResult {
        let response = self.browsers[browser].get("/register").await;
        let expected = match self.model.auth_state(browser) {
            AuthState::SignedOut | AuthState::RegistrationExpired => (303, "/login"),
            AuthState::Pending => (200, ""),
            AuthState::SignedIn => (303, "/account"),
        };
        prop_assert_eq!((response.status, response.location()), expected, "state of browser {}", browser);
        Ok(())
    }

    /// The database has exactly the users who registered, with their openids.
    async fn check_users(&mut self) -> CheckResult {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as(USERS).fetch_all(&self.environment.site.pool).await.expect(USERS);
        for user in 0..2 {
            let is_generated = self.model.registered[user] == Some(UsernameKind::Generated);
            if is_generated && !self.generated_usernames.contains_key(&user) {
                let name = self.name(user);
                let row = rows.iter().find(|(_, nickname, _)| *nickname == name);
                self.generated_usernames.extend(row.map(|(username, ..)| (user, username.clone())));
            }
        }
        let expected = (0..2).filter_map(|user| {
            let addresses = i64::from(self.model.registered[user] == Some(UsernameKind::Chosen));
            Some((self.username(user)?, self.name(user), addresses))
        });
        let expected: BTreeSet<_> = expected.collect();
        prop_assert_eq!(rows.len(), self.model.registered.iter().flatten().count(), "number of users");
        prop_assert_eq!(BTreeSet::from_iter(rows), expected);
        Ok(())
    }

    /// The database has all live sessions of the model. It may have expired ones, and no others.
    async fn check_sessions(&self) -> CheckResult {
        let expected: BTreeMap<String, (String, i64, i64)> = self
            .model
            .sessions
            .iter()
            .map(|(number, session)| {
                let username = match session.kind {
                    SessionKind::Pending { .. } => String::new(),
                    SessionKind::SignedIn => self.username(session.user).unwrap_or_default(),
                };
                (fingerprint(&self.session_ids[number]), (username, session.created_at, session.last_seen_at))
            })
            .collect();
        let rows = self.read_sessions(&expected).await;
        let alive = self.model.sessions.iter().filter(|(_, session)| self.model.is_alive(session));
        for (number, _) in alive {
            let hash = fingerprint(&self.session_ids[number]);
            prop_assert!(rows.iter().any(|(found, ..)| *found == hash), "a session is missing");
        }
        for (hash, username, created_at, last_seen_at) in rows {
            prop_assert_eq!(Some(&(username, created_at, last_seen_at)), expected.get(&hash), "a session");
        }
        Ok(())
    }

    /// Reads the sessions when their last use, which is written in the background, is `expected`, or after a timeout.
    async fn read_sessions(&self, expected: &BTreeMap<String, (String, i64, i64)>) -> Vec<(String, String, i64, i64)> {
        let started = Instant::now();
        loop {
            let rows: Vec<(String, String, i64, i64)> =
                sqlx::query_as(SESSIONS).fetch_all(&self.environment.site.pool).await.expect(SESSIONS);
            let is_written = |(hash, _, _, last_seen_at): &(String, String, i64, i64)| {
                expected.get(hash).is_some_and(|(_, _, expected)| last_seen_at == expected)
            };
            if rows.iter().all(is_written) || started.elapsed() > LAST_SEEN_TIMEOUT {
                return rows;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The session's data has the user, the registration's start and the token of the model.
    async fn check_session_data(&mut self, browser: BrowserId) -> CheckResult {
        let Some((number, session)) = self.model.session(browser) else { return Ok(()) };
        let id: Id = self.session_ids[&number].parse().expect("an id");
        let record = self.environment.store.load(&id).await.expect("a store").expect("a session");
        let data = record.data.get("person").cloned().and_then(|data| serde_json::from_value(data).ok());
        let (token, openid) = match data {
            Some(sessions::SessionData::Pending(found)) => {
                let registration = Some((found.started_at, found.next, found.draft.is_some()));
                prop_assert_eq!(registration, pending_registration(session), "registration in browser {}", browser);
                (found.token, found.openid)
            }
            Some(sessions::SessionData::SignedIn(found)) => {
                prop_assert_eq!(pending_registration(session), None, "browser {} is signed in", browser);
                prop_assert_eq!(Some(found.username), self.username(session.user));
                (found.token, found.openid)
            }
            None => return Err(TestCaseError::fail("the session data is unreadable")),
        };
        let expected = &session.token;
        let found = (token.obtained_at, token.rejected_at, token.refresh_token.is_some());
        prop_assert_eq!(found, (expected.obtained_at, expected.rejected_at, expected.has_refresh_token), "the token");
        let (number, token) = (expected.number, token.access_token.expose_secret().to_owned());
        match self.access_tokens.get(&number) {
            Some(known) => prop_assert_eq!(&token, known, "the access token changed"),
            None => {
                // QQ may issue the same token twice, but not to two users.
                let user = self.openid_of_token(&token).await;
                prop_assert_eq!(user.as_deref(), Some(openid.as_str()), "a token of another user");
                self.access_tokens.insert(number, token);
            }
        }
        Ok(())
    }

    /// Asks QQ whose token it is.
    async fn openid_of_token(&self, token: &str) -> Option<String> {
        let url = format!("{}/oauth2.0/me?access_token={token}&fmt=json", self.environment.site.qq_url);
        let body = http_client().get(url).send().await.expect("an answer").text().await.expect("a body");
        let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        answer["openid"].as_str().map(str::to_owned)
    }

    /// At the end of the walk, both replicas reject every ended or expired session.
    pub(super) async fn check_ended_sessions(&self) -> CheckResult {
        let is_expired = |number: &&usize| !self.model.is_alive(&self.model.sessions[number]);
        let expired = self.model.sessions.keys().filter(is_expired);
        let ended = self.model.ended.iter().chain(expired);
        for (number, port) in ended.zip(self.environment.ports.iter().cycle()) {
            let mut browser = self.environment.site.browser().via_port(*port);
            browser.set_session_cookie(&self.session_ids[number]);
            let response = browser.get("/register").await;
            prop_assert_eq!((response.status, response.location()), (303, "/login"), "an ended session was accepted");
        }
        Ok(())
    }
}

/// Returns the start, the destination and whether there is a draft.
fn pending_registration(session: &Session) -> Option<(i64, String, bool)> {
    match &session.kind {
        SessionKind::Pending { since, next, has_draft } => Some((*since, next.clone(), *has_draft)),
        SessionKind::SignedIn => None,
    }
}
