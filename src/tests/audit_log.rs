//! The audit log, and what the log must not contain.

use serde_json::Value;

use crate::support::{Log, TestSite, options};

/// Audit events in the log.
fn events(log: &Log) -> Vec<Value> {
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    lines.into_iter().filter(|line| line["target"] == "audit").collect()
}

fn event_names(log: &Log) -> Vec<String> {
    events(log).iter().map(|event| event["event"].as_str().expect("an event name").to_owned()).collect()
}

#[tokio::test]
async fn s92_each_event_is_logged_once_with_user_id_and_network() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    browser.register("Nickname Canary", "ann", "canary@example.com").await;
    site.advance_clock(95);
    browser.get("/account").await;
    browser.post("/logout", &[]).await;
    let callback = browser.authorize_as("Nickname Canary", None).await;
    site.set_qq_fault("token", "code_unknown", 1).await;
    browser.get(&callback).await;
    assert_eq!(
        event_names(&log),
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
    let events = events(&log);
    for event in &events {
        let span = &event["spans"][0];
        assert_eq!(span["id"].as_str().map(str::len), Some(16), "{event}");
        assert_eq!(span["network"], "127.0.0.0/24", "{event}");
        assert!(event["timestamp"].as_str().is_some_and(|timestamp| timestamp.ends_with('Z')), "UTC: {event}");
    }
    for event in &events[1..5] {
        assert_eq!(event["user_id"], 1, "{event}");
    }
    assert_eq!(events[6]["reason"], "denied");
    for personal_data in ["Canary", "canary", "ann"] {
        assert!(!events.iter().any(|event| event.to_string().contains(personal_data)), "{personal_data}");
    }
}

#[tokio::test]
async fn s92_rejections_are_logged() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let log = Log::default();
    let _capture = log.capture();
    let cross_site = browser.request(reqwest::Method::POST, "/logout").header("sec-fetch-site", "cross-site");
    browser.send(cross_site).await;
    site.advance_clock(61);
    site.revoke_authorization(&username).await;
    browser.post("/account/portrait", &[]).await;
    browser.sign_in("Other user").await;
    site.browser().request_until_rate_limited("/login/qq", &[]).await;
    let mut names = event_names(&log);
    names.retain(|name| name != "sign_in_started");
    assert_eq!(names, ["cross_site_blocked", "token_refused", "person_replaced", "rate_limited"]);
}

#[tokio::test]
async fn s28_s92_token_of_another_app_is_rejected_and_logged() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("me", "wrong_client", 1).await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=denied");
    assert_eq!((browser.session_id(), site.count("sessions").await, site.count("users").await), (None, 0, 0));
    assert_eq!(event_names(&log), ["sign_in_started", "sign_in_failed"]);
    assert_eq!(events(&log)[1]["reason"], "denied");
}

#[tokio::test]
async fn s93_nickname_cannot_forge_log_lines() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    let name = "x\n{\"target\":\"audit\",\"event\":\"signed_in\",\"user_id\":7}\n\u{1b}[31m";
    assert_eq!(browser.sign_in(name).await.location(), "/register");
    browser.get("/login?error=%0a%7b%22event%22%3a%22signed_in%22%7d").await;
    browser.get("/%0a%7b%22event%22%3a%22signed_in%22%7d").await;
    assert_eq!(event_names(&log), ["sign_in_started"]);
    assert!(!log.text().contains('\u{1b}'));
}

#[tokio::test]
async fn s33_s69_most_verbose_log_contains_no_secrets() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    browser.get(&callback).await;
    browser.post("/register", &[("username", "ann"), ("email", "canary@example.com")]).await;
    site.advance_clock(95);
    browser.get("/account").await;
    browser.post("/account/portrait", &[]).await;
    site.set_qq_fault("token", "wrong_key", 1).await;
    site.advance_clock(95);
    browser.get("/account").await;
    let log_text = log.text();
    assert!(log_text.contains("sign_in_started") && log_text.contains("\"level\":\"DEBUG\""), "something is logged");
    for library in ["h2", "hyper", "reqwest", "rustls", "sqlx", "tower_sessions"] {
        let lines = log_text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON object"));
        let mut library_lines =
            lines.filter(|line| line["target"].as_str().is_some_and(|target| target.starts_with(library)));
        let verbose_line = library_lines.find(|line| ["TRACE", "DEBUG"].iter().any(|level| line["level"] == *level));
        assert_eq!(verbose_line, None, "{library} logs nothing below INFO");
    }
    // QQ's codes, tokens and openids are 32 upper-case hexadecimal digits.
    let is_secret =
        |word: &&str| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    let words = log_text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_secret).count();
    assert_eq!(words, 0, "no QQ code, token or openid");
    for secret in ["canary-app-key", "canary@example.com", browser.session_id().expect("a session")] {
        assert!(!log_text.contains(secret), "{secret}");
    }
}
