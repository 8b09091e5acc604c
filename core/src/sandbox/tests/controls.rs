//! The controls: faults, request log, revocation, and access to them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{APP, KEY, TestSandbox, exchange};
use crate::sandbox::users::openid;

#[tokio::test]
async fn invalid_fault_requests_are_rejected_with_a_message() {
    let sandbox = TestSandbox::new();
    for (endpoint, body, status) in [
        ("nobody", r#"{"fault":"html"}"#, 404),
        ("me", r#"{"fault":"code_reused"}"#, 422),
        ("me", r#"{"fault":"html","times":0}"#, 400),
        ("me", r#"{"fault":"html","times":-1}"#, 400),
        ("me", "html", 400),
        ("me", "", 400),
    ] {
        let request = Request::put(format!("/sandbox/faults/{endpoint}"));
        let response = sandbox.send(request, body).await;
        assert_eq!(response.status, status, "{body}");
        assert!(response.json()["error"].is_string());
    }
}

#[tokio::test]
async fn faults_can_be_listed_and_cleared() {
    let sandbox = TestSandbox::new();
    sandbox.plan("me", "html", 3).await;
    sandbox.plan("token", "slow", 1).await;
    let planned = [
        json!({"endpoint": "token", "fault": "slow", "times": 1}),
        json!({"endpoint": "me", "fault": "html", "times": 3}),
    ];
    assert_eq!(sandbox.get("/sandbox/faults").await.json(), json!(planned));
    let one = Request::delete("/sandbox/faults/token");
    sandbox.send(one, Body::empty()).await;
    assert_eq!(sandbox.get("/sandbox/faults").await.json(), json!([planned[1]]));
    let all = Request::delete("/sandbox/faults");
    let response = sandbox.send(all, Body::empty()).await;
    assert_eq!(response.status, StatusCode::NO_CONTENT);
    assert_eq!(sandbox.get("/sandbox/faults").await.json(), json!([]));
}

#[tokio::test]
async fn fault_is_planned_once_by_default() {
    let sandbox = TestSandbox::new();
    let request = Request::put("/sandbox/faults/me");
    let response = sandbox.send(request, r#"{"fault":"html"}"#).await;
    assert_eq!(response.json(), json!({"endpoint": "me", "fault": "html", "times": 1}));
}

#[tokio::test]
async fn request_log_contains_no_secrets() {
    let sandbox = TestSandbox::new();
    let code = sandbox.code("a").await;
    let tokens = sandbox.exchange(&code).await;
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    sandbox.refresh(refresh).await;
    sandbox.me(access).await;
    sandbox.user_info(access, "x").await;

    let raw = sandbox.get("/sandbox/requests").await.text();
    for secret in [KEY, &code, access, refresh] {
        assert!(!raw.contains(secret));
    }
    let log = sandbox.requests().await;
    let endpoints: Vec<&Value> = log.iter().map(|entry| &entry["endpoint"]).collect();
    assert_eq!(endpoints, ["authorize", "token", "token", "me", "get_user_info"]);
    assert_eq!(log[0]["params"]["sandbox_user"], "a");
    assert_eq!(log[0]["status"], 302);
    assert_eq!(log[1]["path"], "/oauth2.0/token");
    assert_eq!(log[1]["method"], "GET");
    assert_eq!(log[1]["params"]["code"], "[redacted]");
    assert_eq!(log[1]["params"]["client_id"], APP);
    assert_eq!(log[1]["time"], 1_800_000_000);
}

#[tokio::test]
async fn request_log_contains_every_request_with_its_status() {
    let sandbox = TestSandbox::new();
    let url_encoded = ("content-type", "application/x-www-form-urlencoded");
    let send = async |method: &str, url: &str, body: String| {
        let request = Request::builder().method(method).uri(url).header(url_encoded.0, url_encoded.1);
        sandbox.send(request, body).await.status.as_u16()
    };
    let long = format!("code={}", "x".repeat(64 * 1024));
    for (method, url, body, endpoint, status) in [
        ("GET", "/ek_qqapp/OID/100", "", "avatar", 200),
        ("GET", "/qzapp/1/OID/30", "", "avatar", 200),
        ("GET", "/ek_qqapp/OID/31", "", "avatar", 404),
        ("GET", "/ek_qqapp/OID/x", "", "avatar", 404),
        ("GET", "/oauth2.0/tokens?access_token=canary", "", "unknown", 404),
        ("POST", "/oauth2.0/token", long.as_str(), "token", 413),
        ("POST", "/oauth2.0/authorize", long.as_str(), "authorize", 413),
        ("POST", "/elsewhere", long.as_str(), "unknown", 413),
        ("PUT", "/oauth2.0/me?code=canary", "", "me", 405),
    ] {
        assert_eq!(send(method, url, body.to_owned()).await, status, "{method} {url}");
        let log = sandbox.requests().await;
        let last = log.last().unwrap();
        assert_eq!(
            (&last["endpoint"], &last["status"], &last["method"]),
            (&json!(endpoint), &json!(status), &json!(method))
        );
        assert_eq!(last["path"], url.split('?').next().unwrap());
    }
    let log = sandbox.requests().await;
    assert_eq!(log.len(), 9, "what is asked of the sandbox itself is not among them");
    assert!(!json!(log).to_string().contains("canary"));
}

#[tokio::test]
async fn failed_avatar_request_is_logged_with_its_fault() {
    let sandbox = TestSandbox::new();
    for (fault, status) in [("http_500", json!(500)), ("drop", Value::Null)] {
        sandbox.plan("avatar", fault, 1).await;
        sandbox.get("/ek_qqapp/OID/100").await;
        let log = sandbox.requests().await;
        let last = log.last().unwrap();
        assert_eq!((&last["fault"], &last["status"]), (&json!(fault), &status));
    }
}

#[tokio::test]
async fn overview_hides_successful_avatar_requests() {
    let sandbox = TestSandbox::new();
    sandbox.get("/ek_qqapp/FINE/100").await;
    sandbox.get("/ek_qqapp/NO_SIZE/31").await;
    sandbox.plan("avatar", "redirect", 1).await;
    sandbox.get("/ek_qqapp/FAULTY/100").await;
    sandbox.get("/oauth2.0/me?n=1").await;
    let page = sandbox.get("/").await.text();
    for shown in ["/ek_qqapp/NO_SIZE/31", "/ek_qqapp/FAULTY/100", "/oauth2.0/me"] {
        assert!(page.contains(&format!("<code>GET {shown}</code>")), "{shown}");
    }
    assert!(!page.contains("/ek_qqapp/FINE/100"));
}

#[tokio::test]
async fn request_log_keeps_duplicate_params_and_drops_the_oldest_entry() {
    let sandbox = TestSandbox::new();
    for number in 0..1001 {
        sandbox.get(&format!("/oauth2.0/me?n={number}&n=x")).await;
    }
    let log = sandbox.requests().await;
    assert_eq!(log.len(), 1000);
    assert_eq!(log[0]["params"]["n"], json!(["1", "x"]));
    assert_eq!(log[999]["id"], 1001);
}

#[tokio::test]
async fn dropped_request_is_logged_without_status() {
    let sandbox = TestSandbox::new();
    sandbox.plan("token", "drop", 1).await;
    sandbox.get(&exchange("x")).await;
    let log = sandbox.requests().await;
    assert_eq!(log[0]["fault"], "drop");
    assert_eq!(log[0]["status"], Value::Null);
}

#[tokio::test]
async fn revoke_affects_only_the_tokens_of_one_user() {
    let sandbox = TestSandbox::new();
    let (access, refresh) = sandbox.tokens("小 明").await;
    let (other, _) = sandbox.tokens("b").await;
    let request = Request::post("/sandbox/revoke");
    let response = sandbox.send(request, r#"{"user":"小 明"}"#).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(sandbox.me(&access).await["error"], 100_015);
    assert_eq!(sandbox.user_info(&access, &openid(APP, "小 明")).await["ret"], 100_015);
    assert_eq!(sandbox.refresh(&refresh).await["error"], 100_015);
    assert!(sandbox.me(&other).await.get("openid").is_some());
    let (again, _) = sandbox.tokens("小 明").await;
    assert!(sandbox.me(&again).await.get("openid").is_some());
}

#[tokio::test]
async fn revoke_accepts_a_form_and_rejects_unknown_users() {
    let sandbox = TestSandbox::new();
    let known = sandbox.post_form("/sandbox/revoke", "user=Alice+Example").await;
    assert_eq!(known.status, StatusCode::SEE_OTHER);
    let unknown = sandbox.post_form("/sandbox/revoke", "user=nobody").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.json()["error"].is_string());
    let nothing = sandbox.send(Request::post("/sandbox/revoke"), "{}").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn controls_reject_cross_site_requests_and_foreign_hosts() {
    let sandbox = TestSandbox::new();
    let sent = Request::post("/sandbox/revoke").header("sec-fetch-site", "cross-site");
    let response = sandbox.send(sent, r#"{"user":"小明"}"#).await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
    for path in ["/", "/sandbox/requests", "/sandbox/faults"] {
        let rebound = Request::get(path).header("host", "evil.example:3010");
        let response = sandbox.send(rebound, Body::empty()).await;
        assert_eq!(response.status, StatusCode::MISDIRECTED_REQUEST);
    }
}
