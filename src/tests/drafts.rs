//! A registration form that came too late is not lost.

use crate::support::TestSite;

const TYPED: [(&str, &str); 2] = [("username", "late-ann"), ("email", "ann@example.com")];

#[tokio::test]
async fn s41_what_was_typed_too_late_is_there_again_after_passing_by_qq() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/account?tab=1")).await;
    browser.get(&callback).await;
    site.advance_clock(15 * 60 + 1);
    let answer = browser.post("/register", &TYPED).await;
    assert_eq!(answer.location(), "/login?error=expired&next=%2Faccount%3Ftab%3D1");
    assert_eq!(site.count("users").await, 0);
    let callback = browser.authorize_as("Ann", Some("/account?tab=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let page = browser.get("/register").await;
    assert!(page.body.contains("value=\"late-ann\"") && page.body.contains("value=\"ann@example.com\""));
    assert!(!page.body.contains("role=\"alert\""));
    assert_eq!(browser.post("/register", &TYPED).await.location(), "/account?tab=1");
}

#[tokio::test]
async fn in_time_to_the_second_the_form_is_taken() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.advance_clock(15 * 60);
    assert_eq!(browser.post("/register", &TYPED).await.location(), "/account");
}

#[tokio::test]
async fn somebody_else_does_not_see_what_was_typed() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.advance_clock(15 * 60 + 1);
    browser.post("/register", &TYPED).await;
    browser.sign_in("Bob").await;
    assert!(!browser.get("/register").await.body.contains("ann@example.com"));
}

#[tokio::test]
async fn what_was_typed_is_kept_for_two_hours_and_not_beyond_measure() {
    let site = TestSite::start().await;
    let long = "x".repeat(3000);
    for (after_secs, typed, is_kept) in
        [(7_200 - 901, "late@example.com", true), (7_200 - 900, "late@example.com", false), (0, long.as_str(), false)]
    {
        let mut browser = site.browser();
        browser.sign_in("Ann").await;
        site.advance_clock(901);
        browser.post("/register", &[("username", "ann"), ("email", typed)]).await;
        site.advance_clock(after_secs);
        browser.sign_in("Ann").await;
        let page = browser.get("/register").await;
        assert_eq!(page.body.contains(&format!("value=\"{typed}\"")), is_kept, "{after_secs} {}", typed.len());
    }
}
