//! Error pages: every error has a page with security headers and without secrets.

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Browser, Response, TestSite, options};

/// Sends raw bytes and reads the whole response.
async fn send_raw(site: &TestSite, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", site.port)).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).await.expect("an response");
    response
}

#[tokio::test]
async fn s81_s89_request_targets_without_a_path_get_a_page() {
    let site = TestSite::start().await;
    let host = &site.authority;
    for line in
        [format!("CONNECT {host}"), format!("GET {host}"), format!("POST {host}"), "CONNECT evil:443".to_owned()]
    {
        let response = send_raw(&site, &format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).expect("a status");
        assert!(["307", "404", "405", "421"].contains(&status), "{line}: {head}");
        assert!(head.contains("x-request-id: ") && head.contains("content-security-policy: "), "{line}: {head}");
        assert!(status == "307" || body.contains("</html>"), "{line}: {body}");
    }
    assert_eq!(site.browser().get("/").await.status, 200);
}

#[tokio::test]
async fn unknown_paths_show_the_not_found_page() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/login//", "/registers/", "//account/", "//", "/pkg/none.js", "/pkg/", "/avatar/none", "/favicon.ico"]
    {
        let response = browser.get(path).await;
        assert_eq!(response.status, 404, "{path}");
        assert!(
            response.body.contains("Page not found") && response.body.contains("href=\"/\""),
            "{path}: {}",
            response.body
        );
    }
}

#[tokio::test]
async fn s85_unsupported_methods_get_405_with_allow() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let routes =
        [("/healthz", "GET"), ("/readyz", "GET"), ("/avatar/x", "GET"), ("/robots.txt", "GET"), ("/account", "GET")];
    for (path, known) in routes.into_iter().chain([("/logout", "POST"), ("/theme", "POST"), ("/register/auto", "POST")])
    {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            let request = browser.request(method.clone(), path).header("sec-fetch-site", "same-origin");
            let response = browser.send(request).await;
            assert_eq!(response.status, 405, "{method} {path}");
            assert!(response.header("allow").contains(known), "{method} {path}: {}", response.header("allow"));
            assert!(response.body.contains("can't be opened directly"), "{method} {path}: {}", response.body);
        }
    }
}

/// Opens a callback whose code contains a canary.
async fn open_callback_with_canary(browser: &mut Browser) -> Response {
    let callback = browser.authorize_as("Ann", None).await;
    browser.get(&callback.replace("code=", "code=canary")).await
}

fn assert_no_callback_data(response: &Response, status: u16) {
    assert_eq!(response.status, status, "{}", response.body);
    assert!(!response.body.contains("canary") && !response.body.contains("state="), "{}", response.body);
    assert!(response.headers.contains_key("retry-after") && response.header("referrer-policy") == "no-referrer");
    assert!(response.body.contains("href=\"/login\"") && response.body.contains("Try again"), "{}", response.body);
}

#[tokio::test]
async fn s20_s32_error_pages_do_not_repeat_the_callback_url() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let mut browser = site.browser();
    site.execute("ALTER TABLE spent_attempts RENAME TO away").await;
    assert_no_callback_data(&open_callback_with_canary(&mut browser).await, 503);
    site.execute("ALTER TABLE away RENAME TO spent_attempts").await;
    let callback = browser.authorize_as("Ann", None).await.replace("code=", "code=canary");
    assert_no_callback_data(&browser.request_until_rate_limited(&callback, &[]).await, 429);
}

#[tokio::test]
async fn s89_internal_error_page_shows_the_request_id() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.execute("ALTER TABLE sessions RENAME TO away").await;
    let response = browser.get("/account").await;
    assert_eq!(response.status, 503);
    assert!(response.body.contains(response.header("x-request-id")), "{}", response.body);
    assert!(response.body.contains("href=\"/account\"") && response.body.contains("Try again"), "{}", response.body);
    site.execute("ALTER TABLE away RENAME TO sessions").await;
    assert_eq!(browser.get("/account").await.status, 200);
}
