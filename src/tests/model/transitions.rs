//! How each action changes the model, and which response it expects.

use super::action::{BrowserId, TabId, UserId};
use super::state::{
    ACCOUNT, ATTEMPT_SECS, Attempt, AuthState, FirstAnswer, ModelState, Session, SessionKind, UsernameKind,
};
use super::token::{Token, TokenStatus};

/// The lifetime of QQ's authorization codes.
const CODE_SECS: i64 = 600;
/// How long a replica repeats its answer to a callback.
const REPEAT_SECS: i64 = 60;
const LOGIN: &str = "/login?next=/account";
const REAUTHORIZE: &str = "/login/qq?next=/account";
/// How often the site redirects a browser to QQ by itself.
const REDIRECT_INTERVAL_SECS: i64 = 60;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum ExpectedResponse {
    Redirect(String),
    /// The account page with the times of the token.
    AccountPage {
        obtained_at: i64,
        expires_at: i64,
    },
    /// The account page without a usable token, a moment after a redirect to QQ.
    UnusableToken,
}

fn redirect(path: &str) -> ExpectedResponse {
    ExpectedResponse::Redirect(path.to_owned())
}

/// The login page with an error; a new login leads to the same page as the failed one.
fn login_error(code: &str, next: &str) -> ExpectedResponse {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    redirect(&if next == ACCOUNT { format!("/login?error={code}") } else { format!("/login?error={code}&{query}") })
}

impl ModelState {
    fn attempt(&self, browser: BrowserId, tab: TabId) -> Option<Attempt> {
        self.browsers[browser].tabs[tab].clone()
    }

    fn spend_attempt(&mut self, browser: BrowserId, tab: TabId) {
        if let Some(attempt) = &mut self.browsers[browser].tabs[tab] {
            attempt.is_spent = true;
        }
    }

    /// Returns the answer to a callback that failed, and records it.
    fn fail_attempt(&mut self, browser: BrowserId, tab: TabId, code: &str, next: &str) -> ExpectedResponse {
        let (replica, at) = (self.replica, self.now);
        let answer = login_error(code, next);
        if let (Some(attempt), ExpectedResponse::Redirect(location)) = (&mut self.browsers[browser].tabs[tab], &answer)
        {
            attempt.first_answer = Some(FirstAnswer { location: location.clone(), replica, at });
        }
        answer
    }

    /// Whether the browser has the attempt's cookie and the attempt has not expired.
    fn is_open(&self, browser: BrowserId, attempt: &Attempt) -> bool {
        let age_secs = self.now - attempt.started_at;
        self.browsers[browser].attempts.contains_key(&attempt.cookie) && age_secs <= ATTEMPT_SECS
    }

    /// A callback that was handled before.
    fn replay_callback(&mut self, browser: BrowserId, attempt: &Attempt) -> ExpectedResponse {
        match self.auth_state(browser) {
            AuthState::SignedIn => {
                self.count("replay while signed in");
                redirect(&attempt.next)
            }
            AuthState::Pending => {
                self.count("replay while registering");
                redirect("/register")
            }
            AuthState::SignedOut | AuthState::RegistrationExpired => {
                self.count("replay while signed out");
                let is_repeated =
                    |first: &&FirstAnswer| first.replica == self.replica && self.now - first.at < REPEAT_SECS;
                match attempt.first_answer.as_ref().filter(is_repeated) {
                    Some(first) => redirect(&first.location),
                    None => login_error("expired", &attempt.next),
                }
            }
        }
    }

    pub(super) fn cancel(&mut self, browser: BrowserId, tab: TabId) -> Option<ExpectedResponse> {
        let attempt = self.attempt(browser, tab)?;
        if !self.is_open(browser, &attempt) {
            self.count("cancelled without open attempt");
            return Some(login_error("cancelled", ACCOUNT));
        }
        if attempt.is_spent {
            return Some(self.replay_callback(browser, &attempt));
        }
        self.spend_attempt(browser, tab);
        self.count("cancelled");
        Some(self.fail_attempt(browser, tab, "cancelled", &attempt.next))
    }

