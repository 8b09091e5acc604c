//! Signing in as another user in the same browser.

use crate::support::{TestSite, options};

const NOTICE: &str = "You're now signed in with a different QQ account";

/// Every identity with its user id.
async fn identities(site: &TestSite) -> Vec<String> {
    site.query_texts("SELECT CAST(user_id AS TEXT) || ' ' || openid FROM open_ids ORDER BY openid").await
}

#[tokio::test]
async fn s51_s52_account_switch_ends_old_session_and_links_nothing() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let (ann_name, bob_name) = (ann.register_new_user().await, bob.register_new_user().await);
    let linked = identities(&site).await;
    let mut before = ann.clone();
    let callback = ann.authorize_as(&bob_name, Some("/account")).await;
    assert_eq!(ann.get(&callback).await.location(), "/account");
    let page = ann.get("/account").await;
    assert_eq!(page.text_by_test_id("username"), Some(bob_name));
    assert!(page.body.contains(NOTICE));
    assert!(!ann.get("/account").await.body.contains(NOTICE), "the notice is shown once");
    assert_eq!(before.signed_in_as().await, None, "Ann's session has ended in all tabs");
    assert!(!page.body.contains(&ann_name));
    assert_eq!(identities(&site).await, linked, "no identity changes its user");
    assert_eq!((linked.len(), site.count("users").await), (2, 2));
    let mut ann = site.browser();
    ann.sign_in(&ann_name).await;
    assert_eq!(ann.signed_in_as().await, Some(ann_name));
}

#[tokio::test]
async fn s51_new_user_registers_separately_and_sees_notice() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let linked = identities(&site).await;
    let mut before = browser.clone();
    assert_eq!(browser.sign_in("New user").await.location(), "/register");
    assert!(browser.get("/register").await.body.contains(NOTICE));
    assert_eq!(before.signed_in_as().await, None);
    browser.post("/register", &[("username", "new"), ("email", "n@b.cd")]).await;
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("new"));
    assert_eq!((identities(&site).await.len(), site.count("users").await), (2, 2));
    assert!(identities(&site).await.contains(&linked[0]), "nothing is linked to the previous user");
}

#[tokio::test]
async fn same_user_sees_no_notice() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    assert_eq!(browser.sign_in(&username).await.location(), "/account");
    assert!(!browser.get("/account").await.body.contains(NOTICE));
}

#[tokio::test]
async fn rejected_new_user_still_ends_old_session() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut browser = browser.moved_to(&site);
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(browser.sign_in("New user").await.location(), "/login?error=closed");
    assert_eq!(browser.signed_in_as().await, None);
}

#[tokio::test]
async fn s59_account_switch_invalidates_the_old_session_id() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let first = browser.register_new_user().await;
    let first_id = browser.session_id().map(str::to_owned).expect("a session");
    let second = browser.register_new_user().await;
    assert_ne!(first, second);
    assert_eq!(browser.signed_in_as().await, Some(second));
    browser.set_session_cookie(&first_id);
    assert_eq!(browser.signed_in_as().await, None);
}
