//! Failures between the site and QQ: every fault of the sandbox, wrong credentials, no connection.

use qq_login::doctor::CheckName::{App, Callback, Clock, DnsAndTls, Identity, Profile, Renewal};
use qq_login::doctor::Status::{Error, Ok, Warning};
use qq_login::doctor::{CheckName, Status};

use super::{check, has_nothing_to_fix, result, run};
use crate::support::{TestSite, http_client};

/// A fault, and the check, status, return code and words that report it.
type Case = (&'static str, CheckName, Status, Option<i64>, &'static str);

const AUTHORIZE: [Case; 13] = [
    ("http_500", Callback, Error, None, "HTTP status 500"),
    ("html", Callback, Error, None, "shows a web page"),
    ("empty", Callback, Error, None, "the body is empty"),
    ("truncated", Callback, Error, None, "the body is truncated"),
    ("bad_charset", Callback, Error, None, "the body is not UTF-8"),
    ("huge", Callback, Error, None, "the body is too large"),
    ("slow", Callback, Error, None, "the request timed out"),
    ("drip", Callback, Error, None, "the request timed out"),
    ("drop", Callback, Error, None, "connection lost"),
    ("redirect", Callback, Error, None, "neither to its login page nor to the callback"),
    ("drop_state", Callback, Error, None, "without the state"),
    ("cancel", Callback, Error, None, "nobody cancelled"),
    ("app_unapproved", Callback, Error, Some(110_406), "应用状态"),
];

const TOKEN: [Case; 20] = [
    ("http_500", App, Error, None, "HTTP status 500"),
    ("html", App, Error, None, "a web page instead of data"),
    ("empty", App, Error, None, "the body is empty"),
    ("truncated", App, Error, None, "the body is truncated"),
    ("bad_charset", App, Error, None, "the body is not UTF-8"),
    ("huge", App, Error, None, "the body is too large"),
    ("slow", App, Error, None, "the request timed out"),
    ("drip", App, Error, None, "the request timed out"),
    ("drop", App, Error, None, "connection lost"),
    ("redirect", App, Error, None, "a redirect (HTTP status 302)"),
    ("code_reused", App, Error, Some(100_020), "already been used"),
    ("code_expired", App, Error, Some(100_019), "could not be exchanged"),
    ("code_unknown", App, Error, Some(100_019), "could not be exchanged"),
    ("wrong_key", App, Error, Some(100_009), "QQ_APP_KEY"),
    ("redirect_illegal", Callback, Error, Some(100_010), "网站回调域"),
    ("app_offline", App, Error, Some(100_011), "应用状态"),
    ("refresh_used", App, Error, Some(100_021), "a refresh token works only once"),
    ("expires_number", App, Ok, None, "issued a token"),
    ("no_refresh", Renewal, Warning, None, "no refresh token"),
    ("jsonp_tight", App, Ok, None, "issued a token"),
];

const ME: [Case; 16] = [
    ("http_500", Identity, Warning, None, "second attempt; the first one failed: QQ returned HTTP status 500"),
    ("html", Identity, Error, None, "a web page instead of data"),
    ("empty", Identity, Error, None, "the body is empty"),
    ("truncated", Identity, Error, None, "the body is truncated"),
    ("bad_charset", Identity, Error, None, "the body is not UTF-8"),
    ("huge", Identity, Error, None, "the body is too large"),
    ("slow", Identity, Error, None, "the request timed out"),
    ("drip", Identity, Error, None, "the request timed out"),
    ("drop", Identity, Warning, None, "second attempt; the first one failed: connection lost"),
    ("redirect", Identity, Error, None, "a redirect (HTTP status 302)"),
    ("wrong_client", Identity, Error, None, "belongs to another app"),
    ("no_openid", Identity, Error, None, "openid is missing"),
    ("token_illegal", Identity, Error, Some(100_013), "no longer valid"),
    ("token_check_failed", Identity, Error, Some(100_016), "failed verification"),
    ("unionid_denied", Identity, Warning, Some(100_048), "QQ_UNIONID"),
    ("jsonp_tight", Identity, Ok, None, "answered as documented"),
];

