//! Runs a walk: performs each step in the model and on the site, and compares the responses.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use qq_login::sessions::SqlSessionStore;

use super::action::{Action, BrowserId, Step, TabId, UserId};
use super::state::{ACCOUNT, Attempt, MAX_ATTEMPTS, ModelState, UsernameKind};
use super::transitions::ExpectedResponse;
use crate::support::{Browser, Response, TestSite, state_param};

pub(super) type CheckResult = Result<(), TestCaseError>;

/// A site with two replicas, and read access to its sessions.
pub(super) struct Environment {
    pub(super) site: TestSite,
    pub(super) ports: [u16; 2],
    pub(super) store: SqlSessionStore,
}

pub(super) struct Runner<'a> {
    pub(super) environment: &'a Environment,
    pub(super) model: ModelState,
    /// Makes the usernames of this walk unique.
    walk_number: u32,
    pub(super) browsers: [Browser; 2],
    /// The users who have signed in at QQ.
    known_to_qq: BTreeSet<UserId>,
    /// Values that the model does not know: session ids and access tokens by number, generated usernames by
    /// user. Recorded when first seen; they must not change afterwards.
    pub(super) session_ids: BTreeMap<usize, String>,
    pub(super) access_tokens: BTreeMap<usize, String>,
    pub(super) generated_usernames: BTreeMap<UserId, String>,
    /// QQ's request count before this walk.
    pub(super) token_calls_before: usize,
}

