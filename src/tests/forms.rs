//! Form posts: size, content type and origin; and the routes under `/api`.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::support::{TestSite, options};

/// Every route that changes something.
const CHANGING: [&str; 13] = [
    "/account/delete",
    "/account/portrait",
    "/account/qq/add",
    "/account/qq/link",
    "/account/qq/unlink",
    "/account/renew",
    "/account/sessions/end",
    "/account/username",
    "/language",
    "/logout",
    "/register",
    "/register/auto",
    "/theme",
];
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn s85_only_small_forms_are_accepted() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let calls_before = site.count_qq_requests("token").await;
    let long = format!("query=code%3Dx&username={}", "x".repeat(20 * 1024));
    for path in CHANGING {
        for (content_type, body, status) in [
            ("application/json", "{}", 415),
            ("text/plain", "lang=en", 415),
            ("multipart/form-data; boundary=x", "--x--", 415),
            ("", "lang=en", 415),
            (FORM, long.as_str(), 413),
        ] {
            let request = browser.request(Method::POST, path).body(body.to_owned());
            let request = if content_type.is_empty() { request } else { request.header(CONTENT_TYPE, content_type) };
            let response = browser.send(request).await;
            assert_eq!(response.status, status, "{path}, {content_type:?}");
            assert!(response.body.contains("read the form"), "{path}, {content_type:?}: {}", response.body);
        }
    }
    assert_eq!(site.count_qq_requests("token").await, calls_before);
    assert_eq!(browser.signed_in_as().await, Some(username));
    let plain = browser.request(Method::POST, "/logout");
    assert_eq!(browser.send(plain).await.location(), "/", "a form without fields needs no content type");
}

#[tokio::test]
async fn s74_origin_with_another_scheme_is_rejected() {
    let site = TestSite::start_with(options([
        ("PUBLIC_URL", "https://www.example.com"),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ]))
    .await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in CHANGING {
        for origin in ["http://www.example.com", "https://www.example.com:8443", "https://evil.example", "null"] {
            let request = browser.request(Method::POST, path).header(ORIGIN, origin);
            assert_eq!(browser.send(request).await.status, 403, "{path}, {origin}");
        }
    }
    let request = browser.request(Method::POST, "/logout").header(ORIGIN, "https://www.example.com");
    assert_eq!(browser.send(request).await.location(), "/");
}

#[tokio::test]
async fn s90_default_port_in_host_is_accepted() {
    let site = TestSite::start_with(options([
        ("PUBLIC_URL", "https://www.example.com"),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ]))
    .await;
    let client = crate::support::http_client();
    for (host, status) in [("www.example.com:443", 200), ("WWW.example.com", 200), ("www.example.com:80", 307)] {
        let request = client.get(format!("http://127.0.0.1:{}/login", site.port)).header("host", host);
        assert_eq!(request.send().await.expect("an response").status().as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn s83_s85_api_responses_are_not_cached_and_do_not_redirect() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    for (method, path, status) in [
        (Method::GET, "/api/check-username?username=ann", 200),
        (Method::POST, "/api/finish-login", 404),
        (Method::GET, "/api/check-username?username[x]=1", 400),
    ] {
        let request =
            browser.request(method, path).header("accept", "text/html").header("referer", "https://evil.example/");
        let response = browser.send(request).await;
        assert_eq!((response.status, response.location()), (status, ""), "{path}: {}", response.body);
        assert_eq!(response.header("cache-control"), "no-store", "{path}");
    }
    site.execute("ALTER TABLE users RENAME TO away").await;
    let response = browser.get("/api/check-username?username=ann").await;
    assert_eq!((response.status, response.header("retry-after")), (503, "5"));
    assert!(response.body.contains("</html>"));
}
