//! The token's timestamp decides: go on, renew, or pass by QQ again.

use crate::support::{Browser, TestSite, options};

/// A site whose tokens live a hundred seconds, so they are given up ten seconds early.
async fn short_lived() -> TestSite {
    TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await
}

#[tokio::test]
async fn s65_a_token_is_renewed_at_its_border_and_not_a_second_before() {
    for (lifetime_secs, border_secs) in [(100, 90), (5, 5), (5_184_000, 5_184_000 - 300)] {
        let ttl = i64::to_string(&lifetime_secs);
        let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", &ttl), ("SESSION_IDLE_SECS", "9000000")])).await;
        let mut browser = site.browser();
        browser.register_new_user().await;
        site.advance_clock(border_secs - 1);
        assert_eq!(browser.get("/account").await.status, 200);
        assert_eq!(site.token_endpoint.request_count(), 1, "{lifetime_secs}");
        site.advance_clock(1);
        assert_eq!(browser.get("/account").await.status, 200);
        assert_eq!(site.token_endpoint.request_count(), 2, "{lifetime_secs}");
    }
}

#[tokio::test]
async fn an_old_token_is_renewed_and_the_next_one_with_the_new_refresh_token() {
    let site = short_lived().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for renewals in 1..=3 {
        site.advance_clock(95);
        let page = browser.get("/account").await;
        assert_eq!((page.status, site.token_endpoint.request_count()), (200, 1 + renewals));
        let expires = moment(site.now() + 100);
        assert!(page.body.contains(&format!("data-testid=\"token-expires\" datetime=\"{expires}\"")), "{expires}");
    }
}

/// Asks for the account page twenty times at once, through these ports in turn. Gives the status of
/// each answer, and whether it told of trouble.
async fn twenty_at_once(browser: &Browser, ports: &[u16]) -> Vec<(u16, bool)> {
    let requests: Vec<_> = (0..20)
        .zip(ports.iter().cycle())
        .map(|(_, port)| {
            let mut browser = browser.via_port(*port);
            tokio::spawn(async move {
                let page = browser.get("/account").await;
                (page.status, page.body.contains("role=\"alert\""))
            })
        })
        .collect();
    let mut pages = vec![];
    for request in requests {
        pages.push(request.await.expect("an answer"));
    }
    pages
}

#[tokio::test]
async fn s35_of_many_requests_at_once_one_renews() {
    let site = short_lived().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    assert_eq!(twenty_at_once(&browser, &[site.port]).await, [(200, false); 20]);
    assert_eq!(site.token_endpoint.request_count(), 2);
    site.advance_clock(95);
    assert_eq!(browser.get("/account").await.status, 200, "the chain of refresh tokens is whole");
}

#[tokio::test]
async fn s35_of_many_requests_to_two_machines_one_renews() {
    let site = short_lived().await;
    let second = site.start_replica().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for renewals in 1..=3 {
        site.advance_clock(95);
        assert_eq!(twenty_at_once(&browser, &[site.port, second]).await, [(200, false); 20]);
        assert_eq!(site.token_endpoint.request_count(), 1 + renewals);
    }
}

#[tokio::test]
async fn s35_with_qq_out_of_reach_those_who_wait_are_answered_with_the_one_who_asks() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "500")])).await;
    let second = site.start_replica().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.set_qq_fault("token", "slow", 20).await;
    let started = std::time::Instant::now();
    assert_eq!(twenty_at_once(&browser, &[site.port, second]).await, [(200, true); 20]);
    assert!(started.elapsed().as_secs() < 8, "twenty waits one after another would be ten seconds");
}

