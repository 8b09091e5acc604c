//! Login attempts: state, cookies, replays, cancellations and oversized parameters.

use crate::support::{Browser, TestSite};

async fn error_of(browser: &mut Browser, callback: &str) -> String {
    let response = browser.get(callback).await;
    assert_eq!(response.status, 303, "{callback}");
    response.location().strip_prefix("/login?error=").unwrap_or(response.location()).to_owned()
}

#[tokio::test]
async fn s01_states_are_fresh_after_a_restart_too() {
    let site = TestSite::start().await;
    let first = site.browser().start_login(None).await;
    let site = site.restart_with(vec![]).await;
    let second = site.browser().start_login(None).await;
    let state = |url: &str| url.split("state=").nth(1).and_then(|rest| rest.split('&').next()).map(str::to_owned);
    assert_ne!(state(&first), state(&second));
    assert!(state(&first).is_some_and(|state| (22..=64).contains(&state.len())));
}

#[tokio::test]
async fn s02_s07_callback_in_another_browser_fails_and_keeps_the_attempt() {
    let site = TestSite::start().await;
    let (mut right, mut wrong) = (site.browser(), site.browser());
    let callback = right.authorize_as("Ann", None).await;
    wrong.start_login(None).await;
    assert_eq!(error_of(&mut wrong, &callback).await, "expired");
    assert_eq!((wrong.session_id(), site.count("spent_attempts").await), (None, 0));
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(right.get(&callback).await.location(), "/register");
}

#[tokio::test]
async fn s03_callback_without_exactly_one_valid_state_is_rejected_before_qq_is_called() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let (path, query) = callback.split_once('?').expect("a query");
    let without = query.split('&').find(|pair| pair.starts_with("code=")).expect("a code");
    let state = query.split('&').find(|pair| pair.starts_with("state=")).expect("a state");
    for query in [
        without.to_owned(),
        format!("{without}&state="),
        format!("{without}&{state}&{state}"),
        format!("{without}&{}", state.replace("state=", "state[]=")),
        format!("{without}&{}x", state),
        format!("{without}&state=%FF"),
    ] {
        assert_eq!(error_of(&mut browser, &format!("{path}?{query}")).await, "expired", "{query}");
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is still valid");
}

#[tokio::test]
async fn s04_attempt_is_used_once() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    let mut stale = browser.clone();
    assert_eq!(browser.get(&callback).await.location(), "/register");
    // Opened again during registration: the registration continues.
    assert_eq!(browser.get(&callback).await.location(), "/register");
    assert_eq!(browser.get("/register").await.status, 200);
    // The same browser without its session, as after clearing it.
    site.advance_clock(60);
    assert_eq!(error_of(&mut stale, &callback).await, "expired&next=%2Fwanted");
    browser.post("/register", &[("username", "Ann"), ("email", "ann@example.com")]).await;
    // Opened again when signed in: it redirects to the same destination.
    assert_eq!(browser.get(&callback).await.location(), "/wanted");
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s04_concurrent_callbacks_call_qq_once() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let responses = (0..20).map(|_| {
        let (mut browser, callback) = (browser.clone(), callback.clone());
        tokio::spawn(async move { browser.get(&callback).await.location().to_owned() })
    });
    let mut locations = Vec::new();
    for response in responses.collect::<Vec<_>>() {
        locations.push(response.await.expect("an response"));
    }
    assert!(locations.iter().all(|location| location == "/register"), "{locations:?}");
    assert_eq!(site.count("sessions").await, 1);
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s04_callback_whose_browser_hangs_up_is_finished_and_can_be_opened_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    browser.post("/logout", &[]).await;
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    let requests_before = site.token_endpoint.request_count();
    site.token_endpoint.hold_responses();
    let (mut hasty, path) = (browser.clone(), callback.clone());
    let request = tokio::spawn(async move { hasty.get(&path).await });
    while site.token_endpoint.request_count() == requests_before {
        tokio::task::yield_now().await;
    }
    request.abort();
    assert!(request.await.is_err_and(|error| error.is_cancelled()));
    site.token_endpoint.release_responses();
    site.wait_for_count("sessions", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/wanted");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(site.token_endpoint.request_count(), requests_before + 1, "the code was exchanged once");
    assert_eq!(site.count("sessions").await, 1);
}

#[tokio::test]
async fn s04_callback_opened_again_after_signing_out_does_not_sign_in() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let callback = browser.authorize_as("Ann", None).await;
    assert_eq!(browser.get(&callback).await.location(), "/account");
    browser.post("/logout", &[]).await;
    assert_eq!(error_of(&mut browser, &callback).await, "expired");
    assert_eq!((browser.signed_in_as().await, site.count("sessions").await), (None, 0));
}

