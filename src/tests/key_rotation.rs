//! Rotating the secret key: the new key seals, the old one still opens existing data.

use crate::support::{TestSite, options};

const OLD: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const NEW: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

#[tokio::test]
async fn s34_login_attempt_and_registration_survive_key_rotation() {
    let site = TestSite::start_with(options([("SECRET_KEY", OLD)])).await;
    let rotated = site.start_replica_with(options([("SECRET_KEY", &format!("{NEW},{OLD}"))])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    assert_eq!(ann.sign_in("Ann").await.location(), "/register");
    let callback = bob.authorize_as("Bob", None).await;

    let mut ann = ann.via_port(rotated);
    assert!(ann.get("/register").await.body.contains("Welcome, <bdi>Ann</bdi>"));
    assert_eq!(ann.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await.location(), "/account");
    assert_eq!(ann.signed_in_as().await.as_deref(), Some("ann"));
    let mut bob = bob.via_port(rotated);
    assert_eq!(bob.get(&callback).await.location(), "/register");

    // Everything since then is sealed with the new key, so the old one can be removed.
    let new_only = site.start_replica_with(options([("SECRET_KEY", NEW)])).await;
    assert_eq!(ann.via_port(new_only).signed_in_as().await.as_deref(), Some("ann"));
    assert!(bob.via_port(new_only).get("/register").await.body.contains("Welcome, <bdi>Bob</bdi>"));
}

#[tokio::test]
async fn s34_sessions_survive_key_rotation_while_the_old_key_is_configured() {
    let site = TestSite::start().await;
    let (mut unchanged, mut updated) = (site.browser(), site.browser());
    let name = unchanged.register_new_user().await;
    updated.register_new_user().await;
    let both = format!("{NEW}, {OLD}");
    let site = site.restart_with(options([("SECRET_KEY", &both)])).await;
    let (mut unchanged, mut updated) = (unchanged.moved_to(&site), updated.moved_to(&site));
    assert_eq!(unchanged.signed_in_as().await, Some(name.clone()));
    // From here on, sessions are sealed with the new key.
    updated.post("/account/portrait", &[]).await;
    let site = site.restart_with(options([("SECRET_KEY", NEW)])).await;
    let (mut unchanged, mut updated) = (unchanged.moved_to(&site), updated.moved_to(&site));
    assert!(updated.signed_in_as().await.is_some());
    assert_eq!(unchanged.signed_in_as().await, None, "a removed key opens nothing");
    assert_eq!(unchanged.sign_in(&name).await.location(), "/account", "the user only has to sign in again");
}

#[tokio::test]
async fn s34_s68_removed_key_opens_nothing() {
    let site = TestSite::start_with(options([("SECRET_KEY", OLD)])).await;
    let new_only = site.start_replica_with(options([("SECRET_KEY", NEW)])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    assert_eq!(ann.sign_in("Ann").await.location(), "/register");
    let callback = bob.authorize_as("Bob", None).await;
    assert_eq!(ann.via_port(new_only).get("/register").await.location(), "/login");
    assert_eq!(bob.via_port(new_only).get(&callback).await.location(), "/login?error=expired");
}
