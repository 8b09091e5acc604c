//! Every fault.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{APP, CALLBACK, TestSandbox, authorize, exchange};
use crate::sandbox::users::openid;

#[tokio::test]
async fn token_error_faults_do_not_use_up_the_code() {
    let sandbox = TestSandbox::new();
    let code = sandbox.code("a").await;
    for (fault, error) in [
        ("code_reused", 100_020),
        ("code_expired", 100_019),
        ("code_unknown", 100_019),
        ("wrong_key", 100_009),
        ("redirect_illegal", 100_010),
        ("app_offline", 100_011),
        ("refresh_used", 100_021),
    ] {
        sandbox.plan("token", fault, 1).await;
        assert_eq!(sandbox.exchange(&code).await["error"], error, "{fault}");
        assert_eq!(sandbox.requests().await.last().unwrap()["fault"], fault);
    }
    assert!(sandbox.exchange(&code).await.get("access_token").is_some());
}

#[tokio::test]
async fn token_format_faults_change_the_response() {
    let sandbox = TestSandbox::new();
    sandbox.plan("token", "expires_number", 1).await;
    let tokens = sandbox.exchange(&sandbox.code("a").await).await;
    assert_eq!(tokens["expires_in"], 5_184_000);

    sandbox.plan("token", "no_refresh", 1).await;
    let tokens = sandbox.exchange(&sandbox.code("a").await).await;
    assert_eq!(tokens.get("refresh_token"), None);
    assert!(sandbox.me(tokens["access_token"].as_str().unwrap()).await.get("openid").is_some());

    sandbox.plan("token", "jsonp_tight", 2).await;
    let url = format!("{}&fmt=json", exchange(&sandbox.code("a").await));
    let body = sandbox.get(&url).await.text();
    assert!(body.starts_with("callback({\"access_token\":\"") && body.ends_with("\"});"));
    assert_eq!(
        sandbox.get(&url).await.text(),
        "callback({\"error\":100020,\"error_description\":\"code is reused error\"});"
    );
}

#[tokio::test]
async fn me_faults_change_the_response() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    let id = openid(APP, "a");
    for (fault, expected) in [
        ("wrong_client", json!({"client_id": "999999999", "openid": id})),
        ("no_openid", json!({"client_id": APP})),
        ("token_illegal", json!({"error": 100_013, "error_description": "access token is illegal"})),
        ("token_check_failed", json!({"error": 100_016, "error_description": "access token check failed"})),
    ] {
        sandbox.plan("me", fault, 1).await;
        assert_eq!(sandbox.me(&token).await, expected, "{fault}");
    }
    sandbox.plan("me", "jsonp_tight", 1).await;
    let url = format!("/oauth2.0/me?access_token={token}&fmt=json");
    assert_eq!(sandbox.get(&url).await.text(), format!("callback({{\"client_id\":\"{APP}\",\"openid\":\"{id}\"}});"));
}

#[tokio::test]
async fn unionid_denied_fails_only_requests_for_a_unionid() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    sandbox.plan("me", "unionid_denied", 1).await;
    assert!(sandbox.me(&token).await.get("openid").is_some());
    let asking = format!("/oauth2.0/me?access_token={token}&unionid=1&fmt=json");
    assert_eq!(sandbox.get(&asking).await.text(), r#"{"error":100048,"error_description":"companyid not set"}"#);
    assert!(sandbox.get(&asking).await.json().get("unionid").is_some());
}

#[tokio::test]
async fn get_user_info_faults_change_the_response() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    let id = openid(APP, "a");
    for (fault, ret) in [("not_logged_in", 1002), ("openid_invalid", -22), ("api_denied", 100_030)] {
        sandbox.plan("get_user_info", fault, 1).await;
        assert_eq!(sandbox.user_info(&token, &id).await["ret"], ret, "{fault}");
    }
    sandbox.plan("get_user_info", "avatar_missing", 1).await;
    let profile = sandbox.user_info(&token, &id).await;
    assert_eq!(profile["nickname"], "a");
    assert_eq!(profile["figureurl_qq_1"], "");
    assert_eq!(profile.get("figureurl_qq_2"), None);

    sandbox.plan("get_user_info", "is_lost", 1).await;
    let profile = sandbox.user_info(&token, &id).await;
    assert_eq!((&profile["is_lost"], &profile["nickname"]), (&json!(1), &json!("")));
}

