//! What goes wrong between the site and QQ, fault by fault.

use qq_login::doctor::Status::{Error, Ok, Warning};
use qq_login::doctor::Subject::{App, Callback, Clock, DnsAndTls, Identity, Profile, Renewal};
use qq_login::doctor::{Status, Subject};

use super::{check, examined, told};
use crate::support::{TestSite, http};

/// One fault, and where and how the doctor tells it.
type Case = (&'static str, Subject, Status, Option<i64>, &'static str);

const AUTHORIZE: [Case; 13] = [
    ("http_500", Callback, Error, None, "HTTP status 500"),
    ("html", Callback, Error, None, "shows a web page"),
    ("empty", Callback, Error, None, "it is empty"),
    ("truncated", Callback, Error, None, "it breaks off"),
    ("bad_charset", Callback, Error, None, "it is not UTF-8"),
    ("huge", Callback, Error, None, "it is too large"),
    ("slow", Callback, Error, None, "no complete answer in time"),
    ("drip", Callback, Error, None, "no complete answer in time"),
    ("drop", Callback, Error, None, "the connection broke"),
    ("redirect", Callback, Error, None, "neither its own page nor the callback"),
    ("drop_state", Callback, Error, None, "without the state"),
    ("cancel", Callback, Error, None, "as if the person had turned back"),
    ("app_unapproved", Callback, Error, Some(110_406), "应用状态"),
];

const TOKEN: [Case; 20] = [
    ("http_500", App, Error, None, "HTTP status 500"),
    ("html", App, Error, None, "is a web page"),
    ("empty", App, Error, None, "it is empty"),
    ("truncated", App, Error, None, "it breaks off"),
    ("bad_charset", App, Error, None, "it is not UTF-8"),
    ("huge", App, Error, None, "it is too large"),
    ("slow", App, Error, None, "no complete answer in time"),
    ("drip", App, Error, None, "no complete answer in time"),
    ("drop", App, Error, None, "the connection broke"),
    ("redirect", App, Error, None, "a redirect (HTTP status 302)"),
    ("code_reused", App, Error, Some(100_020), "has been used before"),
    ("code_expired", App, Error, Some(100_019), "could not be traded"),
    ("code_unknown", App, Error, Some(100_019), "could not be traded"),
    ("wrong_key", App, Error, Some(100_009), "QQ_APP_KEY"),
    ("redirect_illegal", Callback, Error, Some(100_010), "网站回调域"),
    ("app_offline", App, Error, Some(100_011), "应用状态"),
    ("refresh_used", App, Error, Some(100_021), "a refresh token works only once"),
    ("expires_number", App, Ok, None, "gave a token"),
    ("no_refresh", Renewal, Warning, None, "gave no refresh token"),
    ("jsonp_tight", App, Ok, None, "gave a token"),
];

const ME: [Case; 16] = [
    ("http_500", Identity, Warning, None, "second try only; first, QQ's answer is HTTP status 500"),
    ("html", Identity, Error, None, "is a web page"),
    ("empty", Identity, Error, None, "it is empty"),
    ("truncated", Identity, Error, None, "it breaks off"),
    ("bad_charset", Identity, Error, None, "it is not UTF-8"),
    ("huge", Identity, Error, None, "it is too large"),
    ("slow", Identity, Error, None, "no complete answer in time"),
    ("drip", Identity, Error, None, "no complete answer in time"),
    ("drop", Identity, Warning, None, "second try only; first, the connection broke"),
    ("redirect", Identity, Error, None, "a redirect (HTTP status 302)"),
    ("wrong_client", Identity, Error, None, "belongs to another app"),
    ("no_openid", Identity, Error, None, "openid is missing"),
    ("token_illegal", Identity, Error, Some(100_013), "no longer valid"),
    ("token_check_failed", Identity, Error, Some(100_016), "did not pass"),
    ("unionid_denied", Identity, Warning, Some(100_048), "QQ_UNIONID"),
    ("jsonp_tight", Identity, Ok, None, "whose token it is"),
];

