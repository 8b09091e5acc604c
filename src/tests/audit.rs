//! The trail of what matters to security.

use std::sync::Arc;

use qq_login::random::{self, Random};
use serde_json::Value;

use crate::support::{Log, TestSite, options};

/// The events of the trail, with what they say.
fn events(log: &Log) -> Vec<Value> {
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    lines.into_iter().filter(|line| line["target"] == "audit").collect()
}

fn names(log: &Log) -> Vec<String> {
    events(log).iter().map(|event| event["event"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn s92_every_event_is_written_once_with_who_and_from_where() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _listening = log.capture();
    let mut browser = site.browser();
    browser.register("Nickname Canary", "ann", "canary@example.com").await;
    site.advance_clock(95);
    browser.get("/account").await;
    browser.post("/logout", &[]).await;
    let callback = browser.authorize_as("Nickname Canary", None).await;
    site.set_qq_fault("token", "code_unknown", 1).await;
    browser.get(&callback).await;
    assert_eq!(
        names(&log),
        [
            "sign_in_started",
            "registered",
            "signed_in",
            "token_renewed",
            "signed_out",
            "sign_in_started",
            "sign_in_failed"
        ]
    );
    let trail = events(&log);
    for event in &trail {
        let span = &event["spans"][0];
        assert_eq!(span["id"].as_str().map(str::len), Some(16), "{event}");
        assert_eq!(span["network"], "127.0.0.0/24", "{event}");
        assert!(event["timestamp"].as_str().is_some_and(|moment| moment.ends_with('Z')), "UTC: {event}");
    }
    for event in &trail[1..5] {
        assert_eq!(event["user_id"], 1, "{event}");
    }
    assert_eq!(trail[6]["reason"], "denied");
    for personal in ["Canary", "canary", "ann"] {
        assert!(!trail.iter().any(|event| event.to_string().contains(personal)), "{personal}");
    }
}

#[tokio::test]
async fn s92_refusals_are_written_too() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let log = Log::default();
    let _listening = log.capture();
    let cross_site = browser.request(reqwest::Method::POST, "/logout").header("sec-fetch-site", "cross-site");
    browser.send(cross_site).await;
    site.advance_clock(61);
    site.revoke_authorization(&username).await;
    browser.post("/account/portrait", &[]).await;
    browser.sign_in("Somebody else").await;
    site.browser().request_until_rate_limited("/login/qq", &[]).await;
    let mut names = names(&log);
    names.retain(|name| name != "sign_in_started");
    assert_eq!(names, ["cross_site_blocked", "token_refused", "person_replaced", "rate_limited"]);
}

#[tokio::test]
async fn s28_s92_a_token_of_another_app_signs_nobody_in_and_is_written_down() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _listening = log.capture();
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("me", "wrong_client", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=denied");
    assert_eq!((browser.session_id(), site.count("sessions").await, site.count("users").await), (None, 0, 0));
    assert_eq!(names(&log), ["sign_in_started", "sign_in_failed"]);
    assert_eq!(events(&log)[1]["reason"], "denied");
}

#[tokio::test]
async fn s93_a_nickname_forges_no_line() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _listening = log.capture();
    let mut browser = site.browser();
    let name = "x\n{\"target\":\"audit\",\"event\":\"signed_in\",\"user_id\":7}\n\u{1b}[31m";
    assert_eq!(browser.sign_in(name).await.location(), "/register");
    browser.get("/login?error=%0a%7b%22event%22%3a%22signed_in%22%7d").await;
    browser.get("/%0a%7b%22event%22%3a%22signed_in%22%7d").await;
    assert_eq!(names(&log), ["sign_in_started"]);
    assert!(!log.text().contains('\u{1b}'));
}

#[tokio::test]
async fn s89_a_request_has_a_name_that_it_does_not_choose() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let request = browser.request(reqwest::Method::GET, "/").header("x-request-id", "canary");
    let first = browser.send(request).await.header("x-request-id").to_owned();
    let second = browser.get("/favicon.svg").await.header("x-request-id").to_owned();
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn s89_a_panic_ends_one_request_with_a_page_that_names_it() {
    const STATE_BYTES: usize = 24;
    let random: Random = Arc::new(|buffer: &mut [u8]| {
        assert!(buffer.len() != STATE_BYTES, "canary: a panic on purpose");
        random::system()(buffer)
    });
    let site = TestSite::start_with_random(vec![], random).await;
    let mut browser = site.browser();
    for _ in 0..3 {
        let answer = browser.get("/login/qq").await;
        let id = answer.header("x-request-id").to_owned();
        assert_eq!((answer.status, id.len()), (500, 16));
        assert!(answer.body.contains(&id) && answer.body.contains("role=\"alert\""));
        assert!(!answer.body.contains("canary"));
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(browser.get("/login").await.status, 200, "the next request works");
    }
}
