//! Every planned fault, by name.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{APP, CALLBACK, Trial, authorize, exchange};
use crate::sandbox::person::openid;

#[tokio::test]
async fn the_token_endpoint_refuses_as_planned_and_spends_nothing() {
    let trial = Trial::new();
    let code = trial.code("a").await;
    for (fault, error) in [
        ("code_reused", 100_020),
        ("code_expired", 100_019),
        ("code_unknown", 100_019),
        ("wrong_key", 100_009),
        ("redirect_illegal", 100_010),
        ("app_offline", 100_011),
        ("refresh_used", 100_021),
    ] {
        trial.plan("token", fault, 1).await;
        assert_eq!(trial.exchange(&code).await["error"], error, "{fault}");
        assert_eq!(trial.requests().await.last().unwrap()["fault"], fault);
    }
    assert!(trial.exchange(&code).await.get("access_token").is_some());
}

#[tokio::test]
async fn the_token_endpoint_answers_oddly_as_planned() {
    let trial = Trial::new();
    trial.plan("token", "expires_number", 1).await;
    let tokens = trial.exchange(&trial.code("a").await).await;
    assert_eq!(tokens["expires_in"], 5_184_000);

    trial.plan("token", "no_refresh", 1).await;
    let tokens = trial.exchange(&trial.code("a").await).await;
    assert_eq!(tokens.get("refresh_token"), None);
    assert!(trial.me(tokens["access_token"].as_str().unwrap()).await.get("openid").is_some());

    trial.plan("token", "jsonp_tight", 2).await;
    let address = format!("{}&fmt=json", exchange(&trial.code("a").await));
    let body = trial.get(&address).await.text();
    assert!(body.starts_with("callback({\"access_token\":\"") && body.ends_with("\"});"));
    assert_eq!(
        trial.get(&address).await.text(),
        "callback({\"error\":100020,\"error_description\":\"code is reused error\"});"
    );
}

#[tokio::test]
async fn me_goes_wrong_as_planned() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    let id = openid(APP, "a");
    for (fault, expected) in [
        ("wrong_client", json!({"client_id": "999999999", "openid": id})),
        ("no_openid", json!({"client_id": APP})),
        ("token_illegal", json!({"error": 100_013, "error_description": "access token is illegal"})),
        ("token_check_failed", json!({"error": 100_016, "error_description": "access token check failed"})),
    ] {
        trial.plan("me", fault, 1).await;
        assert_eq!(trial.me(&token).await, expected, "{fault}");
    }
    trial.plan("me", "jsonp_tight", 1).await;
    let address = format!("/oauth2.0/me?access_token={token}&fmt=json");
    assert_eq!(trial.get(&address).await.text(), format!("callback({{\"client_id\":\"{APP}\",\"openid\":\"{id}\"}});"));
}

#[tokio::test]
async fn a_denied_unionid_costs_the_openid_and_waits_for_who_asks() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    trial.plan("me", "unionid_denied", 1).await;
    assert!(trial.me(&token).await.get("openid").is_some());
    let asking = format!("/oauth2.0/me?access_token={token}&unionid=1&fmt=json");
    assert_eq!(trial.get(&asking).await.text(), r#"{"error":100048,"error_description":"companyid not set"}"#);
    assert!(trial.get(&asking).await.json().get("unionid").is_some());
}

#[tokio::test]
async fn get_user_info_goes_wrong_as_planned() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    let id = openid(APP, "a");
    for (fault, ret) in [("not_logged_in", 1002), ("openid_invalid", -22), ("api_denied", 100_030)] {
        trial.plan("get_user_info", fault, 1).await;
        assert_eq!(trial.profile(&token, &id).await["ret"], ret, "{fault}");
    }
    trial.plan("get_user_info", "avatar_missing", 1).await;
    let profile = trial.profile(&token, &id).await;
    assert_eq!(profile["nickname"], "a");
    assert_eq!(profile["figureurl_qq_1"], "");
    assert_eq!(profile.get("figureurl_qq_2"), None);

    trial.plan("get_user_info", "is_lost", 1).await;
    let profile = trial.profile(&token, &id).await;
    assert_eq!((&profile["is_lost"], &profile["nickname"]), (&json!(1), &json!("")));
}

