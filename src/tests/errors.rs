//! Whatever is asked for in whatever way, the answer is a page with the protective headers that tells
//! nothing it should not.

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Browser, Response, TestSite, options};

/// What a site answers to these very bytes, after which nothing more is sent.
async fn answer_to(site: &TestSite, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", site.port)).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn s81_s89_addresses_without_a_path_are_answered_like_any_other() {
    let site = TestSite::start().await;
    let host = &site.authority;
    for line in
        [format!("CONNECT {host}"), format!("GET {host}"), format!("POST {host}"), "CONNECT evil:443".to_owned()]
    {
        let answer = answer_to(&site, &format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).expect("a status");
        assert!(["307", "404", "405", "421"].contains(&status), "{line}: {head}");
        assert!(head.contains("x-request-id: ") && head.contains("content-security-policy: "), "{line}: {head}");
        assert!(status == "307" || body.contains("</html>"), "{line}: {body}");
    }
    assert_eq!(site.browser().get("/").await.status, 200);
}

#[tokio::test]
async fn every_address_that_leads_nowhere_has_the_page_that_says_so() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/login/", "/register/", "/account/", "//", "/pkg/none.js", "/pkg/", "/avatar/none", "/favicon.ico"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.body.contains("Page not found") && answer.body.contains("href=\"/\""),
            "{path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn s85_every_method_that_an_address_does_not_know_is_told_which_ones_it_does() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let ways =
        [("/healthz", "GET"), ("/readyz", "GET"), ("/avatar/x", "GET"), ("/robots.txt", "GET"), ("/account", "GET")];
    for (path, known) in ways.into_iter().chain([("/logout", "POST"), ("/theme", "POST"), ("/register/auto", "POST")]) {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            let request = browser.request(method.clone(), path).header("sec-fetch-site", "same-origin");
            let answer = browser.send(request).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.header("allow").contains(known), "{method} {path}: {}", answer.header("allow"));
            assert!(answer.body.contains("can't be opened directly"), "{method} {path}: {}", answer.body);
        }
    }
}

/// Opens a callback that names a code.
async fn come_back_with_canary(browser: &mut Browser) -> Response {
    let callback = browser.authorize_as("Ann", None).await;
    browser.get(&callback.replace("code=", "code=canary")).await
}

fn expect_discretion(answer: &Response, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(!answer.body.contains("canary") && !answer.body.contains("state="), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after") && answer.header("referrer-policy") == "no-referrer");
    assert!(answer.body.contains("href=\"/login\"") && answer.body.contains("Try again"), "{}", answer.body);
}

#[tokio::test]
async fn s20_s32_no_page_about_an_error_repeats_the_callbacks_address() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut browser = site.browser();
    site.execute("ALTER TABLE spent_attempts RENAME TO away").await;
    expect_discretion(&come_back_with_canary(&mut browser).await, 503);
    site.execute("ALTER TABLE away RENAME TO spent_attempts").await;
    let callback = browser.authorize_as("Ann", None).await.replace("code=", "code=canary");
    browser.request_until_rate_limited("/login/qq", &[]).await;
    expect_discretion(&browser.request_until_rate_limited(&callback, &[]).await, 429);
}

#[tokio::test]
async fn s89_a_page_about_a_failure_of_ours_names_the_request() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.execute("ALTER TABLE sessions RENAME TO away").await;
    let answer = browser.get("/account").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains(answer.header("x-request-id")), "{}", answer.body);
    assert!(answer.body.contains("href=\"/account\"") && answer.body.contains("Try again"), "{}", answer.body);
    site.execute("ALTER TABLE away RENAME TO sessions").await;
    assert_eq!(browser.get("/account").await.status, 200);
}
