//! A site with a faulty QQ that runs one case after the other.

use std::fmt::Display;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::time::{Instant, timeout_at};

use super::case::{Case, Scenario};
use crate::support::{Browser, Endpoint, Fault, FaultyQq, FaultySite, Response, TestSite, options, state_param};

/// The site's timeout for one call to QQ. It is long because successful calls must meet it on a busy machine too.
pub(super) const QQ_TIMEOUT_MS: u64 = 8000;
/// The limit for a request with one failing call. Everything else takes less than another timeout.
const TIME_LIMIT: Duration = Duration::from_millis(QQ_TIMEOUT_MS + 7000);

pub(super) struct Runner {
    pub(super) site: TestSite,
    pub(super) qq: FaultyQq,
    redirect_target: FaultyQq,
    /// The browser of a signed-in user.
    pub(super) user: Browser,
    /// The user's QQ name. Also the username, unless the site chose that.
    pub(super) username: String,
    /// How many browsers started a login. Each of them finishes it in the end.
    pub(super) login_count: i64,
}

/// The number of rows per table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowCounts {
    pub(super) users: i64,
    pub(super) email_addresses: i64,
    pub(super) open_ids: i64,
    pub(super) sessions: i64,
}

impl RowCounts {
    pub(super) async fn read(site: &TestSite) -> RowCounts {
        RowCounts {
            users: site.count("users").await,
            email_addresses: site.count("email_addresses").await,
            open_ids: site.count("open_ids").await,
            sessions: site.count("sessions").await,
        }
    }
}

impl Runner {
    pub(super) async fn start(settings: &[(&str, &str)]) -> Runner {
        let mut variables = options([("QQ_TIMEOUT_MS", &*QQ_TIMEOUT_MS.to_string())]);
        variables.extend(settings.iter().flat_map(|setting| options([*setting])));
        let FaultySite { site, qq, redirect_target } = FaultySite::start_with(variables).await;
        let mut user = site.browser();
        let username = format!("user-at-{}", site.port);
        user.sign_in(&username).await;
        // Has no effect if the callback created the account.
        user.post("/register", &[("username", &username), ("email", "user@example.com")]).await;
        assert_eq!(user.get("/account").await.text_by_test_id("nickname").as_ref(), Some(&username));
        Runner { site, qq, redirect_target, user, username, login_count: 1 }
    }

    /// Runs a case. QQ works before and after it.
    pub(super) async fn run(&mut self, case: &Case) {
        match case.scenario {
            Scenario::FirstLogin => self.run_first_login(case).await,
            Scenario::AutoRegistration => self.run_auto_registration(case).await,
            Scenario::ReturningLogin => self.run_returning_login(case).await,
            Scenario::TokenRefresh => self.run_token_refresh(case).await,
            Scenario::RequiredRefresh => self.run_required_refresh(case).await,
            Scenario::ProfileUpdate => self.run_profile_update(case).await,
        }
    }

    /// Checks that there is exactly one session for each finished login.
    pub(super) async fn finish(self) {
        assert_eq!(RowCounts::read(&self.site).await.sessions, self.login_count, "sessions and finished logins");
    }

    /// Sends a request while QQ fails, and checks what must hold in every case.
    pub(super) async fn send_with_fault(
        &self,
        case: &Case,
        browser: &mut Browser,
        request: RequestBuilder,
    ) -> Response {
        self.qq.inject_fault(case.endpoint, case.fault.clone(), case.scenario.calls()).await;
        let check_others = case.fault.is_slow().then_some(async {
            self.qq.wait_for_fault().await;
            // If the user's own token has expired too, the account page waits for QQ as well.
            let paths: &[&str] = if case.scenario == Scenario::RequiredRefresh { &["/"] } else { &["/", "/account"] };
            check_other_requests(&self.site, &self.user, paths, case).await;
        });
        let response = send_within_limit(browser, request, case, check_others).await;
        assert!(response.status < 500, "{case}: {}", response.status);
        self.check_calls(case);
        self.qq.recover().await;
        response
    }

    fn check_calls(&self, case: &Case) {
        let calls = case.scenario.calls();
        let faulty = calls.iter().position(|call| *call == case.endpoint).expect("a call of the scenario");
        for (position, call) in calls.iter().enumerate() {
            let count = self.qq.request_count(*call);
            let may_be_retried = matches!(call, Endpoint::Me | Endpoint::UserInfo);
            let is_expected = match position.cmp(&faulty) {
                std::cmp::Ordering::Less => count == 1,
                std::cmp::Ordering::Equal if case.fault == Fault::SlowConnect => count == 0,
                std::cmp::Ordering::Equal => count == 1 || (may_be_retried && count == 2),
                // The site makes no further calls after a failure.
                std::cmp::Ordering::Greater => count == 0,
            };
            assert!(is_expected, "{case}: {call:?} was called {count} times");
        }
        assert_eq!(self.redirect_target.connection_count(), 0, "{case}: a redirect was followed");
    }
}

/// Sends a request, which must be answered within the time limit. `check_others` must complete before that.
pub(super) async fn send_within_limit(
    browser: &mut Browser,
    request: RequestBuilder,
    context: impl Display,
    check_others: Option<impl Future<Output = ()>>,
) -> Response {
    let deadline = Instant::now() + TIME_LIMIT;
    let mut sender = browser.clone();
    let sending = tokio::spawn(async move { (sender.send(request).await, sender) });
    if let Some(check_others) = check_others {
        check_others.await;
        assert!(!sending.is_finished(), "{context}: other requests had to wait");
    }
    let Ok(sent) = timeout_at(deadline, sending).await else { panic!("{context}: no response in time") };
    let (response, sender) = sent.expect("a response");
    *browser = sender;
    response
}

/// Checks that requests that do not call QQ succeed: pages of a signed-in user, and a cancelled login, which writes
/// to the database.
pub(super) async fn check_other_requests(site: &TestSite, user: &Browser, paths: &[&str], context: impl Display) {
    let mut user = user.clone();
    for path in paths.iter().chain(&["/healthz"]) {
        assert_eq!(user.get(path).await.status, 200, "{context}: {path}");
    }
    let mut other = site.browser();
    let state = state_param(&other.start_login(None).await);
    let response = other.get(&format!("/login/qq/callback?usercancel=1&state={state}")).await;
    assert_eq!(response.location(), "/login?error=cancelled", "{context}");
}

/// Builds the request of a form without fields.
pub(super) fn form_request(browser: &Browser, path: &str) -> RequestBuilder {
    browser.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded")
}