#[tokio::test]
async fn authorize_goes_wrong_as_planned() {
    let trial = Trial::new();
    let address = format!("{}&sandbox_user=a", authorize());
    trial.plan("authorize", "drop_state", 1).await;
    let answer = trial.get(&address).await;
    assert!(answer.goes_with("code").is_some() && answer.goes_with("state").is_none());

    trial.plan("authorize", "cancel", 1).await;
    assert_eq!(trial.get(&address).await.location(), format!("{CALLBACK}?usercancel=1&state=S"));
    trial.plan("authorize", "app_unapproved", 1).await;
    let refused = trial.get(&address).await.location();
    assert!(refused.contains("which=error&display=pc&error=110406"));
    assert!(trial.get(&address).await.goes_with("code").is_some());
}

#[tokio::test]
async fn a_fault_of_the_approval_waits_for_the_approval() {
    let trial = Trial::new();
    trial.plan("authorize", "drop_state", 1).await;
    let asked = trial.get(&authorize()).await;
    assert!(asked.location().starts_with("/oauth2.0/show?which=Login"));
    let approved = trial.post_form(&authorize(), "decision=approve").await;
    assert_eq!(approved.goes_with("state"), None);
    let log = trial.requests().await;
    assert_eq!(log[0]["fault"], Value::Null);
    assert_eq!(log[1]["fault"], "drop_state");
}

/// The addresses of all endpoints, good ones.
async fn addresses(trial: &Trial) -> [(&'static str, String); 4] {
    let (token, _) = trial.tokens("a").await;
    let id = openid(APP, "a");
    [
        ("authorize", format!("{}&sandbox_user=a", authorize())),
        ("token", exchange(&trial.code("a").await)),
        ("me", format!("/oauth2.0/me?access_token={token}")),
        ("get_user_info", format!("/user/get_user_info?access_token={token}&oauth_consumer_key={APP}&openid={id}")),
    ]
}

#[tokio::test(start_paused = true)]
async fn any_endpoint_breaks_in_any_way_and_is_itself_again_after() {
    let trial = Trial::new();
    for fault in ["http_500", "html", "empty", "truncated", "bad_charset", "huge", "drip", "drop", "redirect"] {
        for (endpoint, address) in addresses(&trial).await {
            trial.plan(endpoint, fault, 1).await;
            let began = Instant::now();
            let broken = trial.get(&address).await;
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
            assert_eq!(trial.requests().await.last().unwrap()["fault"], fault);
            let healthy = trial.get(&address).await;
            assert!(
                healthy.text().contains("access_token=")
                    || healthy.text().contains(&openid(APP, "a"))
                    || healthy.goes_with("code").is_some(),
                "{case}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_after_half_a_minute_and_is_good() {
    let trial = Trial::new();
    for (endpoint, address) in addresses(&trial).await {
        trial.plan(endpoint, "slow", 1).await;
        let began = Instant::now();
        let answer = trial.get(&address).await;
        assert!(began.elapsed() >= Duration::from_secs(30), "{endpoint}");
        match endpoint {
            "authorize" => assert!(answer.goes_with("code").is_some()),
            "token" => assert!(answer.text().starts_with("access_token=")),
            _ => assert!(answer.text().contains(&openid(APP, "a"))),
        }
    }
}

#[tokio::test]
async fn faults_last_as_often_as_planned() {
    let trial = Trial::new();
    trial.plan("me", "http_500", 2).await;
    for status in [500, 500, 200] {
        assert_eq!(trial.get("/oauth2.0/me").await.status, status);
    }
}
