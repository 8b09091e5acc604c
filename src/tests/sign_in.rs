//! Signing in: the usual flow, redirects of signed-in and anonymous users, and rate limits.

use std::time::Instant;

use crate::support::{TestSite, options};

#[tokio::test]
async fn new_user_registers_signs_out_and_signs_in_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.signed_in_as().await, None);

    let callback = browser.authorize_as("小明 🐧", Some("/somewhere?a=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let page = browser.get("/register").await;
    assert!(page.body.contains("小明 🐧"), "{}", page.body);
    let response = browser.post("/register", &[("username", "XiaoMing"), ("email", " Ming@Example.com ")]).await;
    assert_eq!((response.status, response.location()), (303, "/somewhere?a=1"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("XiaoMing"));

    let account = browser.get("/account").await;
    assert_eq!(account.text_by_test_id("username").as_deref(), Some("XiaoMing"));
    assert_eq!(account.text_by_test_id("nickname").as_deref(), Some("小明 🐧"));
    assert!(account.body.contains("ming@example.com") && account.body.contains("Unverified"));
    assert!(account.body.contains("datetime=\"2027-03-16T08:00:00Z\""), "{}", account.body);

    let response = browser.post("/logout", &[]).await;
    assert_eq!((response.status, response.location()), (303, "/"));
    assert_eq!(browser.signed_in_as().await, None);

    let response = browser.sign_in("小明 🐧").await;
    assert_eq!((response.status, response.location()), (303, "/account"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("XiaoMing"));
    assert_eq!(site.count("users").await, 1);
}

#[tokio::test]
async fn sign_in_pages_redirect_signed_in_users() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/login", "/register"] {
        assert_eq!(browser.get(path).await.location(), "/account", "{path}");
        assert_eq!(browser.get(&format!("{path}?next=%2Fa%3Fb")).await.location(), "/a?b", "{path}");
        assert_eq!(browser.get(&format!("{path}?next=//evil")).await.location(), "/account", "{path}");
    }
}

#[tokio::test]
async fn account_and_registration_redirect_anonymous_users() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/account").await.location(), "/login?next=/account");
    assert_eq!(browser.get("/register").await.location(), "/login");
    assert_eq!(browser.post("/register", &[("username", "abc"), ("email", "a@b.cd")]).await.location(), "/login");
    assert_eq!(browser.post("/register/auto", &[]).await.location(), "/login");
    assert_eq!(site.count("users").await, 0);
}

#[tokio::test]
async fn s23_callback_opened_while_signed_in_redirects_to_next() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let callback = browser.authorize_as(&username, Some("/?x=1")).await;
    for _ in 0..2 {
        assert_eq!(browser.get(&callback).await.location(), "/?x=1");
    }
}

#[tokio::test]
async fn s87_sign_in_does_not_reset_the_rate_limit() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let mut browser = site.browser();
    let started_at = Instant::now();
    for _ in 0..50 {
        assert_eq!(browser.get("/login/qq").await.status, 303);
    }
    browser.register_new_user().await;
    let mut allowed: u64 = 0;
    while browser.get("/login/qq").await.status != 429 {
        allowed += 1;
    }
    // A burst of sixty, then two per second.
    let limit = 60 + 2 * started_at.elapsed().as_secs() + 2;
    assert!(50 + allowed <= limit, "{allowed} requests allowed after fifty, limit {limit}");
}
