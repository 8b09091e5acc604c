//! The `next` parameter: where to go after signing in.

use qq_login::config::Config;
use reqwest::Method;

use crate::routes::{CHANGING, READ_ONLY};
use crate::support::TestSite;

#[tokio::test]
async fn s76_next_accepts_only_local_paths() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%5cevil",
        "/a\r\nX: y",
        "/\u{ff0f}evil",
        "/login/qq",
        "\0",
        "",
    ] {
        let callback = browser.authorize_as("Ann", Some(next)).await;
        assert_eq!(browser.get(&callback).await.location(), "/account", "{next:?}");
    }
    let request = browser.request(Method::GET, "/login?next=%FF%FE");
    assert_eq!(browser.send(request).await.location(), "/account");
}

#[tokio::test]
async fn next_is_never_a_form_a_download_or_a_file() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let pages = [
        "/",
        "/account",
        "/account/data",
        "/account/delete",
        "/account/emails",
        "/account/qq",
        "/account/qq/link",
        "/account/sessions",
        "/account/username",
        "/privacy",
    ];
    for path in READ_ONLY.into_iter().chain(CHANGING).chain([Config::CALLBACK_PATH, "/pkg/qq-login.css"]) {
        let path = path.replace("{hash}", "x");
        let next = if pages.contains(&path.as_str()) { path.as_str() } else { "/account" };
        for suffix in ["", "?x=1", "#x"] {
            let query: String = form_urlencoded::byte_serialize(format!("{path}{suffix}").as_bytes()).collect();
            let location = browser.get(&format!("/login?next={query}")).await.location().to_owned();
            assert_eq!(location.split(['?', '#']).next(), Some(next), "{path}{suffix}");
        }
    }
}

#[tokio::test]
async fn s78_s79_malformed_next_is_harmless() {
    let site = TestSite::start().await;
    let long = format!("/{}", "a".repeat(8 * 1024));
    for next in
        ["%0d%0aSet-Cookie:%20a=b", "/%0d%0ax", "%00", "%ff%fe", "/%ff", "", "//", "/\u{7f}", "%F0%9F%90%A7", &long]
    {
        let mut browser = site.browser();
        for path in ["/login", "/login/qq", "/register"] {
            let response = browser.get(&format!("{path}?next={next}")).await;
            assert!(response.status < 500, "{path} {next}: {}", response.status);
            assert!(response.headers.get("set-cookie").is_none_or(|cookie| !cookie.as_bytes().starts_with(b"a=b")));
        }
        let authorize_url = browser.get(&format!("/login/qq?next={next}")).await.location().to_owned();
        let callback = browser.approve(&authorize_url, "Ann").await;
        browser.get(&callback).await;
        let response = browser.post("/register/auto", &[]).await;
        assert_eq!((response.status, response.location()), (303, "/account"), "{next}");
        site.execute("DELETE FROM open_ids").await;
    }
}

#[tokio::test]
async fn login_page_keeps_valid_next() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let page = browser.get("/login?next=%2Fa%3Fb%3D1%26c&error=cancelled").await;
    assert!(page.body.contains("href=\"/login/qq?next=%2Fa%3Fb%3D1%26c\""), "{}", page.body);
    let page = browser.get("/login?next=https://evil.example").await;
    assert!(page.body.contains("href=\"/login/qq\""), "{}", page.body);
}
