//! The token's timestamp decides: go on, renew, or pass by QQ again.

use crate::support::{TestSite, options};

/// A site whose tokens live a hundred seconds, so they are given up ten seconds early.
async fn short_lived() -> TestSite {
    TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await
}

#[tokio::test]
async fn a_good_token_is_left_alone() {
    let site = short_lived().await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    site.pass(89);
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(site.qq_requests("token").await, 1);
}

#[tokio::test]
async fn an_old_token_is_renewed_and_the_next_one_with_the_new_refresh_token() {
    let site = short_lived().await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    for renewals in 1..=3 {
        site.pass(95);
        let page = browser.get("/account").await;
        assert_eq!((page.status, site.qq_requests("token").await), (200, 1 + renewals));
        let expires = time::OffsetDateTime::from_unix_timestamp(site.now() + 100).expect("a moment");
        let expires = expires.format(&time::format_description::well_known::Rfc3339).expect("a text");
        assert!(page.body.contains(&format!("data-testid=\"token-expires\" datetime=\"{expires}\"")), "{expires}");
    }
}

#[tokio::test]
async fn s35_of_many_requests_at_once_one_renews() {
    let site = short_lived().await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    site.pass(95);
    let requests = (0..20).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.get("/account").await.status })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(request.await.expect("an answer"), 200);
    }
    assert_eq!(site.qq_requests("token").await, 2);
    site.pass(95);
    assert_eq!(browser.get("/account").await.status, 200, "the chain of refresh tokens is whole");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_leads_by_qq_and_back() {
    let site = short_lived().await;
    let mut browser = site.browser();
    site.break_qq("token", "no_refresh", 1).await;
    browser.become_somebody().await;
    assert_eq!(browser.get("/account").await.status, 200);
    site.pass(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    assert!(browser.signed_in_as().await.is_some(), "the session stays");
}

#[tokio::test]
async fn s36_a_refused_renewal_leads_by_qq_and_the_account_stays() {
    let site = short_lived().await;
    for fault in ["refresh_used", "wrong_key", "app_offline"] {
        let mut browser = site.browser();
        browser.become_somebody().await;
        site.pass(95);
        site.break_qq("token", fault, 1).await;
        assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "{fault}");
    }
    let mut browser = site.browser();
    let username = browser.become_somebody().await;
    site.revoke(&username).await;
    assert_eq!(browser.get("/account").await.status, 200, "the token is good as far as the site knows");
    site.pass(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    assert_eq!(browser.sign_in(&username).await.location(), "/account", "signing in again finds the account");
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(site.count("users").await, 4);
}

#[tokio::test]
async fn with_qq_out_of_reach_the_page_says_so_and_the_session_stays() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "300")])).await;
    let mut browser = site.browser();
    let username = browser.become_somebody().await;
    site.pass(95);
    for fault in ["http_500", "html", "empty", "drop", "slow"] {
        site.break_qq("token", fault, 1).await;
        let page = browser.get("/account").await;
        assert_eq!(page.status, 200, "{fault}");
        assert!(page.body.contains("could not be renewed just now") && page.body.contains("role=\"alert\""), "{fault}");
        assert_eq!(page.marked("username"), Some(username.clone()));
    }
    site.mend_qq().await;
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.body.contains("could not be renewed")), (200, false));
}

#[tokio::test]
async fn somebody_who_cannot_pass_by_qq_is_told_so_and_not_sent_round_in_circles() {
    let site = short_lived().await;
    let mut browser = site.browser();
    site.break_qq("token", "no_refresh", 1).await;
    let username = browser.become_somebody().await;
    site.pass(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    let authorize_url = browser.leave(None).await;
    site.break_qq("authorize", "drop_state", 1).await;
    let callback = browser.approve(&authorize_url, &username).await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired");
    let (page, path) = browser.visit("/login?error=expired").await;
    assert_eq!((page.status, path.as_str()), (200, "/login?error=expired"));
    assert!(page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn s37_a_token_of_one_second_works_too() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1")])).await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    assert_eq!(browser.get("/account").await.status, 200);
    site.pass(1);
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(site.qq_requests("token").await, 2);
}
