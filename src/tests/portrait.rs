//! Nickname and avatar: fetched at each sign-in, and with the token whenever somebody asks.

use crate::support::{TestSite, options};

const UPDATED: &str = "Your nickname and avatar are up to date.";

#[tokio::test]
async fn nickname_and_avatar_can_be_fetched_anew() {
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
    assert!(browser.get("/").await.body.contains("Hello, Ann"), "the header and the home page show it too");
}

#[tokio::test]
async fn s36_a_token_that_qq_refuses_is_dead_and_leads_by_qq() {
    let site = TestSite::start().await;
    for fault in ["not_logged_in", "api_denied"] {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        site.advance_clock(61);
        site.set_qq_fault("get_user_info", fault, 1).await;
        assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/login/qq?next=/account", "{fault}");
        assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "{fault}");
        assert_eq!(browser.signed_in_as().await, Some(username.clone()), "the session stays: {fault}");
        assert_eq!(browser.sign_in(&username).await.location(), "/account");
        assert_eq!(browser.get("/account").await.status, 200);
    }
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.revoke_authorization(&username).await;
    site.advance_clock(61);
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
}

#[tokio::test]
async fn s36_a_fresh_token_that_is_refused_at_once_leads_to_a_page_and_not_in_circles() {
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
async fn a_token_that_has_expired_at_qq_alone_is_renewed_and_used() {
    // QQ's clock is ahead of ours: to it, the token has ended; to us, it is good for a while.
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_qq_clock(100);
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account");
    assert!(browser.get("/account").await.body.contains(UPDATED));
    assert_eq!(site.count_qq_requests("token").await, 2);
}

#[tokio::test]
async fn s38_with_qq_out_of_reach_the_page_says_so_in_place() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for fault in ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect", "slow"] {
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
async fn what_qq_did_not_give_in_full_is_not_called_up_to_date() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for (endpoint, fault) in [("get_user_info", "is_lost"), ("avatar", "http_500"), ("avatar", "html")] {
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
    assert!(browser.get("/account").await.body.contains(UPDATED), "that there is no avatar is all there is");
}

#[tokio::test]
async fn at_a_sign_in_that_tells_nothing_the_earlier_nickname_and_avatar_stay() {
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
    assert!(!browser.get("/account").await.body.contains("<img"), "told that there is none, none is shown");
}

#[tokio::test]
async fn without_an_avatar_the_first_letter_of_the_name_stands_there() {
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
