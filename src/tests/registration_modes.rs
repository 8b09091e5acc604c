//! `REGISTRATION`: choosing a username, automatic and closed.

use crate::support::{TestSite, options};

#[tokio::test]
async fn one_click_registration_generates_a_username() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let response = browser.post("/register/auto", &[]).await;
    assert_eq!((response.status, response.location()), (303, "/account"));
    let username = browser.signed_in_as().await.expect("a username");
    assert_eq!(username.split('-').count(), 3, "{username}");
    assert_eq!(site.count("email_addresses").await, 0);
    let account = browser.get("/account").await;
    assert!(account.body.contains("You haven't added an email address"));
}

#[tokio::test]
async fn auto_registration_shows_no_form() {
    let site = TestSite::start_with(options([("REGISTRATION", "auto")])).await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/there")).await;
    assert_eq!(browser.get(&callback).await.location(), "/there");
    let username = browser.signed_in_as().await.expect("a username");
    let mut other = site.browser();
    assert_eq!(other.sign_in("Ann").await.location(), "/account");
    assert_eq!(other.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn closed_registration_admits_only_existing_users() {
    let site = TestSite::start().await;
    let mut known = site.browser();
    known.register("Known", "known", "known@example.com").await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut known = known.moved_to(&site);
    known.cookies.clear();
    assert_eq!(known.sign_in("Known").await.location(), "/account");
    let mut new_user = site.browser();
    assert_eq!(new_user.sign_in("New user").await.location(), "/login?error=closed");
    assert_eq!((site.count("users").await, new_user.session_id()), (1, None));
    let page = new_user.get("/login?error=closed").await;
    assert!(page.body.contains("isn't accepting new accounts"));
}

#[tokio::test]
async fn closing_registration_ends_pending_registrations() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.authorize_as("Ann", None).await;
    let callback = browser.authorize_as("Ann", Some("/?x=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut browser = browser.moved_to(&site);
    for (path, form) in [("/register", vec![("username", "ann"), ("email", "a@b.cd")]), ("/register/auto", vec![])] {
        assert_eq!(browser.post(path, &form).await.location(), "/login?error=closed&next=%2F%3Fx%3D1", "{path}");
    }
    assert_eq!((site.count("users").await, site.count("open_ids").await), (0, 0));
}
