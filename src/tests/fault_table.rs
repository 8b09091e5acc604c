//! Runs every scenario with every fault at every call to QQ. In each case the user gets a page that reports the
//! problem and offers a way to continue, no data is incomplete, and other requests are not delayed. There are
//! as many sessions as finished logins.

mod bad_tls;
mod case;
mod error_codes;
mod login_cases;
mod runner;
mod signed_in_cases;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::support::{Endpoint, TestSite, state_param};
use case::{Case, Scenario};
use error_codes::callback_codes;
use runner::Runner;

/// How many cases run at a time, each on its own site. Most of the time they wait.
const MAX_RUNNERS: usize = 4;

/// Settings of a site that differ from the defaults.
type Settings = &'static [(&'static str, &'static str)];

/// Runs cases on sites with these settings, the slow ones first.
async fn run(settings: Settings, mut cases: Vec<Case>) {
    cases.sort_by_key(|case| !case.fault.is_slow());
    let count = cases.len();
    let queue = Arc::new(Mutex::new(VecDeque::from(cases)));
    let runners = (0..MAX_RUNNERS.min(count)).map(|_| tokio::spawn(run_queue(settings, queue.clone())));
    let mut completed = 0;
    for runner in runners.collect::<Vec<_>>() {
        completed += runner.await.expect("a completed runner");
    }
    assert_eq!(completed, count);
    println!("{completed} cases");
}

async fn run_queue(settings: Settings, queue: Arc<Mutex<VecDeque<Case>>>) -> usize {
    let mut runner = Runner::start(settings).await;
    let mut completed = 0;
    loop {
        let next = queue.lock().expect("a queue").pop_front();
        let Some(case) = next else { break };
        runner.run(&case).await;
        completed += 1;
    }
    runner.finish().await;
    completed
}

#[tokio::test]
async fn s25_s37_broken_response_shows_error_to_new_user_and_delays_no_other_request() {
    run(Scenario::FirstLogin.settings(), Scenario::FirstLogin.broken_responses()).await;
}

#[tokio::test]
async fn s25_s37_s48_broken_response_creates_complete_account_or_none() {
    let mut cases = Scenario::AutoRegistration.broken_responses();
    cases.extend(Scenario::AutoRegistration.api_errors_at(Endpoint::Me));
    run(Scenario::AutoRegistration.settings(), cases).await;
}

#[tokio::test]
async fn s25_s37_broken_response_signs_in_returning_user_or_shows_error() {
    let mut cases = Scenario::ReturningLogin.broken_responses();
    cases.extend(Scenario::ReturningLogin.api_errors_at(Endpoint::Token));
    run(Scenario::ReturningLogin.settings(), cases).await;
}

#[tokio::test]
async fn s25_s37_broken_response_with_unionid_signs_in_no_one() {
    let mut cases = Scenario::FirstLogin.broken_responses_at(Endpoint::Me);
    cases.extend(Scenario::FirstLogin.api_errors_at(Endpoint::Me));
    run(&[("QQ_UNIONID", "on")], cases).await;
}

#[tokio::test]
async fn s25_broken_response_shows_error_and_keeps_user_signed_in() {
    let cases = [Scenario::TokenRefresh.broken_responses(), Scenario::ProfileUpdate.broken_responses()].concat();
    run(Scenario::TokenRefresh.settings(), cases).await;
}

#[tokio::test]
async fn s25_s36_s38_account_page_responds_if_required_token_refresh_fails() {
    let mut cases = Scenario::RequiredRefresh.broken_responses();
    cases.extend(Scenario::RequiredRefresh.api_errors_at(Endpoint::Token));
    run(Scenario::RequiredRefresh.settings(), cases).await;
}

#[tokio::test]
async fn s27_s36_s37_every_error_code_in_every_format_ends_login_on_error_page() {
    let scenario = Scenario::FirstLogin;
    let cases = [scenario.api_errors_at(Endpoint::Token), scenario.api_errors_at(Endpoint::Me)].concat();
    run(scenario.settings(), cases).await;
}

#[tokio::test]
async fn s37_every_error_code_in_every_format_only_omits_nickname_and_avatar() {
    run(Scenario::FirstLogin.settings(), Scenario::FirstLogin.api_errors_at(Endpoint::UserInfo)).await;
}

#[tokio::test]
async fn s27_s36_every_error_code_in_every_format_is_shown_to_signed_in_user() {
    let refreshes = Scenario::TokenRefresh.api_errors_at(Endpoint::Token);
    let updates = Scenario::ProfileUpdate.api_errors_at(Endpoint::UserInfo);
    // The site does not parse errors of the avatar server: one code in each format is enough.
    let avatars = Scenario::ProfileUpdate.api_errors_at(Endpoint::Avatar).into_iter().take(3).collect();
    run(Scenario::TokenRefresh.settings(), [refreshes, updates, avatars].concat()).await;
}

#[tokio::test]
async fn s36_s37_every_error_code_in_callback_shows_error_page() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, login_error) in callback_codes() {
        let state = state_param(&browser.start_login(None).await);
        let response = browser.get(&format!("/login/qq/callback?error={code}&state={state}")).await;
        let location = format!("/login?error={login_error}");
        assert_eq!((response.status, response.location()), (303, &*location), "{code}");
        assert!(browser.get(&location).await.is_login_error_page(), "{code}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
    assert_eq!(browser.sign_in("Ann").await.location(), "/register");
    println!("{} cases", callback_codes().count());
}
