//! Depending on its expiry, a token is used, refreshed, or replaced by signing in at QQ again.

use crate::support::{TestSite, options};

/// Starts a site whose tokens live 100 seconds and are refreshed 10 seconds early.
async fn start_with_short_lived_tokens() -> TestSite {
    TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await
}

#[tokio::test]
async fn s65_token_is_refreshed_exactly_at_its_deadline() {
    for (lifetime_secs, refresh_after_secs) in [(100, 90), (5, 5), (5_184_000, 5_184_000 - 300)] {
        let ttl = i64::to_string(&lifetime_secs);
        let site = TestSite::start_with(options([
            ("SANDBOX_TOKEN_TTL", &ttl),
            ("SESSION_IDLE_SECS", "9000000"),
            ("SESSION_MAX_SECS", "9000000"),
        ]))
        .await;
        let mut browser = site.browser();
        browser.register_new_user().await;
        site.advance_clock(refresh_after_secs - 1);
        assert_eq!(browser.get("/account").await.status, 200);
        assert_eq!(site.token_endpoint.request_count(), 1, "{lifetime_secs}");
        site.advance_clock(1);
        assert_eq!(browser.get("/account").await.status, 200);
        assert_eq!(site.token_endpoint.request_count(), 2, "{lifetime_secs}");
    }
}

#[tokio::test]
async fn each_refresh_uses_the_latest_refresh_token() {
    let site = start_with_short_lived_tokens().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for refreshes in 1..=3 {
        site.advance_clock(95);
        let page = browser.get("/account").await;
        assert_eq!((page.status, site.token_endpoint.request_count()), (200, 1 + refreshes));
        let expires = rfc3339(site.now() + 100);
        assert!(page.body.contains(&format!("data-testid=\"token-expires\" datetime=\"{expires}\"")), "{expires}");
    }
}

#[tokio::test]
async fn token_without_refresh_token_redirects_to_qq() {
    let site = start_with_short_lived_tokens().await;
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
    let (obtained, expires) = (rfc3339(site.now()), rfc3339(site.now() + 100));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("data-testid=\"token-obtained\" datetime=\"{obtained}\"")), "a new token");
    assert!(page.body.contains(&format!("data-testid=\"token-expires\" datetime=\"{expires}\"")));
    assert!(!page.body.contains("role=\"alert\"") && !page.body.contains("different QQ account"));
}

#[tokio::test]
async fn s36_rejected_refresh_redirects_to_qq_and_keeps_the_account() {
    let site = start_with_short_lived_tokens().await;
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
    assert_eq!(browser.get("/account").await.status, 200, "the site does not know of the revocation yet");
    site.advance_clock(95);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    let request_count = site.token_endpoint.request_count();
    site.advance_clock(60);
    assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account");
    assert_eq!(site.token_endpoint.request_count(), request_count, "a rejected refresh token is not sent again");
    assert_eq!(browser.sign_in(&username).await.location(), "/account", "signing in again finds the account");
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(site.count("users").await, 4);
}

#[tokio::test]
async fn s38_unreachable_qq_shows_an_error_and_keeps_the_session() {
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
async fn failed_reauthorization_shows_an_error_instead_of_a_redirect_loop() {
    let site = start_with_short_lived_tokens().await;
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
async fn automatic_redirect_to_qq_is_not_repeated_within_a_minute() {
    // Each token has expired when the user comes back from QQ.
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1")])).await;
    for (sign_in_fault, refresh_fault) in [(Some("no_refresh"), None), (None, Some("refresh_used"))] {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        for (wait_secs, since_redirect_secs) in [(1, 0), (1, 1), (58, 59)] {
            if let Some(fault) = sign_in_fault {
                site.set_qq_fault("token", fault, 1).await;
            }
            // As if the user pressed the button.
            let callback = browser.authorize_as(&username, Some("/account")).await;
            assert_eq!(browser.get(&callback).await.location(), "/account");
            site.advance_clock(wait_secs);
            if let Some(fault) = refresh_fault {
                site.set_qq_fault("token", fault, 1).await;
            }
            let response = browser.get("/account").await;
            if since_redirect_secs == 0 {
                assert_eq!(response.location(), "/login/qq?next=/account", "the first time");
                continue;
            }
            assert_eq!(response.status, 200, "{since_redirect_secs} s later");
            assert_eq!(response.text_by_test_id("username").as_ref(), Some(&username));
            assert_eq!(response.text_by_test_id("token-state").as_deref(), Some("Expired"));
            assert!(response.body.contains("role=\"alert\"") && response.body.contains("You've just been to QQ"));
            assert!(response.body.contains("data-testid=\"login-qq\" href=\"/login/qq?next=/account\""));
        }
        browser.cookies.insert("lang".to_owned(), "zh-CN".to_owned());
        assert!(browser.get("/account").await.body.contains("刚刚已前往 QQ 重新授权"));
        site.advance_clock(1);
        assert_eq!(browser.get("/account").await.location(), "/login/qq?next=/account", "a minute later");
    }
}

#[tokio::test]
async fn s71_cookie_of_automatic_redirects_is_limited_to_this_host() {
    for (public_url, name, secure) in
        [("http://localhost:3000", "sent-to-qq", ""), ("https://www.example.com", "__Host-sent-to-qq", "; Secure")]
    {
        let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("PUBLIC_URL", public_url)])).await;
        let mut browser = site.browser();
        site.set_qq_fault("token", "no_refresh", 1).await;
        browser.register_new_user().await;
        site.advance_clock(90);
        let expected = format!("{name}={}; HttpOnly; SameSite=Lax{secure}; Path=/; Max-Age=60", site.now());
        assert_eq!(browser.get("/account").await.set_cookies(), [expected]);
    }
}

#[tokio::test]
async fn s37_token_with_a_lifetime_of_one_second_works() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    assert_eq!(browser.get("/account").await.status, 200);
    site.advance_clock(1);
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(site.token_endpoint.request_count(), 2);
}

fn rfc3339(seconds: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
    moment.format(&time::format_description::well_known::Rfc3339).expect("a text")
}
