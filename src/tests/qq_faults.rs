//! Whatever QQ answers: no 5xx page, no half-made account, no session.

use crate::support::{TestSite, options};

/// A site that waits for a slow QQ no longer than a test wants to, and long enough for one that is well.
async fn impatient() -> TestSite {
    TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await
}

/// Breaks an endpoint, signs in, and gives where that ended.
async fn end_of(site: &TestSite, endpoint: &str, fault: &str) -> String {
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    // Twice for what is asked a second time when the first answer is broken.
    site.set_qq_fault(endpoint, fault, 2).await;
    let answer = browser.get(&callback).await;
    site.clear_qq_faults().await;
    assert_eq!(answer.status, 303, "{endpoint} {fault}");
    let ending = answer.location().to_owned();
    if ending.starts_with("/login") {
        assert_eq!(browser.session_id(), None, "{endpoint} {fault}");
        let page = browser.get(&ending).await;
        assert!(page.status == 200 && page.body.contains("role=\"alert\""), "{endpoint} {fault}");
    }
    ending
}

const BROKEN: [&str; 9] = ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect"];

#[tokio::test]
async fn s37_a_broken_token_answer_is_qq_out_of_reach() {
    let site = impatient().await;
    for fault in BROKEN.into_iter().chain(["slow"]) {
        assert_eq!(end_of(&site, "token", fault).await, "/login?error=unreachable", "{fault}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn s37_a_broken_me_answer_is_qq_out_of_reach() {
    let site = impatient().await;
    for fault in BROKEN.into_iter().chain(["slow", "no_openid"]) {
        assert_eq!(end_of(&site, "me", fault).await, "/login?error=unreachable", "{fault}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn s28_s36_refusals_are_sorted_by_what_can_be_done() {
    let site = TestSite::start().await;
    for (endpoint, fault, ending) in [
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
        assert_eq!(end_of(&site, endpoint, fault).await, format!("/login?error={ending}"), "{endpoint} {fault}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
}

#[tokio::test]
async fn other_shapes_of_good_answers_sign_in() {
    let site = TestSite::start().await;
    for (endpoint, fault) in
        [("token", "expires_number"), ("token", "no_refresh"), ("token", "jsonp_tight"), ("me", "jsonp_tight")]
    {
        assert_eq!(end_of(&site, endpoint, fault).await, "/register", "{endpoint} {fault}");
    }
}

#[tokio::test]
async fn without_nickname_and_avatar_a_sign_in_goes_on() {
    let site = impatient().await;
    let own = ["not_logged_in", "openid_invalid", "api_denied", "avatar_missing", "is_lost", "slow"];
    for fault in BROKEN.into_iter().chain(own) {
        assert_eq!(end_of(&site, "get_user_info", fault).await, "/register", "{fault}");
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

#[tokio::test]
async fn unionid_without_permission_does_not_stop_a_sign_in() {
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
async fn b11_a_unionid_is_stored_beside_the_openid_whenever_it_comes_and_never_instead_of_it() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let openids = site.query_texts("SELECT openid FROM open_ids").await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids WHERE unionid IS NULL").await, 1);
    let site = site.restart_with(options([("QQ_UNIONID", "on")])).await;
    let mut browser = browser.moved_to(&site);
    assert_eq!(browser.sign_in(&username).await.location(), "/account", "known by the openid as before");
    assert_eq!(site.query_texts("SELECT openid FROM open_ids").await, openids);
    let unionids = site.query_texts("SELECT unionid FROM open_ids WHERE unionid IS NOT NULL").await;
    assert!(unionids.len() == 1 && unionids[0].starts_with("UID_"), "{unionids:?}");
    let callback = browser.authorize_as(&username, None).await;
    site.set_qq_fault("me", "unionid_denied", 1).await;
    browser.get(&callback).await;
    assert_eq!(
        site.query_texts("SELECT unionid FROM open_ids").await,
        unionids,
        "one that is not told is not forgotten"
    );
}

#[tokio::test]
async fn s25_an_exchange_is_never_tried_twice_and_me_is() {
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

#[tokio::test]
async fn s03_a_state_lost_on_the_way_is_told_kindly() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let authorize_url = browser.start_login(None).await;
    site.set_qq_fault("authorize", "drop_state", 1).await;
    let callback = browser.approve(&authorize_url, "Ann").await;
    assert!(!callback.contains("state="));
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired");
}
