//! Another person comes back from QQ than the one who is signed in.

use crate::support::{TestSite, options};

const TOLD: &str = "You're now signed in with a different QQ account";

/// Whose each identity is.
async fn identities(site: &TestSite) -> Vec<String> {
    site.query_texts("SELECT CAST(user_id AS TEXT) || ' ' || openid FROM open_ids ORDER BY openid").await
}

#[tokio::test]
async fn s51_s52_the_new_person_is_signed_in_the_old_session_ends_and_nothing_is_linked() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let (ann_name, bob_name) = (ann.register_new_user().await, bob.register_new_user().await);
    let linked = identities(&site).await;
    let mut before = ann.clone();
    let callback = ann.authorize_as(&bob_name, Some("/account")).await;
    assert_eq!(ann.get(&callback).await.location(), "/account");
    let page = ann.get("/account").await;
    assert_eq!(page.text_by_test_id("username"), Some(bob_name));
    assert!(page.body.contains(TOLD));
    assert!(!ann.get("/account").await.body.contains(TOLD), "it is told once");
    assert_eq!(before.signed_in_as().await, None, "Ann's session has ended, in other tabs too");
    assert!(!page.body.contains(&ann_name));
    assert_eq!(identities(&site).await, linked, "whose each identity is stays as it was");
    assert_eq!((linked.len(), site.count("users").await), (2, 2));
    let mut ann = site.browser();
    ann.sign_in(&ann_name).await;
    assert_eq!(ann.signed_in_as().await, Some(ann_name));
}

#[tokio::test]
async fn s51_somebody_new_registers_for_themselves_and_is_told() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let linked = identities(&site).await;
    let mut before = browser.clone();
    assert_eq!(browser.sign_in("Somebody new").await.location(), "/register");
    assert!(browser.get("/register").await.body.contains(TOLD));
    assert_eq!(before.signed_in_as().await, None);
    browser.post("/register", &[("username", "new"), ("email", "n@b.cd")]).await;
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("new"));
    assert_eq!((identities(&site).await.len(), site.count("users").await), (2, 2));
    assert!(identities(&site).await.contains(&linked[0]), "nothing is linked to who was here before");
}

#[tokio::test]
async fn the_same_person_is_told_nothing() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    assert_eq!(browser.sign_in(&username).await.location(), "/account");
    assert!(!browser.get("/account").await.body.contains(TOLD));
}

#[tokio::test]
async fn where_nobody_new_gets_in_the_old_session_ends_all_the_same() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut browser = browser.moved_to(&site);
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(browser.sign_in("A stranger").await.location(), "/login?error=closed");
    assert_eq!(browser.signed_in_as().await, None);
}
