//! Rows are written whole or not at all.

use crate::support::TestSite;

/// Makes every insert into a table fail, in the database's own dialect.
async fn break_table(site: &TestSite, table: &str) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        site.execute(&format!("ALTER TABLE {table} ADD CONSTRAINT broken CHECK (user_id < 0) NOT VALID")).await;
    } else {
        let raise = "BEGIN SELECT RAISE(ABORT, 'broken'); END";
        site.execute(&format!("CREATE TRIGGER broken BEFORE INSERT ON {table} {raise}")).await;
    }
}

async fn mend_table(site: &TestSite, table: &str) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        site.execute(&format!("ALTER TABLE {table} DROP CONSTRAINT broken")).await;
    } else {
        site.execute("DROP TRIGGER broken").await;
    }
}

#[tokio::test]
async fn s48_a_failure_at_any_statement_leaves_no_rows_and_the_registration_usable() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let fields = [("username", "ann"), ("email", "ann@example.com")];
    for table in ["email_addresses", "open_ids"] {
        break_table(&site, table).await;
        let answer = browser.post("/register", &fields).await;
        assert_eq!(answer.status, 500, "{table}");
        assert!(answer.body.contains("Something went wrong") && !answer.body.contains("broken"));
        for table in ["users", "email_addresses", "open_ids"] {
            assert_eq!(site.count(table).await, 0, "{table}");
        }
        mend_table(&site, table).await;
    }
    assert_eq!(browser.post("/register", &fields).await.location(), "/account");
    for table in ["users", "email_addresses", "open_ids"] {
        assert_eq!(site.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn the_first_company_is_qq_and_openids_are_compared_exactly() {
    let site = TestSite::start().await;
    assert_eq!(site.texts("SELECT company FROM companies WHERE id = 1").await, ["qq"]);
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    site.execute("UPDATE open_ids SET openid = LOWER(openid)").await;
    let mut again = site.browser();
    assert_eq!(again.sign_in("Ann").await.location(), "/register", "letter case counts");
}

#[tokio::test]
async fn readiness_follows_the_database_and_health_does_not() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/readyz").await.status, 200);
}
