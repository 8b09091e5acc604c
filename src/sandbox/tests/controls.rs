//! The controls: faults, journal, revocation, and who may use them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{APP, KEY, Trial, exchange};
use crate::sandbox::person::openid;

#[tokio::test]
async fn bad_orders_are_refused_with_a_reason() {
    let trial = Trial::new();
    for (endpoint, body, status) in [
        ("nobody", r#"{"fault":"html"}"#, 404),
        ("me", r#"{"fault":"code_reused"}"#, 422),
        ("me", r#"{"fault":"html","times":0}"#, 400),
        ("me", r#"{"fault":"html","times":-1}"#, 400),
        ("me", "html", 400),
        ("me", "", 400),
    ] {
        let request = Request::put(format!("/sandbox/faults/{endpoint}"));
        let answer = trial.send(request, body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.json()["error"].is_string());
    }
}

#[tokio::test]
async fn faults_can_be_listed_and_ended() {
    let trial = Trial::new();
    trial.plan("me", "html", 3).await;
    trial.plan("token", "slow", 1).await;
    let planned = [
        json!({"endpoint": "token", "fault": "slow", "times": 1}),
        json!({"endpoint": "me", "fault": "html", "times": 3}),
    ];
    assert_eq!(trial.get("/sandbox/faults").await.json(), json!(planned));
    let one = Request::delete("/sandbox/faults/token");
    trial.send(one, Body::empty()).await;
    assert_eq!(trial.get("/sandbox/faults").await.json(), json!([planned[1]]));
    let all = Request::delete("/sandbox/faults");
    let answer = trial.send(all, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(trial.get("/sandbox/faults").await.json(), json!([]));
}

#[tokio::test]
async fn a_fault_is_planned_once_if_nothing_is_said() {
    let trial = Trial::new();
    let request = Request::put("/sandbox/faults/me");
    let answer = trial.send(request, r#"{"fault":"html"}"#).await;
    assert_eq!(answer.json(), json!({"endpoint": "me", "fault": "html", "times": 1}));
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_but_no_secrets() {
    let trial = Trial::new();
    let code = trial.code("a").await;
    let tokens = trial.exchange(&code).await;
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    trial.renew(refresh).await;
    trial.me(access).await;
    trial.profile(access, "x").await;

    let raw = trial.get("/sandbox/requests").await.text();
    for secret in [KEY, &code, access, refresh] {
        assert!(!raw.contains(secret));
    }
    let log = trial.requests().await;
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
async fn the_journal_has_every_request_whatever_became_of_it() {
    let trial = Trial::new();
    let url_encoded = ("content-type", "application/x-www-form-urlencoded");
    let send = async |method: &str, address: &str, body: String| {
        let request = Request::builder().method(method).uri(address).header(url_encoded.0, url_encoded.1);
        trial.send(request, body).await.status.as_u16()
    };
    let long = format!("code={}", "x".repeat(64 * 1024));
    for (method, address, body, endpoint, status) in [
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
        assert_eq!(send(method, address, body.to_owned()).await, status, "{method} {address}");
        let log = trial.requests().await;
        let last = log.last().unwrap();
        assert_eq!(
            (&last["endpoint"], &last["status"], &last["method"]),
            (&json!(endpoint), &json!(status), &json!(method))
        );
        assert_eq!(last["path"], address.split('?').next().unwrap());
    }
    let log = trial.requests().await;
    assert_eq!(log.len(), 9, "what is asked of the sandbox itself is not among them");
    assert!(!json!(log).to_string().contains("canary"));
}

#[tokio::test]
async fn an_avatar_that_goes_wrong_stands_in_the_journal_with_its_fault() {
    let trial = Trial::new();
    for (fault, status) in [("http_500", json!(500)), ("drop", Value::Null)] {
        trial.plan("avatar", fault, 1).await;
        trial.get("/ek_qqapp/OID/100").await;
        let log = trial.requests().await;
        let last = log.last().unwrap();
        assert_eq!((&last["fault"], &last["status"]), (&json!(fault), &status));
    }
}

#[tokio::test]
async fn the_page_for_people_leaves_out_avatars_but_those_that_went_wrong() {
    let trial = Trial::new();
    trial.get("/ek_qqapp/FINE/100").await;
    trial.get("/ek_qqapp/NO_SIZE/31").await;
    trial.plan("avatar", "redirect", 1).await;
    trial.get("/ek_qqapp/FAULTY/100").await;
    trial.get("/oauth2.0/me?n=1").await;
    let page = trial.get("/").await.text();
    for shown in ["/ek_qqapp/NO_SIZE/31", "/ek_qqapp/FAULTY/100", "/oauth2.0/me"] {
        assert!(page.contains(&format!("<code>GET {shown}</code>")), "{shown}");
    }
    assert!(!page.contains("/ek_qqapp/FINE/100"));
}

#[tokio::test]
async fn the_journal_keeps_doubles_and_forgets_the_oldest() {
    let trial = Trial::new();
    for number in 0..1001 {
        trial.get(&format!("/oauth2.0/me?n={number}&n=x")).await;
    }
    let log = trial.requests().await;
    assert_eq!(log.len(), 1000);
    assert_eq!(log[0]["params"]["n"], json!(["1", "x"]));
    assert_eq!(log[999]["id"], 1001);
}

#[tokio::test]
async fn a_dropped_request_stands_in_the_journal_without_a_status() {
    let trial = Trial::new();
    trial.plan("token", "drop", 1).await;
    trial.get(&exchange("x")).await;
    let log = trial.requests().await;
    assert_eq!(log[0]["fault"], "drop");
    assert_eq!(log[0]["status"], Value::Null);
}

#[tokio::test]
async fn revoking_ends_a_persons_tokens_and_nobody_elses() {
    let trial = Trial::new();
    let (access, refresh) = trial.tokens("小 明").await;
    let (other, _) = trial.tokens("b").await;
    let request = Request::post("/sandbox/revoke");
    let answer = trial.send(request, r#"{"user":"小 明"}"#).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(trial.me(&access).await["error"], 100_015);
    assert_eq!(trial.profile(&access, &openid(APP, "小 明")).await["ret"], 100_015);
    assert_eq!(trial.renew(&refresh).await["error"], 100_015);
    assert!(trial.me(&other).await.get("openid").is_some());
    let (again, _) = trial.tokens("小 明").await;
    assert!(trial.me(&again).await.get("openid").is_some());
}

#[tokio::test]
async fn revoking_takes_a_form_and_knows_whom_it_does_not_know() {
    let trial = Trial::new();
    let known = trial.post_form("/sandbox/revoke", "user=Alice+Example").await;
    assert_eq!(known.status, StatusCode::SEE_OTHER);
    let unknown = trial.post_form("/sandbox/revoke", "user=nobody").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.json()["error"].is_string());
    let nothing = trial.send(Request::post("/sandbox/revoke"), "{}").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pages_of_other_sites_cannot_use_the_controls() {
    let trial = Trial::new();
    let sent = Request::post("/sandbox/revoke").header("sec-fetch-site", "cross-site");
    let answer = trial.send(sent, r#"{"user":"小明"}"#).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for path in ["/", "/sandbox/requests", "/sandbox/faults"] {
        let rebound = Request::get(path).header("host", "evil.example:3010");
        let answer = trial.send(rebound, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    }
}
