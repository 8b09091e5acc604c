//! Faulty QQ responses cause no 5xx page, no incomplete account and no session.

use crate::support::{TestSite, options};

/// Starts a site with a short QQ timeout.
async fn start_with_short_timeout() -> TestSite {
    TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await
}

/// Signs in while an endpoint of QQ has a fault. Returns the redirect target.
async fn sign_in_with_fault(site: &TestSite, endpoint: &str, fault: &str) -> String {
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    // Twice, because some requests are retried once.
    site.set_qq_fault(endpoint, fault, 2).await;
    let response = browser.get(&callback).await;
    site.clear_qq_faults().await;
    assert_eq!(response.status, 303, "{endpoint} {fault}");
    let location = response.location().to_owned();
    if location.starts_with("/login") {
        assert_eq!(browser.session_id(), None, "{endpoint} {fault}");
        let page = browser.get(&location).await;
        assert!(page.status == 200 && page.body.contains("role=\"alert\""), "{endpoint} {fault}");
    }
    location
}

const BROKEN: [&str; 9] = ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect"];

#[tokio::test]
async fn s37_broken_token_response_shows_unreachable() {
    let site = start_with_short_timeout().await;
    for fault in BROKEN.into_iter().chain(["slow"]) {
        assert_eq!(sign_in_with_fault(&site, "token", fault).await, "/login?error=unreachable", "{fault}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn s37_broken_me_response_shows_unreachable() {
    let site = start_with_short_timeout().await;
    for fault in BROKEN.into_iter().chain(["slow", "no_openid"]) {
        assert_eq!(sign_in_with_fault(&site, "me", fault).await, "/login?error=unreachable", "{fault}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn s28_s36_qq_error_codes_map_to_login_errors() {
    let site = TestSite::start().await;
    for (endpoint, fault, login_error) in [
        ("token", "code_reused", "denied"),
        ("token", "code_expired", "denied"),
        ("token", "code_unknown", "denied"),
        ("token", "wrong_key", "misconfigured"),
        ("token", "redirect_illegal", "misconfigured"),
        ("token", "app_offline", "misconfigured"),
        ("me", "wrong_client", "denied"),
        ("me", "token_illegal", "denied"),
        ("me", "token_check_failed", "denied"),
    ] {
        assert_eq!(
            sign_in_with_fault(&site, endpoint, fault).await,
            format!("/login?error={login_error}"),
            "{endpoint} {fault}"
        );
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn alternative_response_formats_are_accepted() {
    let site = TestSite::start().await;
    for (endpoint, fault) in
        [("token", "expires_number"), ("token", "no_refresh"), ("token", "jsonp_tight"), ("me", "jsonp_tight")]
    {
        assert_eq!(sign_in_with_fault(&site, endpoint, fault).await, "/register", "{endpoint} {fault}");
    }
}

#[tokio::test]
async fn sign_in_succeeds_without_profile() {
    let site = start_with_short_timeout().await;
    let profile_faults = ["not_logged_in", "openid_invalid", "api_denied", "avatar_missing", "is_lost", "slow"];
    for fault in BROKEN.into_iter().chain(profile_faults) {
        assert_eq!(sign_in_with_fault(&site, "get_user_info", fault).await, "/register", "{fault}");
    }
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("get_user_info", "not_logged_in", 2).await;
    browser.get(&callback).await;
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.text_by_test_id("nickname")), (200, None));
    assert!(page.body.contains("Not provided by QQ") && !page.body.contains("<img"));
}

/// Each fault lasts longer than the time that a login waits for the profile. `slow` returns it in the end.
#[tokio::test]
async fn m3_sign_in_does_not_wait_for_a_silent_profile() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "60000")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.execute("UPDATE open_ids SET nickname = NULL").await;
    for fault in ["slow", "drip"] {
        site.set_qq_fault("get_user_info", fault, 1).await;
        assert_eq!(browser.sign_in(&username).await.location(), "/account", "{fault}");
        assert_eq!(browser.get("/account").await.text_by_test_id("nickname"), None, "{fault}");
    }
    browser.sign_in(&username).await;
    assert_eq!(browser.get("/account").await.text_by_test_id("nickname"), Some(username));
}

#[tokio::test]
async fn sign_in_succeeds_without_unionid_permission() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("me", "unionid_denied", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    browser.post("/register/auto", &[]).await;
    let mut other = site.browser();
    other.sign_in("Bob").await;
    other.post("/register/auto", &[]).await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids WHERE unionid IS NULL").await, 1);
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids WHERE unionid LIKE 'UID_%'").await, 1);
}

#[tokio::test]
async fn b11_unionid_is_stored_in_addition_to_the_openid() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let openids = site.query_texts("SELECT openid FROM open_ids").await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids WHERE unionid IS NULL").await, 1);
    let site = site.restart_with(options([("QQ_UNIONID", "on")])).await;
    let mut browser = browser.moved_to(&site);
    assert_eq!(browser.sign_in(&username).await.location(), "/account", "the openid still identifies the user");
    assert_eq!(site.query_texts("SELECT openid FROM open_ids").await, openids);
    let unionids = site.query_texts("SELECT unionid FROM open_ids WHERE unionid IS NOT NULL").await;
    assert!(unionids.len() == 1 && unionids[0].starts_with("UID_"), "{unionids:?}");
    let callback = browser.authorize_as(&username, None).await;
    site.set_qq_fault("me", "unionid_denied", 1).await;
    browser.get(&callback).await;
    assert_eq!(
        site.query_texts("SELECT unionid FROM open_ids").await,
        unionids,
        "a missing unionid does not clear the stored one"
    );
}

#[tokio::test]
async fn s25_token_exchange_is_not_retried_but_me_is() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("token", "http_500", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=unreachable");
    assert_eq!(site.count_qq_requests("token").await, 1);
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("me", "http_500", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    assert_eq!(site.count_qq_requests("me").await, 2);
}
