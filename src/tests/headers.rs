//! The headers that tell browsers what not to do, on every kind of answer.

use reqwest::{Method, RequestBuilder};

use crate::support::{Browser, Response, TestSite, options};

/// Static files that are there before anything is built.
const WITH_FILES: (&str, &str) = ("LEPTOS_SITE_ROOT", "public");
/// What every answer says, by value.
const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// One answer of each kind, with the status that it has to have.
fn kinds(browser: &Browser) -> Vec<(u16, &'static str, RequestBuilder)> {
    let get = |path: &str| browser.request(Method::GET, path);
    let elsewhere = |method| browser.bare_request(method, "/login").header("host", "evil.example");
    vec![
        (200, "a page", get("/login")),
        (200, "the home page", get("/")),
        (200, "a static file", get("/favicon.svg")),
        (200, "health", get("/healthz")),
        (200, "readiness", get("/readyz")),
        (303, "a way to QQ", get("/login/qq")),
        (303, "a callback", get("/login/qq/callback")),
        (303, "a page for others", get("/account")),
        (303, "a registration", get("/register")),
        (307, "another host name", elsewhere(Method::GET)),
        (403, "another site", browser.request(Method::POST, "/logout").header("sec-fetch-site", "cross-site")),
        (404, "no page", get("/nowhere")),
        (404, "no file", get("/pkg/none")),
        (404, "no picture", get("/avatar/0")),
        (405, "a wrong method", get("/logout")),
        (421, "a form under another host name", elsewhere(Method::POST)),
    ]
}

fn check(kind: &str, answer: &Response) {
    for (name, value) in EVERYWHERE {
        assert_eq!(answer.header(name), value, "{kind}: {name}");
    }
    let referrer = if kind == "a callback" { "no-referrer" } else { "same-origin" };
    assert_eq!(answer.header("referrer-policy"), referrer, "{kind}");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{kind}: {policy}");
    assert!(policy.ends_with("frame-ancestors 'none'"), "{kind}: {policy}");
    assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{kind}: {policy}");
    for name in ["access-control-allow-origin", "x-powered-by", "server"] {
        assert!(!answer.headers.contains_key(name), "{kind}: {name}");
    }
}

#[tokio::test]
async fn s80_s81_s91_every_kind_of_answer_carries_its_protection() {
    let site = TestSite::start_with(options([WITH_FILES])).await;
    let mut browser = site.browser();
    for (status, kind, request) in kinds(&browser.clone()) {
        let answer = browser.send(request).await;
        assert_eq!(answer.status, status, "{kind}");
        check(kind, &answer);
        assert!(!answer.headers.contains_key("strict-transport-security"), "{kind}: without https it is ignored");
    }
}

#[tokio::test]
async fn s81_with_https_every_kind_of_answer_says_that_it_stays_so() {
    let https = options([("PUBLIC_URL", "https://www.example.com"), ("RATE_LIMIT", "on"), WITH_FILES]);
    let site = TestSite::start_with(https).await;
    let mut browser = site.browser();
    let check_for_a_year = |kind: &str, answer: &Response| {
        let told = answer.header("strict-transport-security");
        let age_secs = told.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
        assert!(age_secs.is_some_and(|secs| secs >= 31_536_000), "{kind}: {told}");
    };
    for (status, kind, request) in kinds(&browser.clone()) {
        let answer = browser.send(request).await;
        assert_eq!(answer.status, status, "{kind}");
        check_for_a_year(kind, &answer);
    }
    for _ in 0..300 {
        let answer = browser.get("/login/qq").await;
        browser.cookies.clear();
        if answer.status == 429 {
            check("too often", &answer);
            return check_for_a_year("too often", &answer);
        }
    }
    panic!("none was refused");
}

#[tokio::test]
async fn s80_the_policy_of_a_page_is_this_one_and_its_nonce_is_new_each_time() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let mut nonces = vec![];
    for _ in 0..2 {
        let page = browser.get("/login").await;
        let policy = page.header("content-security-policy");
        let (before, rest) = policy.split_once("'nonce-").expect("a nonce");
        let (nonce, after) = rest.split_once('\'').expect("its end");
        let qq = &site.qq_url;
        assert_eq!(
            format!("{before}'nonce'{after}"),
            format!(
                "default-src 'none'; script-src 'nonce' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'; \
                 style-src 'self'; img-src 'self'; form-action 'self' {qq}; base-uri 'none'; frame-ancestors 'none'"
            )
        );
        assert!(nonce.len() >= 22 && page.body.contains(&format!("nonce=\"{nonce}\"")), "{nonce}");
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces[0], nonces[1]);
}
