//! Security headers on every kind of response.

use reqwest::header::ORIGIN;
use reqwest::{Method, RequestBuilder};

use crate::support::{Browser, Response, TestSite, options};

/// Serves the static files that exist without a build.
const STATIC_FILES: (&str, &str) = ("LEPTOS_SITE_ROOT", "public");
/// Headers of every response.
const COMMON_HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// One request per kind of response, with the expected status.
fn sample_requests(browser: &Browser) -> Vec<(u16, &'static str, RequestBuilder)> {
    let get = |path: &str| browser.request(Method::GET, path);
    let unknown_host = |method| browser.bare_request(method, "/login").header("host", "evil.example");
    vec![
        (200, "a page", get("/login")),
        (200, "the home page", get("/")),
        (200, "a static file", get("/favicon.svg")),
        (200, "health", get("/healthz")),
        (200, "readiness", get("/readyz")),
        (303, "a login redirect", get("/login/qq")),
        (303, "a callback", get("/login/qq/callback")),
        (303, "a page that requires sign-in", get("/account")),
        (303, "the registration page", get("/register")),
        (307, "an unknown host", unknown_host(Method::GET)),
        (403, "a cross-site form", browser.request(Method::POST, "/logout").header("sec-fetch-site", "cross-site")),
        (404, "an unknown page", get("/nowhere")),
        (404, "an unknown file", get("/pkg/none")),
        (404, "an unknown avatar", get("/avatar/0")),
        (405, "a wrong method", get("/logout")),
        (421, "a form on an unknown host", unknown_host(Method::POST)),
    ]
}

fn expect_security_headers(kind: &str, response: &Response) {
    for (name, value) in COMMON_HEADERS {
        assert_eq!(response.header(name), value, "{kind}: {name}");
    }
    let referrer = if kind == "a callback" { "no-referrer" } else { "same-origin" };
    assert_eq!(response.header("referrer-policy"), referrer, "{kind}");
    let policy = response.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{kind}: {policy}");
    assert!(policy.ends_with("frame-ancestors 'none'"), "{kind}: {policy}");
    assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{kind}: {policy}");
    for name in ["access-control-allow-origin", "x-powered-by", "server"] {
        assert!(!response.headers.contains_key(name), "{kind}: {name}");
    }
}

#[tokio::test]
async fn s80_s81_s91_every_response_has_security_headers() {
    let site = TestSite::start_with(options([STATIC_FILES])).await;
    let mut browser = site.browser();
    for (status, kind, request) in sample_requests(&browser.clone()) {
        let response = browser.send(request).await;
        assert_eq!(response.status, status, "{kind}");
        expect_security_headers(kind, &response);
        assert!(!response.headers.contains_key("strict-transport-security"), "{kind}: HTTP has no HSTS");
    }
}

#[tokio::test]
async fn s81_every_https_response_has_hsts() {
    let https = options([("PUBLIC_URL", "https://www.example.com"), ("RATE_LIMIT", "120"), STATIC_FILES]);
    let site = TestSite::start_with(https).await;
    let mut browser = site.browser();
    let expect_hsts = |kind: &str, response: &Response| {
        let hsts = response.header("strict-transport-security");
        let age_secs = hsts.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
        assert!(age_secs.is_some_and(|secs| secs >= 31_536_000), "{kind}: {hsts}");
    };
    for (status, kind, request) in sample_requests(&browser.clone()) {
        let response = browser.send(request).await;
        assert_eq!(response.status, status, "{kind}");
        expect_hsts(kind, &response);
    }
    for _ in 0..300 {
        let response = browser.get("/login/qq").await;
        browser.cookies.clear();
        if response.status == 429 {
            expect_security_headers("rate limited", &response);
            return expect_hsts("rate limited", &response);
        }
    }
    panic!("no request was rate limited");
}

#[tokio::test]
async fn s80_page_has_the_expected_csp_with_a_fresh_nonce() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let mut nonces = vec![];
    for _ in 0..2 {
        let page = browser.get("/login").await;
        let policy = page.header("content-security-policy");
        let (before, rest) = policy.split_once("'nonce-").expect("a nonce");
        let (nonce, after) = rest.split_once('\'').expect("the end of the nonce");
        let qq = &site.qq_url;
        assert_eq!(
            format!("{before}'nonce'{after}"),
            format!(
                "default-src 'none'; script-src 'nonce' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'; \
                 style-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self' {qq}; base-uri 'none'; frame-ancestors 'none'"
            )
        );
        assert!(nonce.len() >= 22 && page.body.contains(&format!("nonce=\"{nonce}\"")), "{nonce}");
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn s82_no_response_allows_cross_origin_reads() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for path in ["/", "/login", "/healthz", "/favicon.svg", "/api/check-username?username=x", "/nowhere"] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = browser.request(method, path).header(ORIGIN, "https://evil.example");
            let response = browser.send(request).await;
            let allows_cors = response.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!allows_cors, "{path}");
        }
    }
}
