//! Nickname and avatar are fetched at each sign-in, and with the token on request.

use crate::support::{TestSite, options};

const UPDATED: &str = "Your nickname and avatar are up to date.";

#[tokio::test]
async fn profile_can_be_refreshed_on_request() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("get_user_info", "not_logged_in", 2).await;
    browser.get(&callback).await;
    site.clear_qq_faults().await;
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    assert_eq!(browser.get("/account").await.text_by_test_id("nickname"), None);
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account");
    let page = browser.get("/account").await;
    assert_eq!(page.text_by_test_id("nickname").as_deref(), Some("Ann"));
    assert!(page.body.contains(UPDATED) && page.body.contains("<img src=\"/avatar/"));
    assert!(browser.get("/").await.body.contains("Hello, <bdi>Ann</bdi>"), "the home page shows it too");
}

#[tokio::test]
async fn s36_rejected_token_is_revoked_and_redirects_to_qq() {
    let site = TestSite::start().await;
    for fault in ["not_logged_in", "api_denied"] {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        site.advance_clock(61);
        site.set_qq_fault("get_user_info", fault, 1).await;
        assert_eq!(browser.post("/account/portrait", &[]).await.destination(), "/login/qq?next=/account", "{fault}");
        assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "{fault}");
        assert_eq!(browser.signed_in_as().await, Some(username.clone()), "the session stays: {fault}");
        assert_eq!(browser.sign_in(&username).await.location(), "/account");
        assert_eq!(browser.get("/account").await.status, 200);
    }
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.revoke_authorization(&username).await;
    site.advance_clock(61);
    assert_eq!(browser.post("/account/portrait", &[]).await.destination(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
}

#[tokio::test]
async fn s36_immediately_rejected_token_shows_an_error_instead_of_a_redirect_loop() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(60);
    site.set_qq_fault("get_user_info", "not_logged_in", 1).await;
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/login?error=denied");
    let (page, path) = browser.get_following_redirects("/account").await;
    assert_eq!((page.status, path.as_str()), (200, "/login?error=denied"));
    assert!(page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn token_expired_only_at_qq_is_refreshed() {
    // QQ's clock is ahead: the token has expired at QQ but not on the site.
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_qq_clock(100);
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account");
    assert!(browser.get("/account").await.body.contains(UPDATED));
    assert_eq!(site.count_qq_requests("token").await, 2);
}

#[tokio::test]
async fn s38_unreachable_qq_shows_an_error_on_the_account_page() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for fault in ["http_500", "html", "empty", "truncated", "huge", "drip", "drop", "redirect", "slow"] {
        site.set_qq_fault("get_user_info", fault, 2).await;
        assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account", "{fault}");
        let page = browser.get("/account").await;
        assert!(page.body.contains("QQ isn't responding. Your nickname and avatar haven't changed"), "{fault}");
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("Try again"), "{fault}");
        assert_eq!(page.text_by_test_id("nickname"), Some(username.clone()), "{fault}");
        site.clear_qq_faults().await;
    }
    site.set_qq_fault("get_user_info", "openid_invalid", 1).await;
    browser.post("/account/portrait", &[]).await;
    assert!(browser.get("/account").await.body.contains("QQ doesn't let this site read your nickname and avatar"));
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account");
    assert!(browser.get("/account").await.body.contains(UPDATED));
}

#[tokio::test]
async fn partial_profile_is_not_reported_as_up_to_date() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.wait_for_count("avatars", 1).await;
    for (endpoint, fault) in [("get_user_info", "is_lost"), ("avatar", "http_500"), ("avatar", "html")] {
        if endpoint == "avatar" {
            // A stored avatar would not be downloaded again.
            site.execute("DELETE FROM avatars").await;
        }
        site.set_qq_fault(endpoint, fault, 1).await;
        assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account", "{fault}");
        let page = browser.get("/account").await;
        assert!(page.body.contains("QQ returned only part of your profile") && !page.body.contains(UPDATED), "{fault}");
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("Try again"), "{fault}");
        assert_eq!(page.text_by_test_id("nickname"), Some(username.clone()), "{fault}");
        assert!(page.body.contains("<img src=\"/avatar/"), "{fault}");
    }
    site.set_qq_fault("get_user_info", "avatar_missing", 1).await;
    browser.post("/account/portrait", &[]).await;
    assert!(browser.get("/account").await.body.contains(UPDATED), "a profile without an avatar is complete");
}

#[tokio::test]
async fn failed_profile_fetch_at_sign_in_keeps_nickname_and_avatar() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for fault in ["not_logged_in", "http_500", "is_lost"] {
        site.set_qq_fault("get_user_info", fault, 2).await;
        let callback = browser.authorize_as(&username, None).await;
        assert_eq!(browser.get(&callback).await.location(), "/account", "{fault}");
        let page = browser.get("/account").await;
        assert_eq!(page.text_by_test_id("nickname"), Some(username.clone()), "{fault}");
        assert!(page.body.contains("<img src=\"/avatar/"), "{fault}");
        site.clear_qq_faults().await;
    }
    site.set_qq_fault("get_user_info", "avatar_missing", 1).await;
    browser.sign_in(&username).await;
    assert!(!browser.get("/account").await.body.contains("<img"), "the avatar is removed if QQ reports none");
}

#[tokio::test]
async fn missing_avatar_shows_the_first_letter_of_the_nickname() {
    let site = TestSite::start().await;
    for (name, letter) in
        [("ann", "A"), ("小明", "小"), ("👩\u{200d}💻 dev", "👩\u{200d}💻"), ("e\u{301}ve", "E\u{301}")]
    {
        let mut browser = site.browser();
        let callback = browser.authorize_as(name, None).await;
        site.set_qq_fault("get_user_info", "avatar_missing", 1).await;
        browser.get(&callback).await;
        let page = browser.get("/register").await;
        assert!(page.body.contains(&format!("class=\"avatar\">{letter}<")), "{name}");
    }
}
