//! Email addresses at registration: normalization, verification, and no disclosure of taken ones.

use crate::support::{Browser, TestSite, options};

#[tokio::test]
async fn s45_email_is_trimmed_lowercased_and_validated() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "  ANN@Example.COM ").await;
    assert_eq!(site.query_texts("SELECT email FROM email_addresses").await, ["ann@example.com"]);
    let mut other = site.browser();
    other.sign_in("Other").await;
    for email in ["a@b.com,evil@x.y", "a\u{ff20}b.com", "\u{212a}ate@b.com", "a@b.com\r\nBcc: x@y.z"] {
        let response = other.post("/register", &[("username", "other"), ("email", email)]).await;
        assert!(response.text_by_test_id("field-error").is_some(), "{email:?}");
    }
}

#[tokio::test]
async fn s44_unverified_email_does_not_block_other_users() {
    let site = TestSite::start().await;
    for name in ["one", "two", "three"] {
        let mut browser = site.browser();
        assert_eq!(browser.register(name, name, "same@example.com").await.location(), "/account");
    }
    assert_eq!(site.query_number("SELECT COUNT(*) FROM email_addresses WHERE NOT verified AND is_primary").await, 3);
}

#[tokio::test]
async fn s43_verified_email_removes_unverified_claims() {
    let site = TestSite::start().await;
    let mut attacker = site.browser();
    attacker.register("Attacker", "attacker", "owner@example.com").await;
    let site = site.restart_with(options([("EMAIL_TRUST", "on")])).await;
    let mut owner = site.browser();
    owner.register("Owner", "the-owner", "owner@example.com").await;
    let holders = "SELECT username FROM users JOIN email_addresses ON user_id = users.id";
    assert_eq!(site.query_texts(holders).await, ["the-owner"]);
    let mut attacker = attacker.moved_to(&site);
    assert_eq!(attacker.signed_in_as().await.as_deref(), Some("attacker"), "the attacker keeps their own account");
    let account = owner.get("/account").await;
    assert!(account.body.contains("owner@example.com") && !account.body.contains("Unverified"));
}

#[tokio::test]
async fn s42_s56_taken_email_gives_the_same_response_and_no_access() {
    for trust in ["off", "on"] {
        let site = TestSite::start_with(options([("EMAIL_TRUST", trust)])).await;
        let mut victim = site.browser();
        victim.register("Victim", "victim", "victim@example.com").await;
        let mut attacker = site.browser();
        let response = attacker.register("Attacker", "attacker", "Victim@Example.com").await;
        assert_eq!((response.status, response.location()), (303, "/account"), "same as for a free email");
        assert_eq!(attacker.signed_in_as().await.as_deref(), Some("attacker"));
        assert_eq!(site.query_number("SELECT COUNT(DISTINCT user_id) FROM open_ids").await, 2);
        let verified = site.query_number("SELECT COUNT(*) FROM email_addresses WHERE verified").await;
        assert_eq!(verified, i64::from(trust == "on"), "EMAIL_TRUST={trust}");
    }
}

/// Registers and returns the pages that follow, without user-specific parts.
async fn register_and_normalize_pages(browser: &mut Browser, name: &str, email: &str) -> Vec<String> {
    let response = browser.register(name, name, email).await;
    let cookies = response.set_cookies().len();
    assert_eq!((response.status, response.location()), (303, "/account"));
    let account = browser.get("/account").await;
    assert!(account.status == 200 && account.body.contains(email), "{}", account.body);
    let pages = [account.body, browser.get("/").await.body];
    let normalize = |page: String| {
        let page = page.replace(email, "EMAIL").replace(name, "NAME");
        let (mut kept, mut rest) = (String::new(), page.as_str());
        // Avatar URLs and nonces always differ.
        while let Some((before, after)) = rest.split_once("/avatar/") {
            kept.push_str(before);
            rest = after.split_once('"').map_or("", |(_, rest)| rest);
        }
        let page = format!("{kept}{rest}");
        match page.split_once("nonce=\"") {
            Some((before, after)) => format!("{before}{}", after.split_once('"').map_or("", |(_, rest)| rest)),
            None => page,
        }
    };
    pages.map(normalize).into_iter().chain([cookies.to_string()]).collect()
}

#[tokio::test]
async fn s42_s56_pages_after_registration_are_identical_for_free_and_taken_email() {
    for trust in ["off", "on"] {
        let site = TestSite::start_with(options([("EMAIL_TRUST", trust)])).await;
        site.browser().register("Victim", "victim", "victim@example.com").await;
        let taken =
            register_and_normalize_pages(&mut site.browser(), "mallory", "Victim@Example.com".to_lowercase().as_str())
                .await;
        let free = register_and_normalize_pages(&mut site.browser(), "malcolm", "unused@example.com").await;
        assert_eq!(taken, free, "EMAIL_TRUST={trust}");
        assert_eq!(
            site.query_number("SELECT COUNT(*) FROM email_addresses WHERE email = 'victim@example.com'").await,
            2
        );
        let verified = "SELECT COUNT(*) FROM email_addresses WHERE verified";
        assert_eq!(site.query_number(verified).await, if trust == "on" { 2 } else { 0 }, "EMAIL_TRUST={trust}");
    }
}

/// The response time must not depend on the number of stored addresses.
#[tokio::test]
async fn s56_lookup_of_unverified_claims_uses_an_index() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        // PostgreSQL plans by row count, so this only checks that the index exists.
        let indexes =
            site.query_texts("SELECT indexname::text FROM pg_indexes WHERE tablename = 'email_addresses'").await;
        assert!(indexes.contains(&"email_addresses_email".to_owned()), "{indexes:?}");
        return;
    }
    let delete =
        "EXPLAIN QUERY PLAN DELETE FROM email_addresses WHERE email = 'a@b.cd' AND user_id <> 1 AND NOT verified";
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(sqlx::AssertSqlSafe(delete)).fetch_all(&site.pool).await.expect("a query plan");
    assert!(plan.iter().all(|(.., step)| step.contains("USING INDEX email_addresses_email")), "{plan:?}");
}