#[tokio::test]
async fn s05_attempt_is_spent_even_if_qq_fails() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("token", "http_500", 1).await;
    assert_eq!(error_of(&mut browser, &callback).await, "unreachable");
    assert_eq!(error_of(&mut browser, &callback).await, "unreachable", "the first answer, for a minute");
    site.advance_clock(60);
    assert_eq!(error_of(&mut browser, &callback).await, "expired");
    assert_eq!(site.count_qq_requests("token").await, 1);
    assert_eq!((site.count("sessions").await, site.count("users").await), (0, 0));
}

#[tokio::test]
async fn s06_attempt_expires_after_ten_minutes() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let (early, late) = (browser.authorize_as("Ann", None).await, browser.authorize_as("Ann", None).await);
    site.advance_clock(600);
    assert_eq!(browser.get(&early).await.location(), "/login?error=denied", "QQ's code expires after ten minutes too");
    site.advance_clock(1);
    assert_eq!(error_of(&mut browser, &late).await, "expired");
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s08_tabs_finish_in_any_order_at_their_own_destinations() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let mut callbacks = Vec::new();
    for tab in ["/one", "/two", "/three", "/four", "/five"] {
        callbacks.push((browser.authorize_as("Ann", Some(tab)).await, tab));
    }
    for (callback, tab) in callbacks.into_iter().rev() {
        assert_eq!(browser.get(&callback).await.location(), tab);
    }
}

#[tokio::test]
async fn s10_destination_is_not_taken_from_the_callback() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let callback = browser.authorize_as("Ann", Some("/mine")).await;
    let forged = format!("{callback}&next=/theirs&intent=connect&user_id=7&openid=forged");
    assert_eq!(browser.get(&forged).await.location(), "/mine");
    assert_eq!(site.count("open_ids").await, 1);
}

#[tokio::test]
async fn s12_login_cookie_is_not_a_session() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.start_login(None).await;
    let (name, value) = browser.cookies.iter().next().map(|(name, value)| (name.clone(), value.clone())).expect("one");
    assert!(name.starts_with("attempt-"));
    browser.set_session_cookie(&value);
    assert_eq!(browser.signed_in_as().await, None);
    browser.set_session_cookie(&value[..22]);
    assert_eq!(browser.signed_in_as().await, None);
}

#[tokio::test]
async fn s13_starting_a_login_stores_nothing_and_other_sites_cannot_change_anything() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.start_login(None).await;
    assert_eq!((site.count("sessions").await, site.count("spent_attempts").await), (0, 0));
    for path in ["/register", "/register/auto", "/logout", "/language", "/theme"] {
        let request = browser.request(reqwest::Method::POST, path).header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn s19_cancelling_shows_a_neutral_page_and_spends_the_attempt() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for params in ["usercancel=1", "error=access_denied&error_description=<script>alert(1)</script>", ""] {
        let callback = browser.authorize_as("Ann", None).await;
        let state = callback.split("state=").nth(1).expect("a state").to_owned();
        assert_eq!(error_of(&mut browser, &format!("/login/qq/callback?{params}&state={state}")).await, "cancelled");
        site.advance_clock(60);
        assert_eq!(error_of(&mut browser, &callback).await, "expired");
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
    let page = browser.get("/login?error=cancelled&error_description=<script>alert(1)</script>").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You cancelled the QQ sign-in") && !page.body.contains("<script>alert"));
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\""));
}

#[tokio::test]
async fn s20_callback_response_does_not_leak_the_code() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let response = browser.get(&callback).await;
    assert_eq!((response.status, response.header("referrer-policy"), response.body.as_str()), (303, "no-referrer", ""));
    assert!(!response.location().contains("code="));
    assert_eq!(response.header("cache-control"), "no-store");
}

#[tokio::test]
async fn s21_oversized_code_is_not_sent_to_qq() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let state = callback.split("state=").nth(1).expect("a state").to_owned();
    for code in ["c".repeat(513), "c".repeat(5_000), "c".repeat(60_000), "a%00b".to_owned(), "%FF%FE".to_owned()] {
        let error = error_of(&mut browser, &format!("/login/qq/callback?code={code}&state={state}")).await;
        assert_eq!(error, "expired");
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is still valid");
}

#[tokio::test]
async fn finish_login_has_no_public_route() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let query = callback.split_once('?').expect("a query").1.to_owned();
    assert_eq!(browser.post("/api/finish-login", &[("query", &query)]).await.status, 404);
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is still valid");
}
