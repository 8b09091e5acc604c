//! Machines whose clocks differ a little, and a database that is busy at the worst moment.

use crate::support::{Log, TestSite, options};

#[tokio::test]
async fn s41_a_newcomer_registers_on_a_machine_whose_clock_is_a_little_behind() {
    let site = TestSite::start().await;
    let behind = site.start_replica_behind(20).await;
    let mut browser = site.browser();
    assert_eq!(browser.sign_in("Ann").await.location(), "/register");
    let mut browser = browser.via_port(behind);
    assert_eq!(browser.get("/register").await.status, 200);
    assert_eq!(browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await.location(), "/account");
    assert_eq!(browser.get("/account").await.status, 200);
}

#[tokio::test]
async fn s35_a_renewed_token_is_not_lost_while_somebody_else_writes() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _listening = log.capture();
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    site.token_endpoint.hold_responses();
    let mut asking = browser.clone();
    let in_flight = tokio::spawn(async move { asking.get("/account").await });
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
        assert!(!in_flight.is_finished(), "it was stored, or given up: {}", log.text());
        tokio::task::yield_now().await;
    }
    site.execute("COMMIT").await;
    let answer = in_flight.await.expect("an answer");
    assert!(answer.status == 200 && !answer.body.contains("role=\"alert\""), "{}", answer.body);
    // Were the new refresh token lost, the old one would be refused now.
    site.advance_clock(95);
    let answer = browser.get("/account").await;
    assert!(answer.status == 200 && !answer.body.contains("role=\"alert\""), "{}", answer.body);
    assert_eq!(site.token_endpoint.request_count(), 3);
}
