//! A registration form that cannot be taken just now: what was typed is still there.

use crate::support::{Response, TestSite, options};

type Form = [(&'static str, &'static str); 2];

fn expect_kept(answer: &Response, status: u16, form: &Form) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    let typed = form.map(|(_, value)| format!("value=\"{value}\""));
    for part in ["role=\"alert\"", "autofocus", "What you entered is still", &typed[0], &typed[1]] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert!(answer.body.contains("<title>Error: ") && !answer.body.contains("field-error"), "{}", answer.body);
}

/// The name is too short, so that whoever is let through by chance stays where they are.
const FORM: Form = [("username", "an"), ("email", "ann@example.com")];

#[tokio::test]
async fn s86_who_asks_too_often_finds_what_they_typed_in_the_form() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let (mut browser, mut other) = (site.browser(), site.browser());
    browser.sign_in("Ann").await;
    other.request_until_rate_limited("/login/qq", &[]).await;
    expect_kept(&browser.request_until_rate_limited("/register", &FORM).await, 429, &FORM);
    let nobodys = other.request_until_rate_limited("/register", &FORM).await;
    assert!(nobodys.body.contains("Too many") && nobodys.headers.contains_key("retry-after"), "{}", nobodys.body);
    assert!(!nobodys.body.contains("ann@example.com"), "{}", nobodys.body);
}

#[tokio::test]
async fn s86_one_person_who_asks_too_often_finds_it_too() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let answer = browser.request_until_rate_limited("/api/check-username?username=ann", &[]).await;
    assert!(answer.body.contains("</html>") && answer.headers.contains_key("retry-after"));
    expect_kept(&browser.request_until_rate_limited("/register", &FORM).await, 429, &FORM);
}

#[tokio::test]
async fn s48_a_database_that_cannot_be_had_loses_nothing_of_a_form() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.execute("ALTER TABLE users RENAME TO away").await;
    let form = [("username", "anna"), ("email", "ann@example.com")];
    expect_kept(&browser.post("/register", &form).await, 503, &form);
    site.execute("ALTER TABLE away RENAME TO users").await;
    assert_eq!(browser.post("/register", &form).await.location(), "/account");
}
