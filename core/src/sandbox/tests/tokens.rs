//! `/oauth2.0/token`: codes, access tokens and refresh tokens.

use serde_json::json;

use super::{APP, CALLBACK, KEY, TTL, TestSandbox, authorize, exchange, field};
use crate::sandbox::params::encode;
use crate::sandbox::users::openid;

#[tokio::test]
async fn token_response_is_a_form_by_default() {
    let sandbox = TestSandbox::new();
    let response = sandbox.get(&exchange(&sandbox.code("a").await)).await;
    assert_eq!(response.headers["content-type"], "text/html; charset=utf-8");
    let body = response.text();
    let parts: Vec<&str> = body.split('&').collect();
    let [access, expires, refresh] = parts[..] else { panic!("{body}") };
    assert!(is_hex(access.strip_prefix("access_token=").unwrap()));
    assert_eq!(expires, "expires_in=5184000");
    assert!(is_hex(refresh.strip_prefix("refresh_token=").unwrap()));
}

#[tokio::test]
async fn json_has_expires_in_as_a_string_and_its_fields_in_order() {
    let sandbox = TestSandbox::new();
    let url = format!("{}&fmt=json&need_openid=1", exchange(&sandbox.code("a").await));
    let response = sandbox.get(&url).await;
    let tokens = response.json();
    assert_eq!(
        response.text(),
        format!(
            r#"{{"access_token":"{}","expires_in":"5184000","refresh_token":"{}","openid":"{}"}}"#,
            field(&tokens, "access_token"),
            field(&tokens, "refresh_token"),
            openid(APP, "a")
        )
    );
}

#[tokio::test]
async fn token_endpoint_accepts_a_posted_form() {
    let sandbox = TestSandbox::new();
    let url = exchange(&sandbox.code("a").await);
    let (path, query) = url.split_once('?').unwrap();
    let response = sandbox.post_form(path, query).await;
    assert!(response.text().starts_with("access_token="));
}

#[tokio::test]
async fn code_can_be_used_once() {
    let sandbox = TestSandbox::new();
    let url = exchange(&sandbox.code("a").await);
    sandbox.get(&url).await;
    let again = sandbox.get(&url).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.text(), "callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n");
    assert_eq!(
        sandbox.get(&format!("{url}&fmt=json")).await.text(),
        r#"{"error":100020,"error_description":"code is reused error"}"#
    );
}

#[tokio::test]
async fn code_expires_after_ten_minutes() {
    let sandbox = TestSandbox::new();
    let (young, old) = (sandbox.code("a").await, sandbox.code("a").await);
    sandbox.advance_clock(599);
    assert!(sandbox.exchange(&young).await.get("access_token").is_some());
    sandbox.advance_clock(1);
    assert_eq!(sandbox.exchange(&old).await["error"], 100_019);
}

#[tokio::test]
async fn every_wrong_parameter_has_its_error_code_and_does_not_use_up_the_code() {
    let sandbox = TestSandbox::new();
    let code = sandbox.code("a").await;
    let good = format!("{}&fmt=json", exchange(&code));
    for (wrong, expected) in [
        (good.replace("grant_type", "g"), 100_004),
        (good.replace("authorization_code", "password"), 100_004),
        (good.replace("client_id", "c"), 100_001),
        (good.replace(APP, "5"), 100_008),
        (good.replace("client_secret", "c"), 100_002),
        (good.replace(KEY, "wrong"), 100_009),
        (good.replace("&code=", "&c="), 100_005),
        (good.replace(&code, "unknown"), 100_019),
        (good.replace("redirect_uri", "r"), 100_010),
        (good.replace(&encode(CALLBACK), &encode(&format!("{CALLBACK}?a"))), 100_010),
    ] {
        let response = sandbox.get(&wrong).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.json()["error"], expected, "{wrong}");
    }
    assert!(sandbox.get(&good).await.json().get("access_token").is_some());
}

#[tokio::test]
async fn code_requires_the_redirect_uri_it_was_issued_for() {
    let sandbox = TestSandbox::new();
    let with_query = encode(&format!("{CALLBACK}?a=1"));
    let url = authorize().replace(&encode(CALLBACK), &with_query);
    let response = sandbox.get(&format!("{url}&sandbox_user=a")).await;
    let code = response.redirect_param("code").unwrap();
    assert_eq!(sandbox.exchange(&code).await["error"], 100_010);
    let exact = exchange(&code).replace(&encode(CALLBACK), &with_query);
    assert!(sandbox.get(&exact).await.text().starts_with("access_token="));
}

#[tokio::test]
async fn refresh_token_can_be_used_once_and_returns_the_next_one() {
    let sandbox = TestSandbox::new();
    let (_, first) = sandbox.tokens("a").await;
    let renewed = sandbox.refresh(&first).await;
    let second = field(&renewed, "refresh_token");
    assert_ne!(first, second);
    assert_eq!(sandbox.me(&field(&renewed, "access_token")).await["openid"], openid(APP, "a"));
    assert_eq!(sandbox.refresh(&first).await, json!({"error": 100_021, "error_description": "get access token error"}));
    assert!(sandbox.refresh(&second).await.get("access_token").is_some());
    assert_eq!(sandbox.refresh("").await["error"], 100_006);
}

#[tokio::test]
async fn refresh_ends_three_months_after_sign_in() {
    let sandbox = TestSandbox::new();
    let (_, first) = sandbox.tokens("a").await;
    sandbox.advance_clock(TTL);
    let renewed = sandbox.refresh(&first).await;
    assert_eq!(renewed["expires_in"], (90 * 86_400 - TTL).to_string());
    sandbox.advance_clock(90 * 86_400 - TTL);
    let late = sandbox.refresh(&field(&renewed, "refresh_token")).await;
    assert_eq!(late["error"], 100_021);
}

#[tokio::test]
async fn access_token_expires() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    sandbox.advance_clock(TTL - 1);
    assert!(sandbox.me(&token).await.get("openid").is_some());
    sandbox.advance_clock(1);
    assert_eq!(sandbox.me(&token).await["error"], 100_014);
    assert_eq!(sandbox.user_info(&token, &openid(APP, "a")).await["ret"], 100_014);
}

fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
}
