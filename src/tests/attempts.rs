//! The way to QQ and back, with everything that can go wrong on it.

use crate::support::{Browser, TestSite};

async fn error_of(browser: &mut Browser, callback: &str) -> String {
    let answer = browser.get(callback).await;
    assert_eq!(answer.status, 303, "{callback}");
    answer.location().strip_prefix("/login?error=").unwrap_or(answer.location()).to_owned()
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
async fn s02_s07_a_callback_in_another_browser_fails_and_burns_nothing() {
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
async fn s03_a_callback_without_one_good_state_is_refused_before_qq_is_asked() {
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
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is unharmed");
}

#[tokio::test]
async fn s04_an_attempt_is_spent_once() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    let mut stale = browser.clone();
    assert_eq!(browser.get(&callback).await.location(), "/register");
    // Opened again while registering: the registration goes on.
    assert_eq!(browser.get(&callback).await.location(), "/register");
    assert_eq!(browser.get("/register").await.status, 200);
    // The same browser without its session, as after clearing it.
    assert_eq!(error_of(&mut stale, &callback).await, "expired&next=%2Fwanted");
    browser.post("/register", &[("username", "Ann"), ("email", "ann@example.com")]).await;
    // Opened again when signed in: it goes on to where it led.
    assert_eq!(browser.get(&callback).await.location(), "/wanted");
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s04_of_many_callbacks_at_once_one_asks_qq() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let answers = (0..20).map(|_| {
        let (mut browser, callback) = (browser.clone(), callback.clone());
        tokio::spawn(async move { browser.get(&callback).await.location().to_owned() })
    });
    let mut ends = Vec::new();
    for answer in answers.collect::<Vec<_>>() {
        ends.push(answer.await.expect("an answer"));
    }
    assert_eq!(ends.iter().filter(|end| *end == "/register").count(), 1, "{ends:?}");
    assert!(ends.iter().all(|end| end == "/register" || end == "/login?error=expired"), "{ends:?}");
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s05_an_attempt_is_spent_even_if_qq_fails() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("token", "http_500", 1).await;
    assert_eq!(error_of(&mut browser, &callback).await, "unreachable");
    assert_eq!(error_of(&mut browser, &callback).await, "expired");
    assert_eq!(site.count_qq_requests("token").await, 1);
    assert_eq!((site.count("sessions").await, site.count("users").await), (0, 0));
}

#[tokio::test]
async fn s06_an_attempt_lasts_ten_minutes() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let (early, late) = (browser.authorize_as("Ann", None).await, browser.authorize_as("Ann", None).await);
    site.advance_clock(600);
    assert_eq!(browser.get(&early).await.location(), "/login?error=denied", "QQ's code lives ten minutes too");
    site.advance_clock(1);
    assert_eq!(error_of(&mut browser, &late).await, "expired");
    assert_eq!(site.count_qq_requests("token").await, 1);
}

#[tokio::test]
async fn s08_tabs_finish_in_any_order_each_at_its_own_place() {
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
async fn s10_where_to_go_is_not_taken_from_the_callback() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let callback = browser.authorize_as("Ann", Some("/mine")).await;
    let forged = format!("{callback}&next=/theirs&intent=connect&user_id=7&openid=forged");
    assert_eq!(browser.get(&forged).await.location(), "/mine");
    assert_eq!(site.count("open_ids").await, 1);
}

#[tokio::test]
async fn s12_an_attempts_cookie_is_no_session() {
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
async fn s13_starting_a_sign_in_stores_nothing_and_other_sites_cannot_change_anything() {
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
async fn s19_turning_back_is_told_kindly_and_spends_the_attempt() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for answer in ["usercancel=1", "error=access_denied&error_description=<script>alert(1)</script>", ""] {
        let callback = browser.authorize_as("Ann", None).await;
        let state = callback.split("state=").nth(1).expect("a state").to_owned();
        assert_eq!(error_of(&mut browser, &format!("/login/qq/callback?{answer}&state={state}")).await, "cancelled");
        assert_eq!(error_of(&mut browser, &callback).await, "expired");
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
    let page = browser.get("/login?error=cancelled&error_description=<script>alert(1)</script>").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You cancelled the QQ sign-in") && !page.body.contains("<script>alert"));
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\""));
}

#[tokio::test]
async fn s20_the_callback_loads_nothing_and_leaves_no_trace_of_the_code() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let answer = browser.get(&callback).await;
    assert_eq!((answer.status, answer.header("referrer-policy"), answer.body.as_str()), (303, "no-referrer", ""));
    assert!(!answer.location().contains("code="));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn s21_a_code_that_is_too_long_is_not_passed_on() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let state = callback.split("state=").nth(1).expect("a state").to_owned();
    for code in ["c".repeat(513), "c".repeat(5_000), "c".repeat(60_000), "a%00b".to_owned(), "%FF%FE".to_owned()] {
        let ending = error_of(&mut browser, &format!("/login/qq/callback?code={code}&state={state}")).await;
        assert_eq!(ending, "expired");
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is unharmed");
}

#[tokio::test]
async fn the_server_function_behind_the_callback_has_no_address_of_its_own() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    let query = callback.split_once('?').expect("a query").1.to_owned();
    assert_eq!(browser.post("/api/finish-login", &[("query", &query)]).await.status, 404);
    assert_eq!(site.count_qq_requests("token").await, 0);
    assert_eq!(browser.get(&callback).await.location(), "/register", "the attempt is unharmed");
}