impl<'a> Runner<'a> {
    /// Starts a walk on an empty database, with QQ users that earlier walks did not use.
    pub(super) async fn new(environment: &'a Environment, walk_number: u32) -> Runner<'a> {
        let site = &environment.site;
        for table in ["sessions", "spent_attempts", "email_addresses", "open_ids", "users"] {
            site.execute(&format!("DELETE FROM {table}")).await;
        }
        Runner {
            environment,
            model: ModelState::new(site.now()),
            walk_number,
            browsers: [site.browser(), site.browser()],
            known_to_qq: BTreeSet::new(),
            session_ids: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            generated_usernames: BTreeMap::new(),
            token_calls_before: site.token_endpoint.request_count(),
        }
    }

    /// Returns a user's QQ name, which is also the username that the user chooses.
    pub(super) fn name(&self, user: UserId) -> String {
        format!("walker-{}-{user}", self.walk_number)
    }

    pub(super) async fn run(&mut self, step: Step) -> CheckResult {
        let port = self.environment.ports[step.replica];
        self.model.replica = step.replica;
        self.browsers.iter_mut().for_each(|browser| *browser = browser.via_port(port));
        match step.action {
            Action::Authorize { browser, tab, user, has_next } => self.authorize(browser, tab, user, has_next).await,
            Action::SignIn { browser, tab, user } => {
                self.authorize(browser, tab, user, false).await?;
                self.callback(browser, tab).await
            }
            Action::StartManyLogins(browser) => {
                for _ in 0..MAX_ATTEMPTS {
                    self.start_login(browser, ACCOUNT).await?;
                }
                Ok(())
            }
            Action::Cancel(browser, tab) => {
                let Some(expected) = self.model.cancel(browser, tab) else { return Ok(()) };
                let state = self.attempt(browser, tab).state.clone();
                self.get(browser, &format!("/login/qq/callback?usercancel=1&state={state}"), &expected).await
            }
            Action::Callback(browser, tab) => self.callback(browser, tab).await,
            Action::CallbackInOtherBrowser(browser, tab) => {
                let has_cookies = !self.browsers[1 - browser].cookies.is_empty();
                let Some(expected) = self.model.callback_in_other_browser(browser, tab, has_cookies) else {
                    return Ok(());
                };
                let callback = self.attempt(browser, tab).callback.clone();
                self.get(1 - browser, &callback, &expected).await
            }
            Action::Register(browser) => self.register(browser).await,
            Action::AutoRegister(browser) => {
                let expected = self.model.register(browser, UsernameKind::Generated);
                self.post(browser, "/register/auto", &[], &expected).await
            }
            Action::SignOut(browser) => {
                let expected = self.model.sign_out(browser);
                self.post(browser, "/logout", &[], &expected).await
            }
            Action::OpenAccount(browser) => {
                let expected = self.model.open_account(browser);
                self.get(browser, "/account", &expected).await
            }
            Action::RefreshToken(browser) => {
                let expected = self.model.refresh_token(browser);
                self.post(browser, "/account/renew", &[], &expected).await
            }
            Action::Wait(seconds) => {
                self.environment.site.advance_clock(seconds);
                self.model.advance_clock(seconds);
                Ok(())
            }
            Action::Revoke(user) => {
                if self.known_to_qq.contains(&user) {
                    self.environment.site.revoke_authorization(&self.name(user)).await;
                    self.model.revoke(user);
                }
                Ok(())
            }
        }
    }

    fn attempt(&self, browser: BrowserId, tab: TabId) -> &Attempt {
        self.model.browsers[browser].tabs[tab].as_ref().expect("an attempt")
    }

    /// Returns the authorization URL and the name of the attempt's cookie.
    async fn start_login(&mut self, browser: BrowserId, next: &str) -> Result<(String, String), TestCaseError> {
        let next = Some(next).filter(|next| *next != ACCOUNT);
        let authorize_url = self.browsers[browser].start_login(next).await;
        let cookie = self.model.start_attempt(browser, &attempt_cookies(&self.browsers[browser]))?;
        Ok((authorize_url, cookie))
    }

    async fn authorize(&mut self, browser: BrowserId, tab: TabId, user: UserId, has_next: bool) -> CheckResult {
        let next = if has_next { format!("/page-{}", self.model.next_number()) } else { ACCOUNT.to_owned() };
        let (authorize_url, cookie) = self.start_login(browser, &next).await?;
        let callback = self.browsers[browser].approve(&authorize_url, &self.name(user)).await;
        self.known_to_qq.insert(user);
        let (state, started_at) = (state_param(&authorize_url), self.model.now);
        let attempt = Attempt { cookie, state, callback, started_at, user, next, is_spent: false, first_answer: None };
        self.model.browsers[browser].tabs[tab] = Some(attempt);
        Ok(())
    }

    async fn callback(&mut self, browser: BrowserId, tab: TabId) -> CheckResult {
        let Some(expected) = self.model.callback(browser, tab) else { return Ok(()) };
        let callback = self.attempt(browser, tab).callback.clone();
        self.get(browser, &callback, &expected).await
    }

    async fn register(&mut self, browser: BrowserId) -> CheckResult {
        let user = self.model.session(browser).map_or(0, |(_, session)| session.user);
        let expected = self.model.register(browser, UsernameKind::Chosen);
        let (name, email) = (self.name(user), format!("{}@example.com", self.name(user)));
        self.post(browser, "/register", &[("username", &name), ("email", &email)], &expected).await
    }

    async fn get(&mut self, browser: BrowserId, path: &str, expected: &ExpectedResponse) -> CheckResult {
        let response = self.browsers[browser].get(path).await;
        self.compare(browser, &response, expected)
    }

    async fn post(
        &mut self,
        browser: BrowserId,
        path: &str,
        fields: &[(&str, &str)],
        expected: &ExpectedResponse,
    ) -> CheckResult {
        let response = self.browsers[browser].post(path, fields).await;
        self.compare(browser, &response, expected)
    }

    fn compare(&self, browser: BrowserId, response: &Response, expected: &ExpectedResponse) -> CheckResult {
        match expected {
            ExpectedResponse::Redirect(path) => {
                prop_assert_eq!(response.destination(), path.as_str(), "{}", response.status);
            }
            ExpectedResponse::AccountPage { obtained_at, expires_at } => {
                prop_assert_eq!(response.status, 200, "redirected to {}", response.location());
                let user = self.model.session(browser).expect("a session").1.user;
                let username = self.username(user).expect("a registered user");
                prop_assert_eq!(response.text_by_test_id("username"), Some(username));
                for (test_id, time) in [("token-obtained", obtained_at), ("token-expires", expires_at)] {
                    let time = rfc3339(*time);
                    let is_shown = response.body.contains(&format!("data-testid=\"{test_id}\" datetime=\"{time}\""));
                    prop_assert!(is_shown, "{} is not {}: {}", test_id, time, response.body);
                }
                prop_assert!(!response.body.contains("role=\"alert\""), "an unexpected alert: {}", response.body);
            }
            ExpectedResponse::UnusableToken => {
                let has_button = response.text_by_test_id("login-qq").is_some();
                prop_assert_eq!((response.status, has_button), (200, true), "{}", response.body);
            }
        }
        Ok(())
    }

    /// Returns the username of a user who has registered.
    pub(super) fn username(&self, user: UserId) -> Option<String> {
        match self.model.registered[user]? {
            UsernameKind::Chosen => Some(self.name(user)),
            UsernameKind::Generated => self.generated_usernames.get(&user).cloned(),
        }
    }
}

/// Returns the names of a browser's attempt cookies.
pub(super) fn attempt_cookies(browser: &Browser) -> BTreeSet<String> {
    browser.cookies.keys().filter(|name| name.starts_with("attempt-")).cloned().collect()
}

fn rfc3339(seconds: i64) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
    time.format(&time::format_description::well_known::Rfc3339).expect("a text")
}
