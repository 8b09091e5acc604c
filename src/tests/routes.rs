//! Every address there is, with a verdict: a new one that nobody has thought about fails these tests.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::support::{Browser, TestSite};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

/// Addresses that are only looked at: whoever asks, whatever else they send, nothing changes.
const LOOKED_AT: [&str; 17] = [
    "/",
    "/account",
    "/account/delete",
    "/account/export",
    "/account/sessions",
    "/api/check-username",
    "/avatar/{hash}",
    "/favicon.svg",
    "/healthz",
    "/login",
    "/login/qq",
    "/login/qq/callback",
    "/pkg",
    "/privacy",
    "/readyz",
    "/register",
    "/robots.txt",
];

/// Addresses that change something, by POST alone and for pages of this site alone.
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

/// What stands between quotation marks behind each of these words.
fn quoted(source: &'static str, words: &[&str]) -> BTreeSet<&'static str> {
    let behind =
        |word: &&str| source.split(*word).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    words.iter().flat_map(behind).collect()
}

#[test]
fn s74_every_route_has_a_verdict() {
    let mut found = quoted(include_str!("../web/routes.rs"), &[".route(\"", ".route_service(\"", ".nest_service(\""]);
    found.extend(quoted(include_str!("../web/assets.rs"), &[".route(\"", ".route_service(\"", ".nest_service(\""]));
    let (_, pages) = include_str!("../web/routes.rs").split_once("\npages! {\n").expect("the pages");
    found.extend(quoted(pages.split_once("\n}\n").expect("their end").0, &["    \""]));
    found.insert(qq_login::config::Config::CALLBACK_PATH);
    let known: BTreeSet<&str> = LOOKED_AT.into_iter().chain(CHANGING).collect();
    assert_eq!(found, known);
    let other_ways = ["get(login::callback)"].map(|way| include_str!("../web/routes.rs").contains(way));
    assert_eq!(other_ways, [true], "the route that is not written as text is still this one");
}

/// Every server function there is, with the verdict on it: a GET changes nothing, a POST is refused
/// to other sites. One that is not in this list fails the test.
#[tokio::test]
async fn s74_every_server_function_has_a_verdict() {
    let known = [
        ("GET", "/api/check-username"),
        ("POST", "/account/delete"),
        ("POST", "/account/portrait"),
        ("POST", "/account/renew"),
        ("POST", "/account/sessions/end"),
        ("POST", "/api/finish-login"),
        ("POST", "/logout"),
        ("POST", "/register"),
        ("POST", "/register/auto"),
    ];
    let mut found: Vec<(String, String)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method.to_string(), path.to_owned()))
        .collect();
    found.sort();
    let found: Vec<(&str, &str)> = found.iter().map(|(method, path)| (method.as_str(), path.as_str())).collect();
    assert_eq!(found, known);
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    // This one has no address: the callback calls it.
    assert_eq!(browser.post("/api/finish-login", &[]).await.status, 404);
    for (method, path) in known.into_iter().filter(|(_, path)| *path != "/api/finish-login") {
        let other = if method == "GET" { Method::POST } else { Method::GET };
        let answer = browser.send(browser.request(other, path)).await;
        // Two pages stand at the addresses of their forms.
        let has_page = ["/register", "/account/delete"].contains(&path);
        assert!(answer.status == 405 || has_page, "{path} answers one method alone: {}", answer.status);
        let request = browser.request(Method::from_bytes(method.as_bytes()).expect("a method"), path);
        let answer = browser.send(request.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(answer.status, if method == "GET" { 200 } else { 403 }, "{method} {path}");
    }
    assert!(browser.signed_in_as().await.is_some());
}

async fn ask(browser: &Browser, method: &str, path: &str) -> crate::support::Response {
    let path = path.replace("{hash}", &"0".repeat(64)).replace("/pkg", "/pkg/qq-login.js");
    let request = browser.request(Method::from_bytes(method.as_bytes()).expect("a method"), &path);
    // The copy forgets the cookies that come back: every request comes from the same person.
    browser.clone().send(request.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example")).await
}

#[tokio::test]
async fn s74_s81_s82_s85_no_method_of_another_site_changes_anything_anywhere() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let mut asked = 0;
    for path in LOOKED_AT.into_iter().chain(CHANGING).chain(["/nowhere", "/api/nothing", "/sandbox/faults"]) {
        for method in METHODS {
            let answer = ask(&browser, method, path).await;
            let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
            let refused = (403..=405).contains(&answer.status);
            assert!(answer.status < 500, "{method} {path}: {}", answer.status);
            assert!(is_safe || refused, "{method} {path}: {}", answer.status);
            for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy"] {
                assert!(answer.headers.contains_key(name), "{method} {path}: {name}");
            }
            for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
                assert_eq!(answer.header(name), "same-origin", "{method} {path}: {name}");
            }
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{method} {path}");
            asked += 1;
        }
    }
    println!("{asked} requests of another site");
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
    for path in CHANGING.into_iter().filter(|path| !LOOKED_AT.contains(path)) {
        assert_eq!(ask(&browser, "GET", path).await.status, 405, "{path}");
    }
}
