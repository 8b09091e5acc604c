//! Middleware: same-origin check, canonical host, request ids, panics, body limits and methods.

use std::sync::Arc;

use qq_login::random::{self, Random};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::support::{Log, Response, TestSite, http_client, options};

#[tokio::test]
async fn s74_cross_site_post_is_rejected() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let own_origin = format!("http://{}", site.authority);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let request = browser.request(Method::POST, "/logout").header(name, value);
        let response = browser.send(request).await;
        assert_eq!(response.status, 403, "{name}: {value}");
        assert!(response.body.contains("came from another site"));
    }
    assert_eq!(browser.signed_in_as().await, Some(username));
    let request = browser.request(Method::POST, "/logout");
    let response = browser.send(request.header("sec-fetch-site", "same-origin").header("origin", own_origin)).await;
    assert_eq!(response.status, 303);
}

#[tokio::test]
async fn s75_cross_site_post_without_session_is_rejected() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let request = browser.request(Method::POST, "/language").header("sec-fetch-site", "cross-site").body("lang=en");
    assert_eq!(browser.send(request).await.status, 403);
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn s90_unknown_host_is_redirected_or_rejected() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let client = http_client();
    let base = format!("http://127.0.0.1:{}", site.port);
    let get = |path: &str| client.get(format!("{base}{path}")).header("host", "evil.example");
    let response = get("/login?next=%2Fa").send().await.expect("a response");
    assert_eq!(response.headers()["location"], format!("{base}/login?next=%2Fa").as_str());
    assert!(response.status().is_redirection());
    let response =
        client.post(format!("{base}/logout")).header("host", "evil.example").send().await.expect("a response");
    assert_eq!(response.status().as_u16(), 421);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).send().await.expect("a response").status().as_u16(), 200);
    }
    let https_site = TestSite::start_with(options([("PUBLIC_URL", "https://www.example.com")])).await;
    let response = client.get(format!("http://127.0.0.1:{}/x", https_site.port)).send().await.expect("a response");
    assert_eq!(response.headers()["location"], "https://www.example.com/x");
    assert_eq!(browser.get("/").await.status, 200);
}

/// A proxy that sends every request to the site with these headers, as seen by a browser. Returns the last response.
async fn browse_through_proxy(site: &TestSite, headers: &[(&str, &str)]) -> Response {
    let mut browser = site.browser();
    for _ in 0..20 {
        let request = browser.bare_request(Method::GET, "/login?next=%2Fa").header("cookie", {
            let pairs: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            pairs.join("; ")
        });
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = browser.send(request).await;
        if response.status != 307 {
            return response;
        }
        assert_eq!(response.location(), "https://www.example.com/login?next=%2Fa");
    }
    panic!("{headers:?}: redirects in circles");
}

#[tokio::test]
async fn s90_proxy_that_replaces_host_causes_no_redirects_in_circles() {
    const HOST: (&str, &str) = ("host", "127.0.0.1:3000");
    const FORWARDED_HOST: (&str, &str) = ("x-forwarded-host", "www.example.com");
    let log = Log::default();
    let _capture = log.capture();
    let public_url = ("PUBLIC_URL", "https://www.example.com");
    let untrusted = TestSite::start_with(options([public_url])).await;
    let trusted = TestSite::start_with(options([public_url, ("TRUSTED_PROXIES", "1")])).await;
    for header in [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https"), FORWARDED_HOST] {
        assert_eq!(browse_through_proxy(&untrusted, &[HOST, header]).await.status, 421, "{header:?}");
    }
    assert_eq!(browse_through_proxy(&untrusted, &[("host", "app.example")]).await.status, 421, "no header shows it");
    assert_eq!(log.text().matches("a proxy replaces the Host header").count(), 1);
    assert!(log.text().contains("TRUSTED_PROXIES"));
    assert_eq!(browse_through_proxy(&trusted, &[HOST, FORWARDED_HOST]).await.status, 200);
    assert_eq!(browse_through_proxy(&trusted, &[HOST, ("x-forwarded-for", "192.0.2.1")]).await.status, 421);
    let post = trusted.browser().bare_request(Method::POST, "/logout").header(HOST.0, HOST.1);
    let post = post.header(FORWARDED_HOST.0, FORWARDED_HOST.1);
    let response = trusted.browser().send(post.header("origin", "https://www.example.com")).await;
    assert_eq!((response.status, response.location()), (303, "/"));
    // Another name of the site, which the proxy passes unchanged.
    let alias = trusted.browser().bare_request(Method::GET, "/").header("host", "example.com");
    let response = trusted.browser().send(alias.header("x-forwarded-for", "192.0.2.1")).await;
    assert_eq!((response.status, response.location()), (307, "https://www.example.com/"));
}

