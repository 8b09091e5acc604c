//! Changing the secret key: the new one seals, and the old one still opens what is on its way.

use crate::support::{TestSite, options};

const OLD: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const NEW: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

#[tokio::test]
async fn s34_an_attempt_and_a_registration_outlive_a_change_of_the_key() {
    let site = TestSite::start_with(options([("SECRET_KEY", OLD)])).await;
    let rotated = site.start_replica_with(options([("SECRET_KEY", &format!("{NEW},{OLD}"))])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    assert_eq!(ann.sign_in("Ann").await.location(), "/register");
    let callback = bob.authorize_as("Bob", None).await;

    let mut ann = ann.via_port(rotated);
    assert!(ann.get("/register").await.body.contains("Welcome, Ann"));
    assert_eq!(ann.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await.location(), "/account");
    assert_eq!(ann.signed_in_as().await.as_deref(), Some("ann"));
    let mut bob = bob.via_port(rotated);
    assert_eq!(bob.get(&callback).await.location(), "/register");

    // What is made since then is sealed with the new key alone, which is all that is left in the end.
    let finished = site.start_replica_with(options([("SECRET_KEY", NEW)])).await;
    assert_eq!(ann.via_port(finished).signed_in_as().await.as_deref(), Some("ann"));
    assert!(bob.via_port(finished).get("/register").await.body.contains("Welcome, Bob"));
}

#[tokio::test]
async fn s34_s68_a_key_that_is_gone_opens_nothing() {
    let site = TestSite::start_with(options([("SECRET_KEY", OLD)])).await;
    let changed = site.start_replica_with(options([("SECRET_KEY", NEW)])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    assert_eq!(ann.sign_in("Ann").await.location(), "/register");
    let callback = bob.authorize_as("Bob", None).await;
    assert_eq!(ann.via_port(changed).get("/register").await.location(), "/login");
    assert_eq!(bob.via_port(changed).get(&callback).await.location(), "/login?error=expired");
}
