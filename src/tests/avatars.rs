//! The site downloads, stores and serves avatars.

use crate::support::{Response, TestSite, options};

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
    let path = avatar_path(&page);
    let avatar = site.browser().get(&path).await;
    assert_eq!((avatar.status, avatar.header("content-type")), (200, "image/jpeg"));
    assert_eq!(avatar.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(avatar.header("x-content-type-options"), "nosniff");
    assert!(avatar.set_cookies().is_empty());
    for unknown in ["/avatar/0", "/avatar/..%2f..", &format!("{path}0")] {
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
async fn m3_sign_in_does_not_wait_for_an_avatar() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "60000")])).await;
    for fault in ["http_500", "html", "empty", "truncated", "huge", "drip", "drop", "redirect", "slow"] {
        let mut browser = site.browser();
        let callback = browser.authorize_as("Ann", None).await;
        site.set_qq_fault("avatar", fault, 1).await;
        assert_eq!(browser.get(&callback).await.location(), "/register", "{fault}");
        let page = browser.get("/register").await;
        assert!(page.body.contains("Welcome, <bdi>Ann</bdi>"), "{fault}");
        assert_eq!(site.count("avatars").await, 0, "{fault}");
        let picture = browser.get(&avatar_path(&page)).await;
        let headers = (picture.header("content-type"), picture.header("cache-control"));
        assert_eq!((picture.status, headers), (200, ("image/svg+xml", "no-store")), "{fault}");
        site.clear_qq_faults().await;
    }
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let path = avatar_path(&browser.get("/register").await);
    assert_eq!(browser.get(&path).await.header("content-type"), "image/jpeg", "the next login tries again");
}

#[tokio::test]
async fn m3_avatar_is_downloaded_again_only_if_its_url_changes() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.wait_for_count("avatars", 1).await;
    browser.sign_in(&username).await;
    browser.post("/account/portrait", &[]).await;
    assert_eq!(site.count_qq_requests("avatar").await, 1);
    // As if QQ had returned another URL at the last login.
    site.execute("UPDATE avatars SET hash = 'another'").await;
    site.execute("UPDATE open_ids SET avatar_hash = 'another'").await;
    browser.sign_in(&username).await;
    let path = avatar_path(&browser.get("/account").await);
    assert_eq!(browser.get(&path).await.header("content-type"), "image/jpeg");
    assert_eq!(site.count_qq_requests("avatar").await, 2);
}

#[tokio::test]
async fn s94_avatar_is_deleted_when_no_account_and_no_registration_has_it() {
    let site = TestSite::start().await;
    site.browser().register_new_user().await;
    site.browser().sign_in("Unregistered").await;
    site.wait_for_count("avatars", 2).await;
    // A registration lasts for 15 minutes, and a user with the same picture may have started one 5 minutes later.
    let site = site.purge_after(20 * 60).await;
    assert_eq!(site.count("avatars").await, 2, "one second before expiry");
    let site = site.purge_after(1).await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids JOIN avatars ON hash = avatar_hash").await, 1);
    assert_eq!(site.count("avatars").await, 1);
}

#[tokio::test]
async fn s94_pending_registration_keeps_an_avatar_that_was_downloaded_before() {
    let site = TestSite::start().await;
    site.browser().sign_in("Ann").await;
    site.wait_for_count("avatars", 1).await;
    site.advance_clock(10 * 60);
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let path = avatar_path(&browser.get("/register").await);
    browser.get(&path).await;
    let site = site.purge_after(14 * 60).await;
    assert_eq!(site.count("avatars").await, 1);
}

/// The path of the avatar that a page shows.
fn avatar_path(page: &Response) -> String {
    let (_, rest) = page.body.split_once("<img src=\"").expect("an avatar");
    rest.split('"').next().expect("a path").to_owned()
}

#[tokio::test]
async fn closed_registration_fetches_no_profile_of_new_users() {
    let site = TestSite::start().await;
    site.browser().register("Known", "known", "known@example.com").await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    assert_eq!(site.browser().sign_in("New user").await.location(), "/login?error=closed");
    assert_eq!((site.count_qq_requests("me").await, site.count_qq_requests("get_user_info").await), (1, 0));
    site.wait_for_count("avatars", 1).await;
    assert_eq!(site.browser().sign_in("Known").await.location(), "/account");
    assert_eq!(site.count_qq_requests("get_user_info").await, 1);
}
