//! Codes, access tokens and refresh tokens, letter by letter.

use serde_json::json;

use super::{APP, CALLBACK, KEY, TTL, Trial, authorize, exchange, field};
use crate::sandbox::params::encode;
use crate::sandbox::person::openid;

#[tokio::test]
async fn tokens_come_as_a_form_unless_json_is_asked_for() {
    let trial = Trial::new();
    let answer = trial.get(&exchange(&trial.code("a").await)).await;
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    let body = answer.text();
    let parts: Vec<&str> = body.split('&').collect();
    let [access, expires, refresh] = parts[..] else { panic!("{body}") };
    assert!(is_hex(access.strip_prefix("access_token=").unwrap()));
    assert_eq!(expires, "expires_in=5184000");
    assert!(is_hex(refresh.strip_prefix("refresh_token=").unwrap()));
}

#[tokio::test]
async fn json_has_its_number_as_a_string_and_its_fields_in_order() {
    let trial = Trial::new();
    let address = format!("{}&fmt=json&need_openid=1", exchange(&trial.code("a").await));
    let answer = trial.get(&address).await;
    let tokens = answer.json();
    assert_eq!(
        answer.text(),
        format!(
            r#"{{"access_token":"{}","expires_in":"5184000","refresh_token":"{}","openid":"{}"}}"#,
            field(&tokens, "access_token"),
            field(&tokens, "refresh_token"),
            openid(APP, "a")
        )
    );
}

#[tokio::test]
async fn a_form_may_be_posted_to_the_token_endpoint() {
    let trial = Trial::new();
    let address = exchange(&trial.code("a").await);
    let (path, query) = address.split_once('?').unwrap();
    let answer = trial.post_form(path, query).await;
    assert!(answer.text().starts_with("access_token="));
}

#[tokio::test]
async fn a_code_is_good_once() {
    let trial = Trial::new();
    let address = exchange(&trial.code("a").await);
    trial.get(&address).await;
    let again = trial.get(&address).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.text(), "callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n");
    assert_eq!(
        trial.get(&format!("{address}&fmt=json")).await.text(),
        r#"{"error":100020,"error_description":"code is reused error"}"#
    );
}

#[tokio::test]
async fn a_code_lives_ten_minutes() {
    let trial = Trial::new();
    let (young, old) = (trial.code("a").await, trial.code("a").await);
    trial.later(599);
    assert!(trial.exchange(&young).await.get("access_token").is_some());
    trial.later(1);
    assert_eq!(trial.exchange(&old).await["error"], 100_019);
}

#[tokio::test]
async fn every_wrong_parameter_of_an_exchange_has_its_code_and_spends_nothing() {
    let trial = Trial::new();
    let code = trial.code("a").await;
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
        let answer = trial.get(&wrong).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["error"], expected, "{wrong}");
    }
    assert!(trial.get(&good).await.json().get("access_token").is_some());
}

#[tokio::test]
async fn a_code_belongs_to_the_redirect_uri_it_went_to() {
    let trial = Trial::new();
    let with_query = encode(&format!("{CALLBACK}?a=1"));
    let address = authorize().replace(&encode(CALLBACK), &with_query);
    let answer = trial.get(&format!("{address}&sandbox_user=a")).await;
    let code = answer.goes_with("code").unwrap();
    assert_eq!(trial.exchange(&code).await["error"], 100_010);
    let exact = exchange(&code).replace(&encode(CALLBACK), &with_query);
    assert!(trial.get(&exact).await.text().starts_with("access_token="));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_brings_the_next() {
    let trial = Trial::new();
    let (_, first) = trial.tokens("a").await;
    let renewed = trial.renew(&first).await;
    let second = field(&renewed, "refresh_token");
    assert_ne!(first, second);
    assert_eq!(trial.me(&field(&renewed, "access_token")).await["openid"], openid(APP, "a"));
    assert_eq!(trial.renew(&first).await, json!({"error": 100_021, "error_description": "get access token error"}));
    assert!(trial.renew(&second).await.get("access_token").is_some());
    assert_eq!(trial.renew("").await["error"], 100_006);
}

#[tokio::test]
async fn renewals_end_three_months_after_the_sign_in() {
    let trial = Trial::new();
    let (_, first) = trial.tokens("a").await;
    trial.later(TTL);
    let renewed = trial.renew(&first).await;
    assert_eq!(renewed["expires_in"], (90 * 86_400 - TTL).to_string());
    trial.later(90 * 86_400 - TTL);
    let late = trial.renew(&field(&renewed, "refresh_token")).await;
    assert_eq!(late["error"], 100_021);
}

#[tokio::test]
async fn an_access_token_expires() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    trial.later(TTL - 1);
    assert!(trial.me(&token).await.get("openid").is_some());
    trial.later(1);
    assert_eq!(trial.me(&token).await["error"], 100_014);
    assert_eq!(trial.profile(&token, &openid(APP, "a")).await["ret"], 100_014);
}

fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
}
