//! Every route, classified as read-only or changing. A route that is not listed here fails the tests.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::support::{Browser, TestSite};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

/// Routes that change nothing.
pub(crate) const READ_ONLY: [&str; 27] = [
    "/",
    "/account",
    "/account/data",
    "/account/delete",
    "/account/emails",
    "/account/export",
    "/account/qq",
    "/account/qq/link",
    "/account/sessions",
    "/account/username",
    "/api/check-username",
    "/api/session",
    "/avatar/{hash}",
    "/favicon.svg",
    "/healthz",
    "/icon.png",
    "/illustration.svg",
    "/login",
    "/login/qq",
    "/login/qq/callback",
    "/mail/{token}",
    "/manifest.webmanifest",
    "/pkg",
    "/privacy",
    "/readyz",
    "/register",
    "/robots.txt",
];

/// Routes that change something: POST only, from pages of this site only.
pub(crate) const CHANGING: [&str; 19] = [
    "/account/delete",
    "/account/emails",
    "/account/emails/primary",
    "/account/emails/remove",
    "/account/emails/verify",
    "/account/portrait",
    "/account/qq/add",
    "/account/qq/link",
    "/account/qq/unlink",
    "/account/renew",
    "/account/sessions/end",
    "/account/username",
    "/language",
    "/logout",
    "/mail/{token}",
    "/register",
    "/register/auto",
    "/register/link",
    "/theme",
];

/// The string literals after each of these prefixes.
fn literals_after(source: &'static str, prefixes: &[&str]) -> BTreeSet<&'static str> {
    let literals =
        |prefix: &&str| source.split(*prefix).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    prefixes.iter().flat_map(literals).collect()
}

#[test]
fn s74_every_route_is_classified() {
    let mut found =
        literals_after(include_str!("../web/routes.rs"), &[".route(\"", ".route_service(\"", ".nest_service(\""]);
    found.extend(literals_after(
        include_str!("../web/assets.rs"),
        &[".route(\"", ".route_service(\"", ".nest_service(\""],
    ));
    let (_, pages) = include_str!("../web/routes.rs").split_once("\npages! {\n").expect("the pages");
    found.extend(literals_after(pages.split_once("\n}\n").expect("their end").0, &["    \""]));
    found.insert(qq_login::config::Config::CALLBACK_PATH);
    let known: BTreeSet<&str> = READ_ONLY.into_iter().chain(CHANGING).collect();
    assert_eq!(found, known);
    assert!(
        include_str!("../web/routes.rs").contains("Config::CALLBACK_PATH, get(login::callback)"),
        "the only path that is not a literal"
    );
}

/// A GET server function changes nothing, a POST server function rejects other sites. A server function that is not
/// listed here fails the test.
#[tokio::test]
async fn s74_every_server_function_is_classified() {
    let known = [
        ("GET", "/api/check-username"),
        ("POST", "/account/delete"),
        ("POST", "/account/emails"),
        ("POST", "/account/emails/primary"),
        ("POST", "/account/emails/remove"),
        ("POST", "/account/emails/verify"),
        ("POST", "/account/portrait"),
        ("POST", "/account/qq/link"),
        ("POST", "/account/qq/unlink"),
        ("POST", "/account/renew"),
        ("POST", "/account/sessions/end"),
        ("POST", "/account/username"),
        ("POST", "/api/finish-login"),
        ("POST", "/logout"),
        ("POST", "/register"),
        ("POST", "/register/auto"),
        ("POST", "/register/link"),
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
    // Not mounted: the callback calls it directly.
    assert_eq!(browser.post("/api/finish-login", &[]).await.status, 404);
    for (method, path) in known.into_iter().filter(|(_, path)| *path != "/api/finish-login") {
        let other = if method == "GET" { Method::POST } else { Method::GET };
        let response = browser.send(browser.request(other, path)).await;
        // These forms have pages at the same path.
        let has_page = ["/register", "/account/delete", "/account/emails", "/account/username", "/account/qq/link"]
            .contains(&path);
        assert!(response.status == 405 || has_page, "{path} accepts one method only: {}", response.status);
        let request = browser.request(Method::from_bytes(method.as_bytes()).expect("a method"), path);
        let response = browser.send(request.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(response.status, if method == "GET" { 200 } else { 403 }, "{method} {path}");
    }
    assert!(browser.signed_in_as().await.is_some());
}

async fn send_cross_site(browser: &Browser, method: &str, path: &str) -> crate::support::Response {
    let path = path.replace("{hash}", &"0".repeat(64)).replace("/pkg", "/pkg/qq-login.js");
    let request = browser.request(Method::from_bytes(method.as_bytes()).expect("a method"), &path);
    // A cloned browser discards cookies of the response, so that every request comes from the same user.
    browser.clone().send(request.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example")).await
}

#[tokio::test]
async fn s74_s81_s82_s85_cross_site_requests_change_nothing_with_any_method() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let mut count = 0;
    for path in READ_ONLY.into_iter().chain(CHANGING).chain(["/nowhere", "/api/nothing", "/sandbox/faults"]) {
        for method in METHODS {
            let response = send_cross_site(&browser, method, path).await;
            let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
            let is_rejected = (403..=405).contains(&response.status);
            assert!(response.status < 500, "{method} {path}: {}", response.status);
            assert!(is_safe || is_rejected, "{method} {path}: {}", response.status);
            for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy"] {
                assert!(response.headers.contains_key(name), "{method} {path}: {name}");
            }
            for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
                assert_eq!(response.header(name), "same-origin", "{method} {path}: {name}");
            }
            assert!(
                !response.headers.keys().any(|name| name.as_str().starts_with("access-control-")),
                "{method} {path}"
            );
            count += 1;
        }
    }
    println!("{count} cross-site requests");
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
    for path in CHANGING.into_iter().filter(|path| !READ_ONLY.contains(path)) {
        assert_eq!(send_cross_site(&browser, "GET", path).await.status, 405, "{path}");
    }
}
