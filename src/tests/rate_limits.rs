//! Rate limits: 429 with `Retry-After`.

use reqwest::{Method, RequestBuilder};

use crate::support::{Browser, Response, TestSite, options};

/// More requests than any burst limit, with room for those allowed while the requests are sent.
const MANY: usize = 300;

/// Every route with a network limit.
const LIMITED_ROUTES: [(&str, &str); 10] = [
    ("GET", "/login/qq"),
    ("GET", "/login/qq/callback?code=x&state=y"),
    ("POST", "/register"),
    ("POST", "/register/auto"),
    ("POST", "/account/renew"),
    ("POST", "/account/portrait"),
    ("POST", "/account/sessions/end"),
    ("POST", "/account/delete"),
    ("GET", "/account/export"),
    ("GET", "/api/check-username?username=tom"),
];

fn request(browser: &Browser, method: &str, path: &str) -> RequestBuilder {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    browser.request(method, path).header("content-type", "application/x-www-form-urlencoded")
}

/// Sends the requests of `next` until one is rejected.
async fn request_until_rate_limited(site: &TestSite, next: impl Fn(&Browser, usize) -> RequestBuilder) -> Response {
    for number in 0..MANY {
        let mut browser = site.browser();
        let request = next(&browser, number);
        let response = browser.send(request).await;
        if response.status == 429 {
            return response;
        }
    }
    panic!("none of {MANY} requests was rejected");
}

#[tokio::test]
async fn s86_network_limit_applies_to_every_expensive_route() {
    let handlers = [
        include_str!("../web/routes/account.rs"),
        include_str!("../web/routes/export.rs"),
        include_str!("../web/routes/login.rs"),
        include_str!("../web/routes/register.rs"),
    ];
    let counted: usize = handlers.iter().map(|handlers| handlers.matches("request.limit_network()?;").count()).sum();
    assert_eq!(counted, LIMITED_ROUTES.len(), "LIMITED_ROUTES must list each of them");
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    request_until_rate_limited(&site, |browser, _| request(browser, "GET", "/login/qq")).await;
    for (method, path) in LIMITED_ROUTES {
        let response = request_until_rate_limited(&site, |browser, _| request(browser, method, path)).await;
        assert!(response.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
        assert!(response.body.contains("Too many attempts") && response.body.contains("role=\"alert\""), "{path}");
        let referrer = if path.starts_with("/login/qq/callback") { "no-referrer" } else { "same-origin" };
        assert_eq!(response.header("referrer-policy"), referrer, "{path}");
        assert_eq!(response.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(site.browser().get("/").await.status, 200, "other pages have no limit");
}

#[tokio::test]
async fn s86_forged_x_forwarded_for_does_not_evade_the_limit() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let forged = |browser: &Browser, number| {
        request(browser, "GET", "/login/qq").header("x-forwarded-for", format!("192.0.2.{}", number % 250))
    };
    request_until_rate_limited(&site, forged).await;

    let site = TestSite::start_with(options([("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "1")])).await;
    let behind_proxy = |browser: &Browser, number| {
        let entries = format!("192.0.2.{}, 198.51.100.1", number % 250);
        request(browser, "GET", "/login/qq").header("x-forwarded-for", entries)
    };
    request_until_rate_limited(&site, behind_proxy).await;
    let mut neighbour = site.browser();
    let entries = "192.0.2.1, 198.51.100.2";
    let response = neighbour.send(request(&neighbour, "GET", "/login/qq").header("x-forwarded-for", entries)).await;
    assert_eq!(response.status, 303, "the proxy reported another address");
}

#[tokio::test]
async fn s86_user_limit_applies_before_the_network_limit() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let form = [("username", "no name!"), ("email", "none")];
    let mut accepted = 0;
    while pending.post("/register", &form).await.status == 200 {
        accepted += 1;
    }
    assert!((30..40).contains(&accepted), "{accepted}");
    let response = pending.post("/register", &form).await;
    assert_eq!(response.status, 429);
    assert!(response.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    assert!(response.body.contains("Too many attempts") && response.header("cache-control") == "no-store");
    assert_eq!(pending.get("/api/check-username?username=tom").await.status, 429);
    assert_eq!(pending.post("/register/auto", &[]).await.status, 429);
    let mut bob = site.browser();
    assert_eq!(bob.sign_in("Bob").await.location(), "/register", "another user of the network can sign in");
    assert_eq!(bob.post("/register/auto", &[]).await.location(), "/account");
}

#[tokio::test]
async fn s86_s88_username_limit_is_shared_by_all_users() {
    // Each request comes from a different network, so that the network limit does not apply.
    let site = TestSite::start_with(options([("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "1")])).await;
    let check_name = |browser: &Browser, name: &str, number: usize| {
        let path = format!("/api/check-username?username={name}");
        let network = format!("10.0.{}.{}", number / 250, number % 250);
        request(browser, "GET", &path).header("x-forwarded-for", network)
    };
    // Below the burst limit of one user.
    const EACH: usize = 20;
    const USERS: usize = 40;
    for (user, form) in ["tom_1", "TOM_1", "ｔｏｍ_1", "Tom_1", "tom_l"].iter().cycle().take(USERS).enumerate() {
        let mut browser = site.browser();
        browser.sign_in(&format!("user-{user}")).await;
        for number in 0..EACH {
            let request = check_name(&browser, form, user * EACH + number);
            if browser.send(request).await.status == 429 {
                assert!(user >= 2, "the limit of a name is not that of a user");
                let other_name = check_name(&browser, "bob_1", user * EACH + number);
                assert_eq!(browser.send(other_name).await.status, 200, "the limit applies to the name");
                return;
            }
        }
    }
    panic!("{USERS} users checked one name without reaching its limit");
}
