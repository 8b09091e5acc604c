//! Nobody learns by registering who else has an address.

use crate::support::{Browser, TestSite, options};

/// What somebody is shown who registers with this address, without what is theirs alone.
async fn shown(browser: &mut Browser, name: &str, email: &str) -> Vec<String> {
    let answer = browser.register(name, name, email).await;
    let cookies = answer.set_cookies().len();
    assert_eq!((answer.status, answer.location()), (303, "/account"));
    let account = browser.get("/account").await;
    assert!(account.status == 200 && account.body.contains(email), "{}", account.body);
    let pages = [account.body, browser.get("/").await.body];
    let anonymous = |page: String| {
        let page = page.replace(email, "EMAIL").replace(name, "NAME");
        let (mut kept, mut rest) = (String::new(), page.as_str());
        // Avatars and nonces differ for everybody.
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
    pages.map(anonymous).into_iter().chain([cookies.to_string()]).collect()
}

#[tokio::test]
async fn s42_s56_the_pages_after_registering_are_the_same_for_a_free_address_and_a_taken_one() {
    for trust in ["off", "on"] {
        let site = TestSite::start_with(options([("EMAIL_TRUST", trust)])).await;
        site.browser().register("Victim", "victim", "victim@example.com").await;
        let taken = shown(&mut site.browser(), "mallory", "Victim@Example.com".to_lowercase().as_str()).await;
        let free = shown(&mut site.browser(), "malcolm", "nobody@example.com").await;
        assert_eq!(taken, free, "EMAIL_TRUST={trust}");
        assert_eq!(
            site.query_number("SELECT COUNT(*) FROM email_addresses WHERE email = 'victim@example.com'").await,
            2
        );
        let plan = "SELECT COUNT(*) FROM email_addresses WHERE verified";
        assert_eq!(site.query_number(plan).await, if trust == "on" { 2 } else { 0 }, "EMAIL_TRUST={trust}");
    }
}

/// The look for others' claims costs the same however many addresses there are.
#[tokio::test]
async fn s56_claims_to_an_address_are_found_by_an_index() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        // PostgreSQL chooses by the number of rows; that the index is there is all there is to see.
        let indexes =
            site.query_texts("SELECT indexname::text FROM pg_indexes WHERE tablename = 'email_addresses'").await;
        assert!(indexes.contains(&"email_addresses_email".to_owned()), "{indexes:?}");
        return;
    }
    let delete =
        "EXPLAIN QUERY PLAN DELETE FROM email_addresses WHERE email = 'a@b.cd' AND user_id <> 1 AND NOT verified";
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(sqlx::AssertSqlSafe(delete)).fetch_all(&site.pool).await.expect("a plan");
    assert!(plan.iter().all(|(.., step)| step.contains("USING INDEX email_addresses_email")), "{plan:?}");
}