#[tokio::test]
async fn s35_a_machine_that_died_while_renewing_holds_nobody_up_for_long() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "500")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    let lease_ends_at = site.now() + 5;
    site.execute(&format!("UPDATE sessions SET renewing_until = {lease_ends_at}")).await;
    let page = browser.get("/account").await;
    assert!(
        page.status == 200 && page.body.contains("We couldn't renew your QQ authorization"),
        "somebody else seems to renew"
    );
    site.advance_clock(4);
    assert!(
        browser.get("/account").await.body.contains("We couldn't renew your QQ authorization"),
        "a second before its end"
    );
    site.advance_clock(1);
    assert!(!browser.get("/account").await.body.contains("couldn't renew"), "the lease has ended");
    assert_eq!(site.token_endpoint.request_count(), 2);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_leads_by_qq_and_back() {
    let site = short_lived().await;
    let mut browser = site.browser();
    site.set_qq_fault("token", "no_refresh", 1).await;
    let username = browser.register_new_user().await;
    site.advance_clock(89);
    assert_eq!(browser.get("/account").await.status, 200);
    site.advance_clock(1);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    assert!(browser.signed_in_as().await.is_some(), "the session stays");
    let callback = browser.authorize_as(&username, Some("/account")).await;
    assert_eq!(browser.get(&callback).await.location(), "/account");
    let page = browser.get("/account").await;
    let (obtained, expires) = (moment(site.now()), moment(site.now() + 100));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("data-testid=\"token-obtained\" datetime=\"{obtained}\"")), "a new timestamp");
    assert!(page.body.contains(&format!("data-testid=\"token-expires\" datetime=\"{expires}\"")));
    assert!(!page.body.contains("role=\"alert\"") && !page.body.contains("different QQ account"));
}

#[tokio::test]
async fn s36_a_refused_renewal_leads_by_qq_and_the_account_stays() {
    let site = short_lived().await;
    for fault in ["refresh_used", "wrong_key", "app_offline"] {
        let mut browser = site.browser();
        browser.register_new_user().await;
        site.advance_clock(95);
        site.set_qq_fault("token", fault, 1).await;
        assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "{fault}");
    }
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.revoke_authorization(&username).await;
    assert_eq!(browser.get("/account").await.status, 200, "the token is good as far as the site knows");
    site.advance_clock(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    let asked = site.token_endpoint.request_count();
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    assert_eq!(site.token_endpoint.request_count(), asked, "a refresh token that was refused is not sent again");
    assert_eq!(browser.sign_in(&username).await.location(), "/account", "signing in again finds the account");
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(site.count("users").await, 4);
}

#[tokio::test]
async fn s38_with_qq_out_of_reach_the_page_says_so_and_the_session_stays() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "300")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.advance_clock(95);
    for fault in ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect", "slow"] {
        site.set_qq_fault("token", fault, 1).await;
        let page = browser.get("/account").await;
        assert_eq!(page.status, 200, "{fault}");
        assert!(
            page.body.contains("We couldn't renew your QQ authorization") && page.body.contains("role=\"alert\""),
            "{fault}"
        );
        assert!(page.body.contains("Try again"), "{fault}");
        assert_eq!(page.text_by_test_id("token-state").as_deref(), Some("Expired"), "{fault}");
        assert_eq!(page.text_by_test_id("username"), Some(username.clone()));
    }
    site.clear_qq_faults().await;
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.body.contains("couldn't renew")), (200, false));
}

#[tokio::test]
async fn somebody_who_cannot_pass_by_qq_is_told_so_and_not_sent_round_in_circles() {
    let site = short_lived().await;
    let mut browser = site.browser();
    site.set_qq_fault("token", "no_refresh", 1).await;
    let username = browser.register_new_user().await;
    site.advance_clock(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    let authorize_url = browser.start_login(None).await;
    site.set_qq_fault("authorize", "drop_state", 1).await;
    let callback = browser.approve(&authorize_url, &username).await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired");
    let (page, path) = browser.get_following_redirects("/login?error=expired").await;
    assert_eq!((page.status, path.as_str()), (200, "/login?error=expired"));
    assert!(page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn s37_a_token_of_one_second_works_too() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    assert_eq!(browser.get("/account").await.status, 200);
    site.advance_clock(1);
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(site.token_endpoint.request_count(), 2);
}

fn moment(seconds: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
    moment.format(&time::format_description::well_known::Rfc3339).expect("a text")
}
