//! Export and deletion ask for a sign-in of the last ten minutes.

use crate::support::{Browser, TestSite};

const TEN_MINUTES: i64 = 600;
const REASON: &str = "It's been more than 10 minutes since you signed in.";
const MISMATCH: &str = "You're signed in to a different account";

/// Opens a page that has to ask for a sign-in.
async fn expect_question(browser: &mut Browser, page: &str) {
    let response = browser.get(page).await;
    assert!(response.status == 200 && response.body.contains(REASON), "{}", response.body);
    assert!(response.body.contains(&format!("href=\"/login/qq?next={page}\"")), "{}", response.body);
}

#[tokio::test]
async fn s103_export_needs_a_sign_in_within_ten_minutes() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.advance_clock(TEN_MINUTES);
    assert!(browser.get("/account/data").await.body.contains("data-testid=\"export\""));
    assert_eq!(browser.get("/account/export").await.status, 200);
    site.advance_clock(1);
    assert_eq!(browser.get("/account/export").await.location(), "/account/data");
    expect_question(&mut browser, "/account/data").await;
    let callback = browser.authorize_as(&username, Some("/account/data")).await;
    assert_eq!(browser.get(&callback).await.location(), "/account/data");
    let page = browser.get("/account/data").await;
    assert!(!page.body.contains(REASON), "not in circles");
    assert_eq!(page.text_by_test_id("username").as_ref(), Some(&username));
    let path = format!("/account/export?account={username}");
    assert!(page.body.contains(&format!("href=\"{path}\"")), "{}", page.body);
    let export = browser.get(&path).await;
    assert!(export.status == 200 && export.body.contains(&username));
}

#[tokio::test]
async fn s103_deletion_needs_a_sign_in_within_ten_minutes() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.advance_clock(TEN_MINUTES + 1);
    expect_question(&mut browser, "/account/delete").await;
    let page = browser.get("/account/delete").await;
    assert!(!page.body.contains("data-testid=\"delete-account\""));
    assert_eq!(browser.post("/account/delete", &[("account", &username)]).await.location(), "/account/delete");
    // A refreshed token is no sign-in.
    assert_eq!(browser.post("/account/renew", &[]).await.location(), "/account");
    assert_eq!(browser.post("/account/delete", &[("account", &username)]).await.location(), "/account/delete");
    assert_eq!(site.count("users").await, 1);
    let callback = browser.authorize_as(&username, Some("/account/delete")).await;
    assert_eq!(browser.get(&callback).await.location(), "/account/delete");
    let page = browser.get("/account/delete").await;
    assert!(page.body.contains(&format!("name=\"account\" value=\"{username}\"")), "{}", page.body);
    assert_eq!(browser.post("/account/delete", &[("account", &username)]).await.location(), "/");
    assert_eq!((site.count("users").await, browser.session_id()), (0, None));
    assert_eq!(browser.sign_in(&username).await.location(), "/register", "the same QQ can register anew");
}

/// A sign-in in another browser, of the same user, proves nothing about this one.
#[tokio::test]
async fn s103_sign_in_counts_for_its_own_session() {
    let site = TestSite::start().await;
    let (mut browser, mut phone) = (site.browser(), site.browser());
    let username = browser.register_new_user().await;
    site.advance_clock(TEN_MINUTES + 1);
    phone.sign_in(&username).await;
    expect_question(&mut browser, "/account/delete").await;
    assert_eq!(browser.post("/account/delete", &[]).await.location(), "/account/delete");
    assert_eq!(phone.get("/account/export").await.status, 200);
    assert_eq!(site.count("users").await, 1);
}

/// The user comes back from QQ as somebody else: pages that were opened before must not act on the other account.
#[tokio::test]
async fn s104_forms_of_another_account_change_nothing() {
    let site = TestSite::start().await;
    let (mut browser, mut other) = (site.browser(), site.browser());
    let (ann, bob) = (browser.register_new_user().await, other.register_new_user().await);
    site.advance_clock(TEN_MINUTES + 1);
    let callback = browser.authorize_as(&bob, Some("/account/delete")).await;
    assert_eq!(browser.get(&callback).await.location(), "/account/delete");
    let page = browser.get("/account/delete").await;
    assert!(page.body.contains("You're now signed in with a different QQ account"), "{}", page.body);
    assert_eq!(page.text_by_test_id("username").as_ref(), Some(&bob), "the page shows whose account it is");
    assert_eq!(browser.post("/account/delete", &[("account", &ann)]).await.location(), "/account/delete");
    assert!(browser.get("/account/delete").await.body.contains(MISMATCH));
    assert_eq!(browser.get(&format!("/account/export?account={ann}")).await.location(), "/account/data");
    assert!(browser.get("/account/data").await.body.contains(MISMATCH));
    let address = [("email", "ann@example.com"), ("account", ann.as_str())];
    assert_eq!(browser.post("/account/emails", &address).await.location(), "/account/emails");
    assert!(browser.get("/account/emails").await.body.contains(MISMATCH));
    assert_eq!(site.query_number("SELECT count(*) FROM email_addresses WHERE email = 'ann@example.com'").await, 0);
    assert_eq!(site.count("users").await, 2);
    assert_eq!(browser.post("/account/delete", &[("account", &bob)]).await.location(), "/");
    assert_eq!(site.query_texts("SELECT username FROM users").await, [ann]);
}
