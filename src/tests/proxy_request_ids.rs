//! One id of a request, from the proxy to the log and the error page.

use reqwest::Method;

use crate::support::{Browser, Log, TestSite, options};

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: (&str, &str) = ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

async fn start_behind_proxy() -> TestSite {
    TestSite::start_with(options([("TRUSTED_PROXIES", "1")])).await
}

/// Returns the id of a request with these headers.
async fn request_id(browser: &mut Browser, headers: &[(&str, &str)]) -> String {
    let request = browser.request(Method::GET, "/login");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request).await.header("x-request-id").to_owned()
}

fn is_generated(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[tokio::test]
async fn proxys_request_id_is_in_response_log_and_error_page() {
    const ID: &str = "5f0c1b0e-3f6d-4c39-9d0a-0123456789_Z";
    let site = start_behind_proxy().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.execute("ALTER TABLE sessions RENAME TO away").await;
    let log = Log::default();
    let _capture = log.capture();
    let response = browser.send(browser.request(Method::GET, "/account").header("x-request-id", ID)).await;
    assert_eq!((response.status, response.header("x-request-id")), (503, ID));
    assert!(response.body.contains(ID), "{}", response.body);
    assert!(log.text().lines().any(|line| line.contains("request finished") && line.contains(ID)), "{}", log.text());
    site.execute("ALTER TABLE away RENAME TO sessions").await;
}

#[tokio::test]
async fn trace_id_is_the_request_id_if_the_proxy_sends_no_other() {
    let site = start_behind_proxy().await;
    let mut browser = site.browser();
    assert_eq!(request_id(&mut browser, &[TRACEPARENT]).await, TRACE_ID);
    assert_eq!(request_id(&mut browser, &[TRACEPARENT, ("x-request-id", "from-proxy")]).await, "from-proxy");
    assert_eq!(request_id(&mut browser, &[TRACEPARENT, ("x-request-id", "not valid")]).await, TRACE_ID);
}

#[tokio::test]
async fn s114_request_ids_count_only_from_trusted_proxies_and_in_a_harmless_form() {
    let untrusted = TestSite::start().await;
    for headers in [&[("x-request-id", "canary")][..], &[TRACEPARENT]] {
        assert!(is_generated(&request_id(&mut untrusted.browser(), headers).await), "{headers:?}");
    }
    let trusted = start_behind_proxy().await;
    let mut browser = trusted.browser();
    let longest = "x".repeat(64);
    assert_eq!(request_id(&mut browser, &[("x-request-id", &longest)]).await, longest);
    let too_long = "x".repeat(65);
    for id in ["", "<b>canary</b>", "canary,canary", "a b", "id=canary", "../canary", "\u{7f16}", &too_long] {
        assert!(is_generated(&request_id(&mut browser, &[("x-request-id", id)]).await), "{id}");
    }
    let twice = [("x-request-id", "canary-1"), ("x-request-id", "canary-2")];
    assert!(is_generated(&request_id(&mut browser, &twice).await));
}