const USER_INFO: [Case; 15] = [
    ("http_500", Profile, Warning, None, "second attempt; the first one failed: QQ returned HTTP status 500"),
    ("html", Profile, Error, None, "a web page instead of data"),
    ("empty", Profile, Error, None, "the body is empty"),
    ("truncated", Profile, Error, None, "the body is truncated"),
    ("bad_charset", Profile, Ok, None, "answered as documented"),
    ("huge", Profile, Error, None, "the body is too large"),
    ("slow", Profile, Error, None, "the request timed out"),
    ("drip", Profile, Error, None, "the request timed out"),
    ("drop", Profile, Warning, None, "second attempt; the first one failed: connection lost"),
    ("redirect", Profile, Error, None, "a redirect (HTTP status 302)"),
    ("not_logged_in", Profile, Error, Some(1002), "has expired"),
    ("openid_invalid", Profile, Error, Some(-22), "openid is invalid"),
    ("api_denied", Profile, Error, Some(100_030), "QQ_SCOPE"),
    ("avatar_missing", Profile, Warning, None, "no avatar"),
    ("is_lost", Profile, Warning, None, "incomplete"),
];

const AVATAR: [Case; 10] = [
    ("http_500", Profile, Warning, None, "HTTP status 500"),
    ("html", Profile, Warning, None, "not a readable image"),
    ("empty", Profile, Warning, None, "not a readable image"),
    ("truncated", Profile, Warning, None, "not a readable image"),
    ("bad_charset", Profile, Warning, None, "not a readable image"),
    ("huge", Profile, Warning, None, "too large"),
    ("slow", Profile, Warning, None, "the download timed out"),
    ("drip", Profile, Warning, None, "the download timed out"),
    ("drop", Profile, Warning, None, "the download failed"),
    ("redirect", Profile, Warning, None, "HTTP status 302"),
];

/// Sets each fault once and compares the report. The cases must cover all faults of the endpoint.
async fn check_faults(endpoint: &str, cases: &[Case]) {
    let site = TestSite::start().await;
    let names: Vec<&str> = cases.iter().map(|(fault, ..)| *fault).collect();
    assert_eq!(
        sorted(&names),
        sorted(&known_faults(&site, endpoint).await.iter().map(String::as_str).collect::<Vec<_>>())
    );
    for (fault, name, status, code, words) in cases {
        site.set_qq_fault(endpoint, fault, 1).await;
        let timeout_ms = if matches!(*fault, "slow" | "drip") { "300" } else { "5000" };
        let report = run(&site, &[("QQ_TIMEOUT_MS", timeout_ms), ("QQ_UNIONID", "on")]).await;
        let (actual, text) = result(&report, *name);
        let actual = (actual, check(&report, *name).code, report.ok);
        assert_eq!(actual, (*status, *code, *status != Error), "{endpoint} {fault}: {}", report.to_text());
        assert!(text.contains(words), "{endpoint} {fault}: {text}");
        assert!(report.checks.iter().filter(|check| !check.ok).count() <= 1, "{fault}: {}", report.to_text());
        assert_eq!(result(&report, DnsAndTls).0, Ok, "{endpoint} {fault}");
    }
}