    pub(super) fn callback(&mut self, browser: BrowserId, tab: TabId) -> Option<ExpectedResponse> {
        let attempt = self.attempt(browser, tab)?;
        if !self.is_open(browser, &attempt) {
            self.count(if self.now - attempt.started_at > ATTEMPT_SECS {
                "callback after attempt expired"
            } else {
                "attempt missing"
            });
            return Some(login_error("expired", ACCOUNT));
        }
        if attempt.is_spent {
            return Some(self.replay_callback(browser, &attempt));
        }
        self.spend_attempt(browser, tab);
        self.token_calls += 1;
        if self.now - attempt.started_at >= CODE_SECS {
            // In the last second of the attempt, its code has expired already.
            self.count("code expired");
            return Some(self.fail_attempt(browser, tab, "denied", &attempt.next));
        }
        let token = self.new_token();
        let Attempt { user, next, .. } = attempt;
        if self.registered[user].is_some() {
            self.count("signed in");
            self.start_session(browser, user, SessionKind::SignedIn, token);
            return Some(redirect(&next));
        }
        self.count("first login");
        let has_draft = self.has_draft(browser, user);
        self.start_session(browser, user, SessionKind::Pending { since: self.now, next, has_draft }, token);
        Some(redirect("/register"))
    }

    /// Whether the browser's session keeps the form that this user submitted too late.
    fn has_draft(&self, browser: BrowserId, user: UserId) -> bool {
        let has_draft = |session: &Session| {
            session.user == user && matches!(session.kind, SessionKind::Pending { has_draft: true, .. })
        };
        self.session(browser).is_some_and(|(_, session)| has_draft(session))
    }

    /// `has_cookies` says whether the other browser has any cookie of the site.
    pub(super) fn callback_in_other_browser(
        &mut self,
        browser: BrowserId,
        tab: TabId,
        has_cookies: bool,
    ) -> Option<ExpectedResponse> {
        self.attempt(browser, tab)?;
        self.count("callback in other browser");
        Some(login_error(if has_cookies { "expired" } else { "cookies" }, ACCOUNT))
    }

    pub(super) fn register(&mut self, browser: BrowserId, username: UsernameKind) -> ExpectedResponse {
        let auth_state = self.auth_state(browser);
        match auth_state {
            AuthState::SignedOut => {
                self.count("registration while signed out");
                return redirect("/login");
            }
            AuthState::SignedIn => {
                self.count("already registered");
                return redirect(ACCOUNT);
            }
            AuthState::RegistrationExpired => self.count("registration expired"),
            AuthState::Pending => {}
        }
        let session = self.session_mut(browser).expect("a pending registration");
        let SessionKind::Pending { next, has_draft, .. } = &mut session.kind else { panic!("no registration") };
        let next = next.clone();
        match (auth_state, username) {
            (AuthState::RegistrationExpired, UsernameKind::Generated) => return redirect("/login"),
            (AuthState::RegistrationExpired, UsernameKind::Chosen) => {
                *has_draft = true;
                return login_error("expired", &next);
            }
            _ => {}
        }
        let (user, token) = (session.user, session.token.clone());
        self.count(match (self.registered[user], username) {
            (Some(_), _) => "registered in other browser",
            (None, UsernameKind::Chosen) => "registered by form",
            (None, UsernameKind::Generated) => "registered automatically",
        });
        self.registered[user].get_or_insert(username);
        self.start_session(browser, user, SessionKind::SignedIn, token);
        redirect(&next)
    }

    pub(super) fn sign_out(&mut self, browser: BrowserId) -> ExpectedResponse {
        if self.auth_state(browser) == AuthState::SignedIn {
            self.count("signed out");
        }
        self.end_session(browser);
        redirect("/")
    }

