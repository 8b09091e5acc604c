//! The site downloads, stores and serves avatars.

use crate::support::{TestSite, options};

#[tokio::test]
async fn s39_b12_avatar_is_served_by_the_site() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/", "/account"] {
        let page = browser.get(path).await;
        assert!(!page.body.contains("ek_qqapp") && !page.body.contains("qlogo"), "{path} contains no QQ host");
        assert!(page.header("content-security-policy").contains("img-src 'self';"), "{path}");
    }
    let page = browser.get("/account").await;
    let (_, rest) = page.body.split_once("src=\"/avatar/").expect("an avatar");
    let hash = rest.split('"').next().expect("a hash");
    let avatar = site.browser().get(&format!("/avatar/{hash}")).await;
    assert_eq!((avatar.status, avatar.header("content-type")), (200, "image/jpeg"));
    assert_eq!(avatar.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(avatar.header("x-content-type-options"), "nosniff");
    assert!(avatar.set_cookies().is_empty());
    for unknown in ["/avatar/0", "/avatar/..%2f..", &format!("/avatar/{hash}0")] {
        assert_eq!(site.browser().get(unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn registration_page_shows_avatar() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    assert!(browser.get("/register").await.body.contains("<img src=\"/avatar/"));
}

#[tokio::test]
async fn sign_in_succeeds_without_avatar() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await;
    for fault in ["http_500", "html", "empty", "truncated", "huge", "drip", "drop", "redirect", "slow"] {
        let mut browser = site.browser();
        let callback = browser.authorize_as("Ann", None).await;
        site.set_qq_fault("avatar", fault, 1).await;
        assert_eq!(browser.get(&callback).await.location(), "/register", "{fault}");
        let page = browser.get("/register").await;
        assert!(page.body.contains("Welcome, <bdi>Ann</bdi>") && !page.body.contains("<img"), "{fault}");
        site.clear_qq_faults().await;
    }
    assert_eq!(site.count("avatars").await, 0);
}

#[tokio::test]
async fn s94_avatar_is_stored_once_and_deleted_when_unreferenced() {
    let settings = || options([("SESSION_MAX_SECS", "2000")]);
    let site = TestSite::start_with(settings()).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    browser.sign_in(&username).await;
    browser.sign_in(&username).await;
    site.browser().sign_in("Unregistered").await;
    assert_eq!(site.count("avatars").await, 2);
    site.advance_clock(2000);
    let site = site.restart_with(settings()).await;
    site.wait_for_count("sessions", 0).await;
    // Deleted last.
    site.wait_for_count("spent_attempts", 0).await;
    assert_eq!(site.count("avatars").await, 2, "one second before expiry");
    site.advance_clock(1);
    let site = site.restart_with(settings()).await;
    site.wait_for_count("avatars", 1).await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids JOIN avatars ON hash = avatar_hash").await, 1);
}

#[tokio::test]
async fn closed_registration_fetches_no_profile_of_new_users() {
    let site = TestSite::start().await;
    site.browser().register("Known", "known", "known@example.com").await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    assert_eq!(site.browser().sign_in("New user").await.location(), "/login?error=closed");
    assert_eq!((site.count_qq_requests("me").await, site.count_qq_requests("get_user_info").await), (1, 0));
    assert_eq!(site.count("avatars").await, 1);
    assert_eq!(site.browser().sign_in("Known").await.location(), "/account");
    assert_eq!(site.count_qq_requests("get_user_info").await, 1);
}