/// Returns the faults of an endpoint, as the sandbox lists them in answer to an unknown one.
async fn known_faults(site: &TestSite, endpoint: &str) -> Vec<String> {
    let request = http_client().put(format!("{}/sandbox/faults/{endpoint}", site.qq_url)).body(r#"{"fault": "?"}"#);
    let answer = request.send().await.expect("an answer").text().await.expect("a body");
    let (_, list) = answer.split_once("expected one of ").expect("a list");
    list.split(',').map(|name| name.trim_matches([' ', '"', '}', '\n']).to_owned()).collect()
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn authorize_faults_are_reported() {
    check_faults("authorize", &AUTHORIZE).await;
}

#[tokio::test]
async fn token_faults_are_reported() {
    check_faults("token", &TOKEN).await;
}

#[tokio::test]
async fn me_faults_are_reported() {
    check_faults("me", &ME).await;
}

#[tokio::test]
async fn get_user_info_faults_are_reported() {
    check_faults("get_user_info", &USER_INFO).await;
}

#[tokio::test]
async fn avatar_faults_are_reported() {
    check_faults("avatar", &AVATAR).await;
}

#[tokio::test]
async fn failing_second_attempt_is_an_error() {
    let site = TestSite::start().await;
    for (endpoint, name) in [("me", Identity), ("get_user_info", Profile)] {
        site.set_qq_fault(endpoint, "http_500", 2).await;
        let (status, text) = result(&run(&site, &[]).await, name);
        assert!(status == Error && text.contains("HTTP status 500"), "{text}");
    }
}

#[tokio::test]
async fn wrong_app_id_key_and_callback_are_distinguished() {
    let site = TestSite::start().await;
    for (change, expected) in [
        (("QQ_APP_ID", "100000002"), [(App, Error, Some(100_008)), (Callback, Error, Some(100_008))]),
        (("QQ_APP_KEY", "wrong-canary"), [(App, Error, Some(100_009)), (Callback, Ok, None)]),
        (("PUBLIC_URL", "http://localhost:1"), [(App, Warning, None), (Callback, Error, Some(100_010))]),
    ] {
        let report = run(&site, &[change]).await;
        for (name, status, code) in expected {
            let actual = (check(&report, name).status, check(&report, name).code);
            assert_eq!(actual, (status, code), "{change:?}: {}", report.to_text());
        }
        let skipped = check(&report, Renewal);
        assert!(skipped.status == Warning && skipped.detail == "not checked: the test sign-in failed");
        assert!(!report.ok);
    }
    let report = run(&site, &[("PUBLIC_URL", "http://localhost:1")]).await;
    assert!(result(&report, Callback).1.contains("Register exactly http://localhost:1/login/qq/callback"));
}

#[tokio::test]
async fn unreachable_qq_is_reported_once() {
    let site = TestSite::start().await;
    for (change, words) in [
        (("QQ_GRAPH_URL", "http://127.0.0.1:1"), "http://127.0.0.1:1: connection refused"),
        (("QQ_GRAPH_URL", "https://qq.invalid"), "https://qq.invalid: "),
    ] {
        let report = run(&site, &[change]).await;
        let (status, text) = result(&report, DnsAndTls);
        assert!(status == Error && text.contains(words), "{text}");
        for name in [Clock, App, Callback, Identity, Profile, Renewal] {
            assert_eq!(check(&report, name).detail, "not checked: cannot reach QQ");
        }
    }
    site.set_qq_fault("authorize", "drop", 1).await;
    site.set_qq_fault("token", "slow", 1).await;
    let report = run(&site, &[("QQ_TIMEOUT_MS", "300")]).await;
    assert!(result(&report, DnsAndTls).1.contains("connection lost"), "{}", report.to_text());
    assert_eq!(check(&report, App).detail, "not checked: cannot reach QQ");
}

#[tokio::test]
async fn built_in_sandbox_is_checked_if_it_runs() {
    let site = TestSite::start().await;
    let running = site.qq_url.trim_start_matches("http://").to_owned();
    let unset = [("QQ_APP_ID", ""), ("QQ_APP_KEY", ""), ("QQ_GRAPH_URL", "")];
    let settings = |addr| [&unset[..], &[("SANDBOX_ADDR", addr), ("SANDBOX_APP_KEY", "canary-app-key")]].concat();
    let report = run(&site, &settings("127.0.0.1:1")).await;
    assert!(report.ok && report.checks.iter().all(has_nothing_to_fix), "{}", report.to_text());
    let not_running = "not checked: the built-in sandbox (http://127.0.0.1:1) starts with the site";
    assert_eq!(check(&report, App).detail, not_running);

    let report = run(&site, &settings(&running)).await;
    assert!(report.ok && result(&report, App).1.contains("issued a token"), "{}", report.to_text());
    site.set_qq_fault("token", "app_offline", 1).await;
    let report = run(&site, &settings(&running)).await;
    assert!(!report.ok && check(&report, App).code == Some(100_011));
}
