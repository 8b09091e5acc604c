//! Creating an account is atomic.

use crate::support::{TestSite, options};

/// Adds a trigger that makes every `statement` on `table` fail.
async fn fail_statement(site: &TestSite, statement: &str, table: &str) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        let raise = "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'";
        site.execute(&format!("CREATE OR REPLACE FUNCTION broken() RETURNS trigger {raise}")).await;
        let for_each = "FOR EACH ROW EXECUTE FUNCTION broken()";
        site.execute(&format!("CREATE TRIGGER broken BEFORE {statement} ON {table} {for_each}")).await;
    } else {
        let raise = "BEGIN SELECT RAISE(ABORT, 'broken'); END";
        site.execute(&format!("CREATE TRIGGER broken BEFORE {statement} ON {table} {raise}")).await;
    }
}

async fn restore_statement(site: &TestSite, table: &str) {
    let on_table = if std::env::var_os("TEST_ON_POSTGRES").is_some() { format!(" ON {table}") } else { String::new() };
    site.execute(&format!("DROP TRIGGER broken{on_table}")).await;
}

async fn count_rows(site: &TestSite) -> [i64; 3] {
    [site.count("users").await, site.count("email_addresses").await, site.count("open_ids").await]
}

const FORM: [(&str, &str); 2] = [("username", "ann"), ("email", "ann@example.com")];

#[tokio::test]
async fn s48_failed_statement_rolls_back_all_rows_and_registration_can_be_retried() {
    let site = TestSite::start().await;
    site.browser().register("Squatter", "squatter", "ann@example.com").await;
    // Unverified claims of other users are deleted only with `EMAIL_TRUST=on`.
    let site = site.restart_with(options([("EMAIL_TRUST", "on")])).await;
    let before = count_rows(&site).await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    for (statement, table) in
        [("INSERT", "users"), ("INSERT", "email_addresses"), ("DELETE", "email_addresses"), ("INSERT", "open_ids")]
    {
        fail_statement(&site, statement, table).await;
        let response = browser.post("/register", &FORM).await;
        assert_eq!(response.status, 500, "{statement} {table}");
        assert!(response.body.contains("Something went wrong") && !response.body.contains("broken"));
        assert_eq!(count_rows(&site).await, before, "{statement} {table}");
        restore_statement(&site, table).await;
    }
    assert_eq!(browser.post("/register", &FORM).await.location(), "/account");
    let [users, addresses, identities] = before;
    assert_eq!(
        count_rows(&site).await,
        [users + 1, addresses, identities + 1],
        "the squatter's unverified claim is deleted"
    );
}

#[tokio::test]
async fn s37_s48_failed_session_creates_nothing_and_form_can_be_sent_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    fail_statement(&site, "UPDATE", "sessions").await;
    let response = browser.post("/register", &FORM).await;
    assert!(response.status >= 500 && response.body.contains("role=\"alert\""), "{}", response.status);
    assert!(!response.body.contains("broken"));
    assert_eq!(browser.signed_in_as().await, None);
    assert_eq!(count_rows(&site).await, [0, 0, 0], "nothing is half-made");
    restore_statement(&site, "sessions").await;
    assert_eq!(browser.post("/register", &FORM).await.location(), "/account");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(count_rows(&site).await, [1, 1, 1]);
}

#[tokio::test]
async fn s29_first_company_is_qq_and_openids_are_case_sensitive() {
    let site = TestSite::start().await;
    assert_eq!(site.query_texts("SELECT company FROM companies WHERE id = 1").await, ["qq"]);
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    site.execute("UPDATE open_ids SET openid = LOWER(openid)").await;
    let mut second = site.browser();
    assert_eq!(second.sign_in("Ann").await.location(), "/register", "openids are case-sensitive");
    second.post("/register", &[("username", "another"), ("email", "another@example.com")]).await;
    assert_eq!(second.signed_in_as().await.as_deref(), Some("another"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!((site.count("users").await, site.count("open_ids").await), (2, 2));
}
