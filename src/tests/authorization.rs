//! The account page shows when the QQ authorization expires and renews it on request.

use crate::support::{TestSite, options};

const WEEK: i64 = 604_800;
const SIXTY_DAYS: i64 = 5_184_000;

#[tokio::test]
async fn expiry_notice_appears_seven_days_before_expiry() {
    let site = TestSite::start_with(options([("SESSION_IDLE_SECS", "9000000"), ("SESSION_MAX_SECS", "9000000")])).await;
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
    assert!(!page.body.contains("role=\"alert\""), "the notice is not an alert");
    assert_eq!(site.count_qq_requests("token").await, 1, "the notice triggers no refresh");
}

#[tokio::test]
async fn notice_period_is_configurable() {
    let site = TestSite::start_with(options([
        ("SESSION_IDLE_SECS", "9000000"),
        ("SESSION_MAX_SECS", "9000000"),
        ("TOKEN_NOTICE_DAYS", "1"),
    ]))
    .await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(SIXTY_DAYS - 86_400 - 1);
    assert!(!browser.get("/account").await.body.contains("data-testid=\"token-notice\""));
    site.advance_clock(1);
    assert!(browser.get("/account").await.body.contains("data-testid=\"token-notice\""));
}

#[tokio::test]
async fn authorization_can_be_renewed_before_expiry() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(1000);
    for refreshes in 1..=2 {
        let response = browser.post("/account/renew", &[]).await;
        assert_eq!((response.status, response.location()), (303, "/account"));
        assert_eq!(site.count_qq_requests("token").await, 1 + refreshes);
        let page = browser.get("/account").await;
        assert!(page.body.contains("QQ authorization renewed."));
        assert!(!browser.get("/account").await.body.contains("QQ authorization renewed."), "the message is shown once");
    }
}

#[tokio::test]
async fn s36_failed_renewal_redirects_to_qq() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    site.set_qq_fault("token", "no_refresh", 1).await;
    browser.register_new_user().await;
    assert_eq!(browser.post("/account/renew", &[]).await.destination(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.status, 200, "the old token is still valid");

    let mut browser = site.browser();
    browser.register_new_user().await;
    site.set_qq_fault("token", "refresh_used", 1).await;
    assert_eq!(browser.post("/account/renew", &[]).await.destination(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(browser.post("/account/renew", &[]).await.destination(), "/login/qq?next=/account");

    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.revoke_authorization(&username).await;
    site.advance_clock(61);
    assert_eq!(browser.post("/account/renew", &[]).await.destination(), "/login/qq?next=/account");
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "a revoked token stays revoked");
}

#[tokio::test]
async fn s38_renewal_can_be_retried_if_qq_is_unreachable() {
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
async fn failed_renewal_of_expired_token_is_not_repeated_by_the_next_page() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.set_qq_fault("token", "http_500", 9).await;
    browser.post("/account/renew", &[]).await;
    assert!(browser.get("/account").await.body.contains("We couldn't renew your QQ authorization"));
    assert_eq!(site.count_qq_requests("token").await, 2, "one for the sign-in, one for the failed refresh");
}

#[tokio::test]
async fn s74_renewal_requires_sign_in_and_same_origin() {
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
