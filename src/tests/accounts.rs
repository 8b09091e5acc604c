//! Rows are written whole or not at all.

use crate::support::{TestSite, options};

/// Makes every statement of this kind on a table fail, in the database's own dialect.
async fn break_statement(site: &TestSite, statement: &str, table: &str) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        let raise = "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'";
        site.execute(&format!("CREATE OR REPLACE FUNCTION broken() RETURNS trigger {raise}")).await;
        let each = "FOR EACH ROW EXECUTE FUNCTION broken()";
        site.execute(&format!("CREATE TRIGGER broken BEFORE {statement} ON {table} {each}")).await;
    } else {
        let raise = "BEGIN SELECT RAISE(ABORT, 'broken'); END";
        site.execute(&format!("CREATE TRIGGER broken BEFORE {statement} ON {table} {raise}")).await;
    }
}

async fn mend_statement(site: &TestSite, table: &str) {
    let on_table = if std::env::var_os("TEST_ON_POSTGRES").is_some() { format!(" ON {table}") } else { String::new() };
    site.execute(&format!("DROP TRIGGER broken{on_table}")).await;
}

async fn rows(site: &TestSite) -> [i64; 3] {
    [site.count("users").await, site.count("email_addresses").await, site.count("open_ids").await]
}

const FORM: [(&str, &str); 2] = [("username", "ann"), ("email", "ann@example.com")];

#[tokio::test]
async fn s48_a_failure_at_any_statement_leaves_no_rows_and_the_registration_usable() {
    let site = TestSite::start().await;
    site.browser().register("Squatter", "squatter", "ann@example.com").await;
    // Only where an address is believed are the claims of others to it dropped.
    let site = site.restart_with(options([("EMAIL_TRUST", "on")])).await;
    let before = rows(&site).await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    for (statement, table) in
        [("INSERT", "users"), ("INSERT", "email_addresses"), ("DELETE", "email_addresses"), ("INSERT", "open_ids")]
    {
        break_statement(&site, statement, table).await;
        let answer = browser.post("/register", &FORM).await;
        assert_eq!(answer.status, 500, "{statement} {table}");
        assert!(answer.body.contains("Something went wrong") && !answer.body.contains("broken"));
        assert_eq!(rows(&site).await, before, "{statement} {table}");
        mend_statement(&site, table).await;
    }
    assert_eq!(browser.post("/register", &FORM).await.location(), "/account");
    let [users, addresses, identities] = before;
    assert_eq!(rows(&site).await, [users + 1, addresses, identities + 1], "the squatter's claim is gone");
}

#[tokio::test]
async fn s37_s48_where_no_session_can_be_made_the_account_is_whole_and_the_next_try_gets_in() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    break_statement(&site, "INSERT", "sessions").await;
    let answer = browser.post("/register", &FORM).await;
    assert!(answer.status >= 500 && answer.body.contains("role=\"alert\""), "{}", answer.status);
    assert!(!answer.body.contains("broken"));
    assert_eq!(browser.signed_in_as().await, None);
    assert_eq!(rows(&site).await, [1, 1, 1], "the account is whole");
    mend_statement(&site, "sessions").await;
    let answer = browser.post("/register", &FORM).await;
    assert!(["/account", "/login"].contains(&answer.location()), "{} {}", answer.status, answer.location());
    assert_eq!(browser.sign_in("Ann").await.location(), "/account");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(rows(&site).await, [1, 1, 1]);
}

#[tokio::test]
async fn s29_the_first_company_is_qq_and_openids_are_compared_exactly() {
    let site = TestSite::start().await;
    assert_eq!(site.query_texts("SELECT company FROM companies WHERE id = 1").await, ["qq"]);
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    site.execute("UPDATE open_ids SET openid = LOWER(openid)").await;
    let mut again = site.browser();
    assert_eq!(again.sign_in("Ann").await.location(), "/register", "letter case counts");
    again.post("/register", &[("username", "another"), ("email", "another@example.com")]).await;
    assert_eq!(again.signed_in_as().await.as_deref(), Some("another"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!((site.count("users").await, site.count("open_ids").await), (2, 2));
}

#[tokio::test]
async fn readiness_follows_the_database_and_health_does_not() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/readyz").await.status, 200);
}