    pub(super) fn open_account(&mut self, browser: BrowserId) -> ExpectedResponse {
        if self.auth_state(browser) != AuthState::SignedIn {
            return redirect(LOGIN);
        }
        let now = self.now;
        let token = &self.session_mut(browser).expect("a session").token;
        match token.status(now) {
            TokenStatus::Valid => {
                let (obtained_at, expires_at) = (token.obtained_at, token.expires_at());
                self.count("account shown");
                ExpectedResponse::AccountPage { obtained_at, expires_at }
            }
            TokenStatus::NeedsRefresh => match self.request_new_token(browser) {
                Ok((obtained_at, expires_at)) => ExpectedResponse::AccountPage { obtained_at, expires_at },
                Err(expected) => self.limit_redirects(browser, expected),
            },
            TokenStatus::Expired => {
                let expected = redirect(token.redirect());
                self.count("token expired");
                self.limit_redirects(browser, expected)
            }
        }
    }

    /// Replaces a redirect to QQ by a page, unless it is the first one within the interval.
    fn limit_redirects(&mut self, browser: BrowserId, expected: ExpectedResponse) -> ExpectedResponse {
        if expected != redirect(REAUTHORIZE) {
            return expected;
        }
        let (now, redirected_at) = (self.now, &mut self.browsers[browser].redirected_to_qq_at);
        if redirected_at.is_none_or(|redirected_at| now - redirected_at >= REDIRECT_INTERVAL_SECS) {
            *redirected_at = Some(now);
            return expected;
        }
        self.count("not redirected to QQ again");
        ExpectedResponse::UnusableToken
    }

    pub(super) fn refresh_token(&mut self, browser: BrowserId) -> ExpectedResponse {
        if self.auth_state(browser) != AuthState::SignedIn {
            return redirect(LOGIN);
        }
        let now = self.now;
        let token = &self.session_mut(browser).expect("a session").token;
        if token.status(now) == TokenStatus::Expired {
            return redirect(token.redirect());
        }
        self.request_new_token(browser).map_or_else(|redirect| redirect, |_| redirect(ACCOUNT))
    }

    /// Calls QQ's token endpoint. Returns when the new token was obtained and expires, or the redirect if QQ
    /// rejected the refresh.
    fn request_new_token(&mut self, browser: BrowserId) -> Result<(i64, i64), ExpectedResponse> {
        self.token_calls += 1;
        let (now, new) = (self.now, self.new_token());
        let newer = self.newer_token_elsewhere(browser);
        let token = &mut self.session_mut(browser).expect("a session").token;
        if token.is_revoked {
            if let Some(newer) = newer {
                *token = newer;
                let times = (token.obtained_at, token.expires_at());
                self.count("token of other session adopted");
                return Ok(times);
            }
            token.reject(now);
            self.count("token refresh rejected");
            return Err(redirect(REAUTHORIZE));
        }
        *token = new;
        let times = (token.obtained_at, token.expires_at());
        self.count("token refreshed");
        Ok(times)
    }

    /// The valid token of another session of the same user, if it is not older.
    fn newer_token_elsewhere(&self, browser: BrowserId) -> Option<Token> {
        let (number, session) = self.session(browser)?;
        let is_newer = |token: &Token| {
            token.number != session.token.number
                && token.obtained_at >= session.token.obtained_at
                && token.status(self.now) == TokenStatus::Valid
        };
        let others = self.sessions.iter().filter(|(other, it)| {
            **other != number
                && it.user == session.user
                && matches!(it.kind, SessionKind::SignedIn)
                && self.is_alive(it)
        });
        others.map(|(_, it)| &it.token).find(|token| is_newer(token)).cloned()
    }

    pub(super) fn revoke(&mut self, user: UserId) {
        for session in self.sessions.values_mut().filter(|session| session.user == user) {
            session.token.is_revoked = true;
        }
    }
}