const USER_INFO: [Case; 15] = [
    ("http_500", Profile, Warning, None, "second try only; first, QQ's answer is HTTP status 500"),
    ("html", Profile, Error, None, "is a web page"),
    ("empty", Profile, Error, None, "it is empty"),
    ("truncated", Profile, Error, None, "it breaks off"),
    ("bad_charset", Profile, Error, None, "it is not UTF-8"),
    ("huge", Profile, Error, None, "it is too large"),
    ("slow", Profile, Error, None, "no complete answer in time"),
    ("drip", Profile, Error, None, "no complete answer in time"),
    ("drop", Profile, Warning, None, "second try only; first, the connection broke"),
    ("redirect", Profile, Error, None, "a redirect (HTTP status 302)"),
    ("not_logged_in", Profile, Error, Some(1002), "has lapsed"),
    ("openid_invalid", Profile, Error, Some(-22), "openid is not valid"),
    ("api_denied", Profile, Error, Some(100_030), "QQ_SCOPE"),
    ("avatar_missing", Profile, Warning, None, "gave no avatar"),
    ("is_lost", Profile, Warning, None, "is lost"),
];

const AVATAR: [Case; 10] = [
    ("http_500", Profile, Warning, None, "HTTP status 500"),
    ("html", Profile, Warning, None, "no picture"),
    ("empty", Profile, Warning, None, "no picture"),
    ("truncated", Profile, Warning, None, "no picture"),
    ("bad_charset", Profile, Warning, None, "no picture"),
    ("huge", Profile, Warning, None, "too large"),
    ("slow", Profile, Warning, None, "did not arrive in time"),
    ("drip", Profile, Warning, None, "did not arrive in time"),
    ("drop", Profile, Warning, None, "could not be fetched"),
    ("redirect", Profile, Warning, None, "HTTP status 302"),
];

/// Plans each fault once, and compares what the doctor says; the sandbox has no other faults.
async fn tell(endpoint: &str, cases: &[Case]) {
    let site = TestSite::start().await;
    let names: Vec<&str> = cases.iter().map(|(fault, ..)| *fault).collect();
    assert_eq!(
        sorted(&names),
        sorted(&known_faults(&site, endpoint).await.iter().map(String::as_str).collect::<Vec<_>>())
    );
    for (fault, subject, status, code, words) in cases {
        site.break_qq(endpoint, fault, 1).await;
        let impatient = if matches!(*fault, "slow" | "drip") { "300" } else { "5000" };
        let report = examined(&site, &[("QQ_TIMEOUT_MS", impatient), ("QQ_UNIONID", "on")]).await;
        let (found, said) = told(&report, *subject);
        let found = (found, check(&report, *subject).code, report.ok);
        assert_eq!(found, (*status, *code, *status != Error), "{endpoint} {fault}: {}", report.to_text());
        assert!(said.contains(words), "{endpoint} {fault}: {said}");
        assert!(report.checks.iter().filter(|check| !check.ok).count() <= 1, "{fault}: {}", report.to_text());
        assert_eq!(told(&report, DnsAndTls).0, Ok, "{endpoint} {fault}");
    }
}

