//! Avatars are fetched by the site, kept by it and served from it.

use crate::support::{TestSite, options};

#[tokio::test]
async fn s39_b12_an_avatar_is_served_from_the_site_itself() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/", "/account"] {
        let page = browser.get(path).await;
        assert!(!page.body.contains("ek_qqapp") && !page.body.contains("qlogo"), "{path} names no host of QQ's");
        assert!(page.header("content-security-policy").contains("img-src 'self';"), "{path}");
    }
    let page = browser.get("/account").await;
    let (_, rest) = page.body.split_once("src=\"/avatar/").expect("an avatar");
    let hash = rest.split('"').next().expect("a hash");
    let picture = site.browser().get(&format!("/avatar/{hash}")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert!(picture.set_cookies().is_empty());
    for unknown in ["/avatar/0", "/avatar/..%2f..", &format!("/avatar/{hash}0")] {
        assert_eq!(site.browser().get(unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_newcomer_sees_their_avatar_before_registering() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    assert!(browser.get("/register").await.body.contains("<img src=\"/avatar/"));
}

#[tokio::test]
async fn a_sign_in_does_not_need_the_avatar() {
    let site = TestSite::start_with(options([("QQ_TIMEOUT_MS", "2000")])).await;
    for fault in ["http_500", "html", "empty", "truncated", "huge", "drip", "drop", "redirect", "slow"] {
        let mut browser = site.browser();
        let callback = browser.authorize_as("Ann", None).await;
        site.set_qq_fault("avatar", fault, 1).await;
        assert_eq!(browser.get(&callback).await.location(), "/register", "{fault}");
        let page = browser.get("/register").await;
        assert!(page.body.contains("Welcome, Ann") && !page.body.contains("<img"), "{fault}");
        site.clear_qq_faults().await;
    }
    assert_eq!(site.count("avatars").await, 0);
}

#[tokio::test]
async fn s94_an_avatar_is_kept_once_and_goes_when_nobody_can_show_it_any_more() {
    let settings = || options([("SESSION_MAX_SECS", "2000")]);
    let site = TestSite::start_with(settings()).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    browser.sign_in(&username).await;
    browser.sign_in(&username).await;
    site.browser().sign_in("Somebody who never registers").await;
    assert_eq!(site.count("avatars").await, 2);
    site.advance_clock(2000);
    let site = site.restart_with(settings()).await;
    // The spent attempts are removed last, so what else there was to be removed is gone by then.
    site.wait_for_count("spent_attempts", 0).await;
    assert_eq!(site.count("sessions").await, 0);
    assert_eq!(site.count("avatars").await, 2, "a second before the border");
    site.advance_clock(1);
    let site = site.restart_with(settings()).await;
    site.wait_for_count("avatars", 1).await;
    assert_eq!(site.query_number("SELECT COUNT(*) FROM open_ids JOIN avatars ON hash = avatar_hash").await, 1);
}

#[tokio::test]
async fn nobody_looks_at_a_stranger_who_is_turned_away() {
    let site = TestSite::start().await;
    site.browser().register("Known", "known", "known@example.com").await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    assert_eq!(site.browser().sign_in("Stranger").await.location(), "/login?error=closed");
    assert_eq!((site.count_qq_requests("me").await, site.count_qq_requests("get_user_info").await), (1, 0));
    assert_eq!(site.count("avatars").await, 1);
    assert_eq!(site.browser().sign_in("Known").await.location(), "/account");
    assert_eq!(site.count_qq_requests("get_user_info").await, 1);
}
