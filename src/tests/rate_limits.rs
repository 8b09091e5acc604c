//! Asking too often: 429, and when to come again.

use reqwest::{Method, RequestBuilder};

use crate::support::{Browser, Response, TestSite, options};

/// More requests than any limit lets through at once. What it lets through while they are sent does
/// not save a request that has to be refused: each is one of many.
const MANY: usize = 300;

/// Every address that a network is counted at.
const COUNTED: [(&str, &str); 10] = [
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

/// Sends what `next` gives until it is refused.
async fn request_until_rate_limited(site: &TestSite, next: impl Fn(&Browser, usize) -> RequestBuilder) -> Response {
    for number in 0..MANY {
        let mut browser = site.browser();
        let request = next(&browser, number);
        let answer = browser.send(request).await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("{MANY} requests, and none was refused");
}

#[tokio::test]
async fn s86_a_network_that_asks_too_often_is_told_to_wait_at_every_address_that_costs() {
    let handlers = [
        include_str!("../web/routes/account.rs"),
        include_str!("../web/routes/export.rs"),
        include_str!("../web/routes/login.rs"),
        include_str!("../web/routes/register.rs"),
    ];
    let counted: usize = handlers.iter().map(|handlers| handlers.matches("request.limit_network()?;").count()).sum();
    assert_eq!(counted, COUNTED.len(), "each of them is tried here");
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    request_until_rate_limited(&site, |browser, _| request(browser, "GET", "/login/qq")).await;
    for (method, path) in COUNTED {
        let answer = request_until_rate_limited(&site, |browser, _| request(browser, method, path)).await;
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
        assert!(answer.body.contains("Too many attempts") && answer.body.contains("role=\"alert\""), "{path}");
        let referrer = if path.starts_with("/login/qq/callback") { "no-referrer" } else { "same-origin" };
        assert_eq!(answer.header("referrer-policy"), referrer, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(site.browser().get("/").await.status, 200, "pages that cost nothing stay open");
}

#[tokio::test]
async fn s86_what_a_sender_writes_into_x_forwarded_for_helps_nobody() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let forged = |browser: &Browser, number| {
        request(browser, "GET", "/login/qq").header("x-forwarded-for", format!("192.0.2.{}", number % 250))
    };
    request_until_rate_limited(&site, forged).await;

    let site = TestSite::start_with(options([("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "1")])).await;
    let through_a_proxy = |browser: &Browser, number| {
        let entries = format!("192.0.2.{}, 198.51.100.1", number % 250);
        request(browser, "GET", "/login/qq").header("x-forwarded-for", entries)
    };
    request_until_rate_limited(&site, through_a_proxy).await;
    let mut neighbour = site.browser();
    let entries = "192.0.2.1, 198.51.100.2";
    let answer = neighbour.send(request(&neighbour, "GET", "/login/qq").header("x-forwarded-for", entries)).await;
    assert_eq!(answer.status, 303, "the proxy saw another one");
}

#[tokio::test]
async fn s86_one_person_is_held_up_before_the_whole_network_is() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let form = [("username", "no name!"), ("email", "none")];
    let mut refused = 0;
    while pending.post("/register", &form).await.status == 200 {
        refused += 1;
    }
    assert!((30..40).contains(&refused), "{refused}");
    let answer = pending.post("/register", &form).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    assert!(answer.body.contains("Too many attempts") && answer.header("cache-control") == "no-store");
    assert_eq!(pending.get("/api/check-username?username=tom").await.status, 429);
    assert_eq!(pending.post("/register/auto", &[]).await.status, 429);
    let mut bob = site.browser();
    assert_eq!(bob.sign_in("Bob").await.location(), "/register", "a neighbour gets in");
    assert_eq!(bob.post("/register/auto", &[]).await.location(), "/account");
}

#[tokio::test]
async fn s86_s88_about_one_name_people_are_counted_together() {
    // Each request comes from a network of its own, so that none is counted for its network.
    let site = TestSite::start_with(options([("RATE_LIMIT", "on"), ("TRUSTED_PROXIES", "1")])).await;
    let ask = |browser: &Browser, name: &str, number: usize| {
        let path = format!("/api/check-username?username={name}");
        let network = format!("10.0.{}.{}", number / 250, number % 250);
        request(browser, "GET", &path).header("x-forwarded-for", network)
    };
    // Fewer than one person is let through at once.
    const EACH: usize = 20;
    const PEOPLE: usize = 40;
    for (person, form) in ["tom_1", "TOM_1", "ｔｏｍ_1", "Tom_1", "tom_l"].iter().cycle().take(PEOPLE).enumerate() {
        let mut browser = site.browser();
        browser.sign_in(&format!("person-{person}")).await;
        for number in 0..EACH {
            let asking = ask(&browser, form, person * EACH + number);
            if browser.send(asking).await.status == 429 {
                assert!(person >= 2, "the limit of a name is not that of a person");
                let about_another = ask(&browser, "bob_1", person * EACH + number);
                assert_eq!(browser.send(about_another).await.status, 200, "it is the name that is counted");
                return;
            }
        }
    }
    panic!("{PEOPLE} people asked for one name, and none was held up");
}