/// The faults that an endpoint of the sandbox knows, as it lists them for those who name another.
async fn known_faults(site: &TestSite, endpoint: &str) -> Vec<String> {
    let request = http().put(format!("{}/sandbox/faults/{endpoint}", site.qq)).body(r#"{"fault": "?"}"#);
    let answer = request.send().await.expect("an answer").text().await.expect("a body");
    let (_, list) = answer.split_once("there are: ").expect("a list");
    list.split(',').map(|name| name.trim_matches([' ', '"', '}', '\n']).to_owned()).collect()
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_fault_of_authorize_is_named() {
    tell("authorize", &AUTHORIZE).await;
}

#[tokio::test]
async fn every_fault_of_token_is_named() {
    tell("token", &TOKEN).await;
}

#[tokio::test]
async fn every_fault_of_me_is_named() {
    tell("me", &ME).await;
}

#[tokio::test]
async fn every_fault_of_get_user_info_is_named() {
    tell("get_user_info", &USER_INFO).await;
}

#[tokio::test]
async fn every_fault_of_avatars_is_named() {
    tell("avatar", &AVATAR).await;
}

#[tokio::test]
async fn a_failure_that_lasts_is_an_error_where_a_passing_one_is_a_warning() {
    let site = TestSite::start().await;
    for (endpoint, subject) in [("me", Identity), ("get_user_info", Profile)] {
        site.break_qq(endpoint, "http_500", 2).await;
        let (status, said) = told(&examined(&site, &[]).await, subject);
        assert!(status == Error && said.contains("HTTP status 500"), "{said}");
    }
}

#[tokio::test]
async fn wrong_credentials_and_callback_are_told_apart() {
    let site = TestSite::start().await;
    for (change, expected) in [
        (("QQ_APP_ID", "100000002"), [(App, Error, Some(100_008)), (Callback, Error, Some(100_008))]),
        (("QQ_APP_KEY", "wrong-canary"), [(App, Error, Some(100_009)), (Callback, Ok, None)]),
        (("PUBLIC_URL", "http://localhost:1"), [(App, Warning, None), (Callback, Error, Some(100_010))]),
    ] {
        let report = examined(&site, &[change]).await;
        for (subject, status, code) in expected {
            let found = (check(&report, subject).status, check(&report, subject).code);
            assert_eq!(found, (status, code), "{change:?}: {}", report.to_text());
        }
        let unknown = check(&report, Renewal);
        assert!(unknown.status == Warning && unknown.detail == "not checked: nobody could be signed in");
        assert!(!report.ok);
    }
    let report = examined(&site, &[("PUBLIC_URL", "http://localhost:1")]).await;
    assert!(told(&report, Callback).1.contains("Enter http://localhost:1/login/qq/callback letter by letter"));
}

#[tokio::test]
async fn a_qq_that_cannot_be_reached_is_told_once() {
    let site = TestSite::start().await;
    for (change, words) in [
        (("QQ_GRAPH_URL", "http://127.0.0.1:1"), "http://127.0.0.1:1: nothing takes the connection"),
        (("QQ_GRAPH_URL", "https://qq.invalid"), "https://qq.invalid: "),
    ] {
        let report = examined(&site, &[change]).await;
        let (status, said) = told(&report, DnsAndTls);
        assert!(status == Error && said.contains(words), "{said}");
        for subject in [Clock, App, Callback, Identity, Profile, Renewal] {
            assert_eq!(check(&report, subject).detail, "not checked: QQ cannot be reached");
        }
    }
    site.break_qq("authorize", "drop", 1).await;
    site.break_qq("token", "slow", 1).await;
    let report = examined(&site, &[("QQ_TIMEOUT_MS", "300")]).await;
    assert!(told(&report, DnsAndTls).1.contains("the connection broke"), "{}", report.to_text());
    assert_eq!(check(&report, App).detail, "not checked: QQ cannot be reached");
}

#[tokio::test]
async fn the_built_in_sandbox_is_asked_if_it_runs() {
    let site = TestSite::start().await;
    let awake = site.qq.trim_start_matches("http://").to_owned();
    let unset = [("QQ_APP_ID", ""), ("QQ_APP_KEY", ""), ("QQ_GRAPH_URL", "")];
    let settings = |addr| [&unset[..], &[("SANDBOX_ADDR", addr), ("SANDBOX_APP_KEY", "canary-app-key")]].concat();
    let report = examined(&site, &settings("127.0.0.1:1")).await;
    assert!(report.ok && report.checks.iter().all(|check| check.status == Ok), "{}", report.to_text());
    let asleep = "not checked: the built-in sandbox (http://127.0.0.1:1) starts with the site";
    assert_eq!(check(&report, App).detail, asleep);

    let report = examined(&site, &settings(&awake)).await;
    assert!(report.ok && told(&report, App).1.contains("gave a token"), "{}", report.to_text());
    site.break_qq("token", "app_offline", 1).await;
    let report = examined(&site, &settings(&awake)).await;
    assert!(!report.ok && check(&report, App).code == Some(100_011));
}
