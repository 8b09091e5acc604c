//! The way of somebody who does nothing unusual.

use crate::support::{TestSite, options};

#[tokio::test]
async fn a_first_time_visitor_registers_signs_out_and_comes_back_without_registering() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.signed_in_as().await, None);

    let callback = browser.authorize_as("小明 🐧", Some("/somewhere?a=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let page = browser.get("/register").await;
    assert!(page.body.contains("小明 🐧"), "{}", page.body);
    let answer = browser.post("/register", &[("username", "XiaoMing"), ("email", " Ming@Example.com ")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/somewhere?a=1"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("XiaoMing"));

    let account = browser.get("/account").await;
    assert_eq!(account.text_by_test_id("username").as_deref(), Some("XiaoMing"));
    assert_eq!(account.text_by_test_id("nickname").as_deref(), Some("小明 🐧"));
    assert!(account.body.contains("ming@example.com") && account.body.contains("Unverified"));
    assert!(account.body.contains("datetime=\"2027-03-16T08:00:00Z\""), "{}", account.body);

    let answer = browser.post("/logout", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(browser.signed_in_as().await, None);

    let answer = browser.sign_in("小明 🐧").await;
    assert_eq!((answer.status, answer.location()), (303, "/account"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("XiaoMing"));
    assert_eq!(site.count("users").await, 1);
}

#[tokio::test]
async fn one_click_makes_an_account_with_a_readable_name() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let answer = browser.post("/register/auto", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/account"));
    let username = browser.signed_in_as().await.expect("somebody");
    assert_eq!(username.split('-').count(), 3, "{username}");
    assert_eq!(site.count("email_addresses").await, 0);
    let account = browser.get("/account").await;
    assert!(account.body.contains("Not set"));
}

#[tokio::test]
async fn registration_auto_asks_nobody() {
    let site = TestSite::start_with(options([("REGISTRATION", "auto")])).await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/there")).await;
    assert_eq!(browser.get(&callback).await.location(), "/there");
    let username = browser.signed_in_as().await.expect("somebody");
    let mut other = site.browser();
    assert_eq!(other.sign_in("Ann").await.location(), "/account");
    assert_eq!(other.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn registration_closed_lets_known_people_in_alone() {
    let site = TestSite::start().await;
    let mut known = site.browser();
    known.register("Known", "known", "known@example.com").await;
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut known = known.moved_to(&site);
    known.cookies.clear();
    assert_eq!(known.sign_in("Known").await.location(), "/account");
    let mut stranger = site.browser();
    assert_eq!(stranger.sign_in("Stranger").await.location(), "/login?error=closed");
    assert_eq!((site.count("users").await, stranger.session_id()), (1, None));
    let page = stranger.get("/login?error=closed").await;
    assert!(page.body.contains("isn't accepting new accounts"));
}

#[tokio::test]
async fn signed_in_already_the_sign_in_pages_go_on() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/login", "/register"] {
        assert_eq!(browser.get(path).await.location(), "/account", "{path}");
        assert_eq!(browser.get(&format!("{path}?next=%2Fa%3Fb")).await.location(), "/a?b", "{path}");
        assert_eq!(browser.get(&format!("{path}?next=//evil")).await.location(), "/account", "{path}");
    }
}

#[tokio::test]
async fn signed_out_the_account_page_asks_to_sign_in_and_nobody_registers_from_nowhere() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/account").await.location(), "/login?next=/account");
    assert_eq!(browser.get("/register").await.location(), "/login");
    assert_eq!(browser.post("/register", &[("username", "abc"), ("email", "a@b.cd")]).await.location(), "/login");
    assert_eq!(browser.post("/register/auto", &[]).await.location(), "/login");
    assert_eq!(site.count("users").await, 0);
}

#[tokio::test]
async fn s59_another_person_at_the_same_browser_replaces_the_first() {
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
