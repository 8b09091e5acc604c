//! Rate limits: 429 with `Retry-After`.

use reqwest::{Method, RequestBuilder};

use crate::routes::CHANGING;
use crate::support::{Browser, Response, TestSite, options};

/// More requests than any burst limit, with room for those allowed while the requests are sent.
const MANY: usize = 300;

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

fn expect_rate_limited(response: &Response, path: &str) {
    assert_eq!(response.status, 429, "{path}");
    assert!(response.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
    assert!(response.body.contains("Too many attempts") && response.body.contains("role=\"alert\""), "{path}");
    let referrer = if path.starts_with("/login/qq/callback") { "no-referrer" } else { "same-origin" };
    assert_eq!(response.header("referrer-policy"), referrer, "{path}");
    assert_eq!(response.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn s86_starts_are_limited_per_network() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "10")])).await;
    let mut early = site.browser();
    let callback = early.authorize_as("Ann", None).await;
    let response = request_until_rate_limited(&site, |browser, _| request(browser, "GET", "/login/qq")).await;
    expect_rate_limited(&response, "/login/qq");
    assert_eq!(early.get(&callback).await.location(), "/register", "what follows a start is not limited");
    assert_eq!(early.get("/api/check-username?username=ann").await.status, 200);
    assert_eq!(early.post("/register/auto", &[]).await.location(), "/account");
    assert_eq!(site.browser().get("/").await.status, 200, "other pages have no limit");
}

#[tokio::test]
async fn class_of_sixty_behind_one_address_gets_in_at_once() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let newcomers = (0..60).map(|number| {
        let mut browser = site.browser();
        tokio::spawn(async move {
            let name = format!("pupil-{number}");
            let callback = browser.authorize_as(&name, None).await;
            assert_eq!(browser.get(&callback).await.location(), "/register", "{name}");
            for typed in ["pupil-", &name] {
                let checked = browser.get(&format!("/api/check-username?username={typed}")).await;
                assert_eq!(checked.status, 200, "{name}: {}", checked.body);
            }
            let form = [("username", name.as_str()), ("email", "pupil@example.com")];
            assert_eq!(browser.post("/register", &form).await.location(), "/account", "{name}");
        })
    });
    for newcomer in newcomers.collect::<Vec<_>>() {
        newcomer.await.expect("a new user");
    }
    assert_eq!(site.count("users").await, 60);
}

#[tokio::test]
async fn s86_callback_is_limited_by_its_attempt() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let (mut one, mut other) = (site.browser(), site.browser());
    let callbacks = [one.authorize_as("Ann", None).await, other.authorize_as("Bob", None).await];
    expect_rate_limited(&one.request_until_rate_limited(&callbacks[0], &[]).await, &callbacks[0]);
    assert_eq!(other.get(&callbacks[1]).await.location(), "/register");
}

/// Every form that changes something, except those that cost nothing, and the routes that read much.
#[tokio::test]
async fn s86_every_expensive_route_is_limited_by_the_user() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let free = ["/language", "/logout", "/theme"];
    let (registering, of_account): (Vec<&str>, Vec<&str>) =
        CHANGING.into_iter().filter(|path| !free.contains(path)).partition(|path| path.starts_with("/register"));
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let mut accepted = 0;
    for path in registering {
        accepted +=
            accepted_until_user_is_limited(&mut pending, ("/register", &[("username", "no name!")]), path).await;
    }
    let mut user = site.browser();
    user.register_new_user().await;
    for path in of_account {
        accepted_until_user_is_limited(&mut user, ("/account/export", &[]), path).await;
    }
    assert!(site.count("users").await <= 1 + i64::from(accepted > 0), "rejected requests change nothing");
}

/// Uses up the user's requests with those of `other`, and posts to `path`. Since a request is given back every second, that
/// may be accepted: then tries again. Returns how often it was accepted.
async fn accepted_until_user_is_limited(browser: &mut Browser, other: (&str, &[(&str, &str)]), path: &str) -> usize {
    for accepted in 0..20 {
        browser.request_until_rate_limited(other.0, other.1).await;
        let response = browser.post(path, &[]).await;
        if response.status == 429 {
            expect_rate_limited(&response, path);
            return accepted;
        }
    }
    panic!("{path} is not limited");
}

#[tokio::test]
async fn s86_forged_x_forwarded_for_does_not_evade_the_limit() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let forged = |browser: &Browser, number| {
        request(browser, "GET", "/login/qq").header("x-forwarded-for", format!("192.0.2.{}", number % 250))
    };
    request_until_rate_limited(&site, forged).await;

    let site = TestSite::start_with(options([("RATE_LIMIT", "120"), ("TRUSTED_PROXIES", "1")])).await;
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
async fn s86_user_limit_leaves_other_users_of_the_network_alone() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
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
    let site = TestSite::start_with(options([("RATE_LIMIT", "120"), ("TRUSTED_PROXIES", "1")])).await;
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