#[tokio::test]
async fn s85_wrong_method_and_unknown_path_show_error_pages() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let page = browser.get("/nowhere/at/all").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("Page not found") && page.body.contains("href=\"/\""));
    let request = browser.request(Method::DELETE, "/account");
    let page = browser.send(request).await;
    assert_eq!(page.status, 405);
    assert!(
        page.body.contains("can't be opened directly") && page.header("allow").contains("GET"),
        "{}",
        page.header("allow")
    );
    for path in ["/api/nothing", "/api/", "/login/qq/else", "/healthz/", "/login//", "//login/"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn trailing_slash_redirects_to_the_page() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for page in [
        "/login",
        "/register",
        "/account",
        "/account/sessions",
        "/account/data",
        "/account/delete",
        "/account/username",
        "/privacy",
    ] {
        for query in ["", "?", "?next=%2Fa&error=expired"] {
            let response = browser.get(&format!("{page}/{query}")).await;
            assert_eq!((response.status, response.location()), (308, &*format!("{page}{query}")));
        }
    }
    assert_eq!(browser.post("/register/", &[]).await.status, 404, "a form is not sent twice");
}

#[tokio::test]
async fn s85_oversized_and_unsupported_requests_are_rejected() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let form = "application/x-www-form-urlencoded";
    let long = format!("username={}", "x".repeat(17 * 1024));
    for (content_type, body) in
        [(form, long.as_str()), ("application/json", "{}"), ("text/plain", "username=x"), ("multipart/form-data", "")]
    {
        let request =
            browser.request(Method::POST, "/register").header(CONTENT_TYPE, content_type).body(body.to_owned());
        let status = browser.send(request).await.status;
        assert!((400..500).contains(&status), "{content_type}: {status}");
    }
    for method in [Method::TRACE, Method::PUT, Method::DELETE, Method::PATCH] {
        let status = browser.send(browser.request(method.clone(), "/register")).await.status;
        assert!(matches!(status, 403 | 405), "{method}: {status}");
    }
    assert_eq!(site.count("users").await, 0);
    assert_eq!(browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await.location(), "/account");
}

#[tokio::test]
async fn s89_request_id_is_generated_by_the_server() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let request = browser.request(Method::GET, "/").header("x-request-id", "canary");
    let first = browser.send(request).await.header("x-request-id").to_owned();
    let second = browser.get("/favicon.svg").await.header("x-request-id").to_owned();
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn s89_panic_shows_error_page_with_request_id() {
    const STATE_BYTES: usize = 24;
    let random: Random = Arc::new(|buffer: &mut [u8]| {
        assert!(buffer.len() != STATE_BYTES, "canary: intentional panic");
        random::system()(buffer)
    });
    let site = TestSite::start_with_random(vec![], random).await;
    let mut browser = site.browser();
    for _ in 0..3 {
        let response = browser.get("/login/qq").await;
        let id = response.header("x-request-id").to_owned();
        assert_eq!((response.status, id.len()), (500, 16));
        assert!(response.body.contains(&id) && response.body.contains("role=\"alert\""));
        assert!(!response.body.contains("canary"));
        assert!(response.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(browser.get("/login").await.status, 200, "the next request works");
    }
}
