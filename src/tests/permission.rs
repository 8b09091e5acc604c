//! What the account page shows of the permission, and renewing it by hand.

use crate::support::{TestSite, options};

const WEEK: i64 = 604_800;
const SIXTY_DAYS: i64 = 5_184_000;

#[tokio::test]
async fn a_quiet_notice_stands_there_from_seven_days_before_the_end() {
    let site = TestSite::start_with(options([("SESSION_IDLE_SECS", "9000000")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(SIXTY_DAYS - WEEK - 1);
    let page = browser.get("/account").await;
    assert!(!page.body.contains("data-testid=\"token-notice\""));
    assert_eq!(page.text_by_test_id("token-state").as_deref(), Some("Active"));
    site.advance_clock(1);
    let page = browser.get("/account").await;
    assert!(page.body.contains("data-testid=\"token-notice\""));
    assert_eq!(page.text_by_test_id("token-state").as_deref(), Some("Expires soon"));
    assert!(!page.body.contains("role=\"alert\""), "it is no alarm");
    assert_eq!(site.count_qq_requests("token").await, 1, "and nothing was renewed for it");
}

#[tokio::test]
async fn the_operator_sets_when_the_notice_comes() {
    let site = TestSite::start_with(options([("SESSION_IDLE_SECS", "9000000"), ("TOKEN_NOTICE_DAYS", "1")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(SIXTY_DAYS - 86_400 - 1);
    assert!(!browser.get("/account").await.body.contains("data-testid=\"token-notice\""));
    site.advance_clock(1);
    assert!(browser.get("/account").await.body.contains("data-testid=\"token-notice\""));
}

#[tokio::test]
async fn a_permission_can_be_renewed_before_it_ends() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(1000);
    for renewals in 1..=2 {
        let answer = browser.post("/account/renew", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/account"));
        assert_eq!(site.count_qq_requests("token").await, 1 + renewals);
        let page = browser.get("/account").await;
        assert!(page.body.contains("QQ authorization renewed."));
        assert!(!browser.get("/account").await.body.contains("QQ authorization renewed."), "it is told once");
    }
}

#[tokio::test]
async fn s35_pressing_renew_many_times_at_once_keeps_the_chain_whole() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    // QQ's answer to the first press is held back, and the others wait for it.
    site.token_endpoint.hold_responses();
    let presses: Vec<_> = (0..10)
        .map(|_| {
            let mut browser = browser.clone();
            tokio::spawn(async move {
                assert_eq!(browser.post("/account/renew", &[]).await.location(), "/account");
                browser
            })
        })
        .collect();
    while site.token_endpoint.request_count() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..20 {
        assert_eq!(browser.get("/account").await.status, 200);
    }
    assert_eq!(site.token_endpoint.request_count(), 2, "while one asks, nobody else does");
    site.token_endpoint.release_responses();
    for press in presses {
        let mut browser = press.await.expect("a browser");
        assert!(browser.get("/account").await.body.contains("QQ authorization renewed."));
    }
    assert!(site.token_endpoint.request_count() <= 1 + 10, "a press asks once, and those that waited do not ask again");
    browser.post("/account/renew", &[]).await;
    assert!(browser.get("/account").await.body.contains("QQ authorization renewed."));
}

#[tokio::test]
async fn s36_what_cannot_be_renewed_leads_by_qq() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    site.set_qq_fault("token", "no_refresh", 1).await;
    browser.register_new_user().await;
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.status, 200, "whoever turns back still has the old permission");

    let mut browser = site.browser();
    browser.register_new_user().await;
    site.set_qq_fault("token", "refresh_used", 1).await;
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/login/qq?next=/account");

    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.revoke_authorization(&username).await;
    site.advance_clock(61);
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "withdrawn is withdrawn");
}

#[tokio::test]
async fn s38_with_qq_out_of_reach_the_renewal_is_offered_again() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for fault in ["http_500", "slow", "drop"] {
        site.set_qq_fault("token", fault, 1).await;
        assert_eq!(browser.post("/account/renew", &[]).await.location(), "/account");
        let page = browser.get("/account").await;
        assert!(page.status == 200 && page.body.contains("We couldn't renew your QQ authorization"), "{fault}");
        assert!(page.body.contains("Try again"));
    }
    site.clear_qq_faults().await;
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/account");
    assert!(browser.get("/account").await.body.contains("QQ authorization renewed."));
}

#[tokio::test]
async fn an_ended_permission_is_not_asked_about_twice_in_a_row() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.set_qq_fault("token", "http_500", 9).await;
    browser.post("/account/renew", &[]).await;
    assert!(browser.get("/account").await.body.contains("We couldn't renew your QQ authorization"));
    assert_eq!(site.count_qq_requests("token").await, 2, "the sign-in, and the one try");
}

#[tokio::test]
async fn s74_signed_out_there_is_nothing_to_renew() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for path in ["/account/renew", "/account/portrait"] {
        assert_eq!(browser.post(path, &[]).await.location(), "/login?next=/account");
        assert_eq!(browser.get(path).await.status, 405);
        let request = browser.request(reqwest::Method::POST, path).header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request).await.status, 403);
    }
    assert_eq!(site.count_qq_requests("token").await, 0);
}
