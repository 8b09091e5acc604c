//! Concurrent requests, on one or several replicas, refresh a token only once.

use crate::support::{Browser, Log, TestSite, options};

/// Requests the account page twenty times concurrently, alternating between the ports.
/// Returns the status of each response and whether it shows an alert.
async fn request_account_concurrently(browser: &Browser, ports: &[u16]) -> Vec<(u16, bool)> {
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
        pages.push(request.await.expect("a response"));
    }
    pages
}

#[tokio::test]
async fn s35_concurrent_requests_refresh_once() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    assert_eq!(request_account_concurrently(&browser, &[site.port]).await, [(200, false); 20]);
    assert_eq!(site.token_endpoint.request_count(), 2);
    site.advance_clock(95);
    assert_eq!(browser.get("/account").await.status, 200, "the refresh token is still valid");
}

#[tokio::test]
async fn s35_concurrent_requests_to_two_replicas_refresh_once() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let second = site.start_replica().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for refreshes in 1..=3 {
        site.advance_clock(95);
        assert_eq!(request_account_concurrently(&browser, &[site.port, second]).await, [(200, false); 20]);
        assert_eq!(site.token_endpoint.request_count(), 1 + refreshes);
    }
}

#[tokio::test]
async fn s35_concurrent_requests_to_three_replicas_with_different_clocks_refresh_once() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1000")])).await;
    let (behind, ahead) = (site.start_replica_behind(30).await, site.start_replica_behind(-30).await);
    let mut browser = site.browser();
    browser.register_new_user().await;
    for refreshes in 1..=3 {
        site.advance_clock(960);
        assert_eq!(request_account_concurrently(&browser, &[site.port, ahead, behind]).await, [(200, false); 20]);
        assert_eq!(site.token_endpoint.request_count(), 1 + refreshes);
    }
}

#[tokio::test]
async fn s35_waiting_requests_share_one_timeout_if_qq_is_slow() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "500")])).await;
    let second = site.start_replica().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.set_qq_fault("token", "slow", 20).await;
    let started = std::time::Instant::now();
    assert_eq!(request_account_concurrently(&browser, &[site.port, second]).await, [(200, true); 20]);
    assert!(started.elapsed().as_secs() < 8, "twenty sequential timeouts would take ten seconds");
}

#[tokio::test]
async fn s35_refresh_lease_of_crashed_replica_ends() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("QQ_TIMEOUT_MS", "500")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    // Without waiting for the clock of the database, which counts.
    site.execute("UPDATE sessions SET renewing_until = unixepoch() + 60, renewing_by = 'crashed'").await;
    let page = browser.get("/account").await;
    assert!(
        page.status == 200 && page.body.contains("We couldn't renew your QQ authorization"),
        "another replica holds the lease"
    );
    site.execute("UPDATE sessions SET renewing_until = unixepoch()").await;
    assert!(!browser.get("/account").await.body.contains("couldn't renew"), "the lease has expired");
    assert_eq!(site.token_endpoint.request_count(), 2);
}

#[tokio::test]
async fn s35_refresh_lease_is_extended_while_qq_is_called() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.token_endpoint.hold_responses();
    let mut refreshing = browser.clone();
    let in_flight = tokio::spawn(async move { refreshing.get("/account").await });
    while site.token_endpoint.request_count() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.count("sessions WHERE renewing_until > unixepoch() + 3").await, 0, "it lasts for three seconds");
    site.execute("UPDATE sessions SET renewing_until = unixepoch()").await;
    site.wait_for_count("sessions WHERE renewing_until > unixepoch()", 1).await;
    site.token_endpoint.release_responses();
    assert_eq!(in_flight.await.expect("a page").status, 200);
    site.wait_for_count("sessions WHERE renewing_until = 0 AND renewing_by IS NULL", 1).await;
}

#[tokio::test]
async fn s35_refused_refresh_adopts_the_token_of_another_session() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let (mut first, mut second) = (site.browser(), site.browser());
    first.register("Ann", "ann", "ann@example.com").await;
    second.sign_in("Ann").await;
    site.advance_clock(95);
    assert_eq!(first.get("/account").await.status, 200);
    // As if QQ had given both browsers the same refresh token.
    site.set_qq_fault("token", "refresh_used", 1).await;
    let page = second.get("/account").await;
    assert!(page.status == 200 && !page.body.contains("role=\"alert\""), "{} {}", page.status, page.location());
    let requests = site.token_endpoint.request_count();
    assert_eq!(second.get("/account").await.status, 200);
    assert_eq!(site.token_endpoint.request_count(), requests, "the adopted token is valid");
}

#[tokio::test]
async fn s35_refused_refresh_waits_for_the_refresh_of_another_session() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let (mut first, mut second) = (site.browser(), site.browser());
    first.register("Ann", "ann", "ann@example.com").await;
    second.sign_in("Ann").await;
    site.advance_clock(95);
    site.token_endpoint.hold_responses();
    let requests = site.token_endpoint.request_count();
    let refreshing = tokio::spawn(async move { first.get("/account").await });
    while site.token_endpoint.request_count() == requests {
        tokio::task::yield_now().await;
    }
    site.set_qq_fault("token", "refresh_used", 1).await;
    let refused = tokio::spawn(async move { second.get("/account").await });
    while site.token_endpoint.request_count() == requests + 1 {
        tokio::task::yield_now().await;
    }
    site.token_endpoint.release_responses();
    assert_eq!(refreshing.await.expect("a page").status, 200);
    let page = refused.await.expect("a page");
    assert!(page.status == 200 && !page.body.contains("role=\"alert\""), "{} {}", page.status, page.location());
}

#[tokio::test]
async fn s35_concurrent_manual_renewals_keep_the_refresh_token_valid() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    // The response to the first refresh is held back, so the other requests wait.
    site.token_endpoint.hold_responses();
    let requests: Vec<_> = (0..10)
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
    assert_eq!(site.token_endpoint.request_count(), 2, "only one refresh is in flight");
    site.token_endpoint.release_responses();
    for request in requests {
        let mut browser = request.await.expect("a browser");
        assert!(browser.get("/account").await.body.contains("QQ authorization renewed."));
    }
    assert!(site.token_endpoint.request_count() <= 1 + 10, "each request refreshes at most once");
    browser.post("/account/renew", &[]).await;
    assert!(browser.get("/account").await.body.contains("QQ authorization renewed."));
}

#[tokio::test]
async fn s35_refreshed_token_is_stored_after_a_database_lock_ends() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.token_endpoint.hold_responses();
    let mut refreshing = browser.clone();
    let in_flight = tokio::spawn(async move { refreshing.get("/account").await });
    while site.token_endpoint.request_count() < 2 {
        tokio::task::yield_now().await;
    }
    let is_sqlite = site.database_file().is_some();
    site.execute(if is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await;
    if !is_sqlite {
        site.execute("LOCK TABLE sessions IN EXCLUSIVE MODE").await;
    }
    site.token_endpoint.release_responses();
    while !log.text().contains("refreshed token could not be stored") {
        assert!(!in_flight.is_finished(), "the request finished before the lock ended: {}", log.text());
        tokio::task::yield_now().await;
    }
    site.execute("COMMIT").await;
    let response = in_flight.await.expect("a response");
    assert!(response.status == 200 && !response.body.contains("role=\"alert\""), "{}", response.body);
    // If the new refresh token were lost, QQ would reject the old one now.
    site.advance_clock(95);
    let response = browser.get("/account").await;
    assert!(response.status == 200 && !response.body.contains("role=\"alert\""), "{}", response.body);
    assert_eq!(site.token_endpoint.request_count(), 3);
}
