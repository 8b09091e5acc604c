//! What may be posted, by whom, and how the addresses under `/api` answer.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::support::{TestSite, options};

/// Every address that changes something.
const CHANGING: [&str; 9] = [
    "/account/delete",
    "/account/portrait",
    "/account/renew",
    "/account/sessions/end",
    "/language",
    "/logout",
    "/register",
    "/register/auto",
    "/theme",
];
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn s85_only_forms_of_a_modest_size_are_read() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let calls_before = site.count_qq_requests("token").await;
    let long = format!("query=code%3Dx&username={}", "x".repeat(20 * 1024));
    for path in CHANGING {
        for (kind, body, status) in [
            ("application/json", "{}", 415),
            ("text/plain", "lang=en", 415),
            ("multipart/form-data; boundary=x", "--x--", 415),
            ("", "lang=en", 415),
            (FORM, long.as_str(), 413),
        ] {
            let request = browser.request(Method::POST, path).body(body.to_owned());
            let request = if kind.is_empty() { request } else { request.header(CONTENT_TYPE, kind) };
            let answer = browser.send(request).await;
            assert_eq!(answer.status, status, "{path}, {kind:?}");
            assert!(answer.body.contains("read the form"), "{path}, {kind:?}: {}", answer.body);
        }
    }
    assert_eq!(site.count_qq_requests("token").await, calls_before);
    assert_eq!(browser.signed_in_as().await, Some(username));
    let plain = browser.request(Method::POST, "/logout");
    assert_eq!(browser.send(plain).await.location(), "/", "a form without fields needs no kind");
}

#[tokio::test]
async fn s74_an_origin_of_another_scheme_is_another_site() {
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
async fn s90_the_schemes_own_port_belongs_to_the_sites_name() {
    let site = TestSite::start_with(options([
        ("PUBLIC_URL", "https://www.example.com"),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ]))
    .await;
    let client = crate::support::http_client();
    for (host, status) in [("www.example.com:443", 200), ("WWW.example.com", 200), ("www.example.com:80", 307)] {
        let request = client.get(format!("http://127.0.0.1:{}/login", site.port)).header("host", host);
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn s83_s85_what_scripts_are_answered_is_not_kept_and_never_leads_elsewhere() {
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
        let answer = browser.send(request).await;
        assert_eq!((answer.status, answer.location()), (status, ""), "{path}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    site.execute("ALTER TABLE users RENAME TO away").await;
    let answer = browser.get("/api/check-username?username=ann").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    assert!(answer.body.contains("</html>"));
}
