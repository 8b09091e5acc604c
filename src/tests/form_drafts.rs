//! Input of the registration form is kept if the form cannot be processed.

use crate::support::{Response, TestSite, options};

const VALID_FORM: [(&str, &str); 2] = [("username", "late-ann"), ("email", "ann@example.com")];

#[tokio::test]
async fn s41_input_of_expired_form_is_restored_after_signing_in_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/account?tab=1")).await;
    browser.get(&callback).await;
    site.advance_clock(15 * 60 + 1);
    let response = browser.post("/register", &VALID_FORM).await;
    assert_eq!(response.location(), "/login?error=expired&next=%2Faccount%3Ftab%3D1");
    assert_eq!(site.count("users").await, 0);
    let callback = browser.authorize_as("Ann", Some("/account?tab=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let page = browser.get("/register").await;
    assert!(page.body.contains("value=\"late-ann\"") && page.body.contains("value=\"ann@example.com\""));
    assert!(!page.body.contains("role=\"alert\""));
    assert_eq!(browser.post("/register", &VALID_FORM).await.location(), "/account?tab=1");
}

#[tokio::test]
async fn form_is_accepted_in_the_last_second() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.advance_clock(15 * 60);
    assert_eq!(browser.post("/register", &VALID_FORM).await.location(), "/account");
}

#[tokio::test]
async fn draft_is_not_shown_to_another_user() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.advance_clock(15 * 60 + 1);
    browser.post("/register", &VALID_FORM).await;
    browser.sign_in("Bob").await;
    assert!(!browser.get("/register").await.body.contains("ann@example.com"));
}

#[tokio::test]
async fn draft_expires_after_two_hours_and_has_a_size_limit() {
    let site = TestSite::start().await;
    let long = "x".repeat(3000);
    for (after_secs, email, is_kept) in
        [(7_200 - 901, "late@example.com", true), (7_200 - 900, "late@example.com", false), (0, long.as_str(), false)]
    {
        let mut browser = site.browser();
        browser.sign_in("Ann").await;
        site.advance_clock(901);
        browser.post("/register", &[("username", "ann"), ("email", email)]).await;
        site.advance_clock(after_secs);
        browser.sign_in("Ann").await;
        let page = browser.get("/register").await;
        assert_eq!(page.body.contains(&format!("value=\"{email}\"")), is_kept, "{after_secs} {}", email.len());
    }
}

type Form = [(&'static str, &'static str); 2];

fn expect_input_kept(response: &Response, status: u16, form: &Form) {
    assert_eq!(response.status, status, "{}", response.body);
    assert!(response.headers.contains_key("retry-after"));
    let values = form.map(|(_, value)| format!("value=\"{value}\""));
    for part in ["role=\"alert\"", "autofocus", "What you entered is still", &values[0], &values[1]] {
        assert!(response.body.contains(part), "{part}: {}", response.body);
    }
    assert!(response.body.contains("<title>Error: ") && !response.body.contains("field-error"), "{}", response.body);
}

/// The username is too short, so a request that is not rate limited fails validation.
const INVALID_FORM: Form = [("username", "a"), ("email", "ann@example.com")];

#[tokio::test]
async fn s86_session_rate_limit_keeps_form_input() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let response = browser.request_until_rate_limited("/api/check-username?username=ann", &[]).await;
    assert!(response.body.contains("</html>") && response.headers.contains_key("retry-after"));
    expect_input_kept(&browser.request_until_rate_limited("/register", &INVALID_FORM).await, 429, &INVALID_FORM);
}

#[tokio::test]
async fn s86_rate_limit_keeps_the_new_username() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let response = browser.request_until_rate_limited("/account/username", &[("username", "a")]).await;
    assert_eq!(response.status, 429, "{}", response.body);
    assert!(response.body.contains("What you entered is still") && response.body.contains("value=\"a\""));
}

#[tokio::test]
async fn s86_rate_limit_keeps_the_address_of_the_account_to_link() {
    let site = TestSite::start_with_mail([("RATE_LIMIT", "120")]).await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let form = [("email", "ann@example.com")];
    let response = browser.request_until_rate_limited("/register/link", &form).await;
    assert_eq!(response.status, 429, "{}", response.body);
    assert!(response.body.contains("What you entered is still"), "{}", response.body);
    let details = response.body.split("<details").find(|part| part.contains("value=\"ann@example.com\""));
    let tag = details.and_then(|part| part.split('>').next()).expect("the form");
    assert!(tag.contains(" open"), "{tag}");
}

#[tokio::test]
async fn s48_unavailable_database_keeps_form_input() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    site.execute("ALTER TABLE open_ids RENAME TO away").await;
    let form = [("username", "anna"), ("email", "ann@example.com")];
    expect_input_kept(&browser.post("/register", &form).await, 503, &form);
    site.execute("ALTER TABLE away RENAME TO open_ids").await;
    assert_eq!(browser.post("/register", &form).await.location(), "/account");
}