#[tokio::test]
async fn authorize_faults_change_the_redirect() {
    let sandbox = TestSandbox::new();
    let url = format!("{}&sandbox_user=a", authorize());
    sandbox.plan("authorize", "drop_state", 1).await;
    let response = sandbox.get(&url).await;
    assert!(response.redirect_param("code").is_some() && response.redirect_param("state").is_none());

    sandbox.plan("authorize", "cancel", 1).await;
    assert_eq!(sandbox.get(&url).await.location(), format!("{CALLBACK}?usercancel=1&state=S"));
    sandbox.plan("authorize", "app_unapproved", 1).await;
    let refused = sandbox.get(&url).await.location();
    assert!(refused.contains("which=error&display=pc&error=110406"));
    assert!(sandbox.get(&url).await.redirect_param("code").is_some());
}

#[tokio::test]
async fn approval_fault_stays_planned_until_approval() {
    let sandbox = TestSandbox::new();
    sandbox.plan("authorize", "drop_state", 1).await;
    let asked = sandbox.get(&authorize()).await;
    assert!(asked.location().starts_with("/oauth2.0/show?which=Login"));
    let approved = sandbox.post_form(&authorize(), "decision=approve").await;
    assert_eq!(approved.redirect_param("state"), None);
    let log = sandbox.requests().await;
    assert_eq!(log[0]["fault"], Value::Null);
    assert_eq!(log[1]["fault"], "drop_state");
}

/// Returns a valid URL for each endpoint.
async fn urls(sandbox: &TestSandbox) -> [(&'static str, String); 4] {
    let (token, _) = sandbox.tokens("a").await;
    let id = openid(APP, "a");
    [
        ("authorize", format!("{}&sandbox_user=a", authorize())),
        ("token", exchange(&sandbox.code("a").await)),
        ("me", format!("/oauth2.0/me?access_token={token}")),
        ("get_user_info", format!("/user/get_user_info?access_token={token}&oauth_consumer_key={APP}&openid={id}")),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_endpoint_has_every_transport_fault_and_recovers() {
    let sandbox = TestSandbox::new();
    for fault in ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect"] {
        for (endpoint, url) in urls(&sandbox).await {
            sandbox.plan(endpoint, fault, 1).await;
            let began = Instant::now();
            let broken = sandbox.get(&url).await;
            let took = began.elapsed();
            let text = broken.text();
            let case = format!("{endpoint} {fault}: {}", text.chars().take(200).collect::<String>());
            let as_planned = match fault {
                "http_500" => broken.status == StatusCode::INTERNAL_SERVER_ERROR,
                "html" => broken.status == 200 && text.starts_with("<html>"),
                "empty" | "drop" => broken.status == 200 && broken.body.is_empty(),
                "truncated" => !text.is_empty() && !text.ends_with('\n'),
                "bad_charset" => String::from_utf8(broken.body).is_err(),
                "huge" => broken.body.len() > 10_000_000,
                "drip" => took >= Duration::from_secs(600),
                _ => broken.status == 302 && broken.location() == "/elsewhere",
            };
            assert!(as_planned, "{case}");
            assert_eq!(sandbox.requests().await.last().unwrap()["fault"], fault);
            let healthy = sandbox.get(&url).await;
            assert!(
                healthy.text().contains("access_token=")
                    || healthy.text().contains(&openid(APP, "a"))
                    || healthy.redirect_param("code").is_some(),
                "{case}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn slow_response_is_correct_after_30_seconds() {
    let sandbox = TestSandbox::new();
    for (endpoint, url) in urls(&sandbox).await {
        sandbox.plan(endpoint, "slow", 1).await;
        let began = Instant::now();
        let response = sandbox.get(&url).await;
        assert!(began.elapsed() >= Duration::from_secs(30), "{endpoint}");
        match endpoint {
            "authorize" => assert!(response.redirect_param("code").is_some()),
            "token" => assert!(response.text().starts_with("access_token=")),
            _ => assert!(response.text().contains(&openid(APP, "a"))),
        }
    }
}

#[tokio::test]
async fn fault_ends_after_the_planned_number_of_responses() {
    let sandbox = TestSandbox::new();
    sandbox.plan("me", "http_500", 2).await;
    for status in [500, 500, 200] {
        assert_eq!(sandbox.get("/oauth2.0/me").await.status, status);
    }
}
