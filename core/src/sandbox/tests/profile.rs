//! `/oauth2.0/me`, `/user/get_user_info` and avatars.

use axum::http::StatusCode;
use serde_json::json;

use super::{APP, TestSandbox, authorize};
use crate::sandbox::users::{openid, unionid};

#[tokio::test]
async fn me_responds_with_spaced_jsonp_or_json() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    let url = format!("/oauth2.0/me?access_token={token}");
    let identity = format!(r#"{{"client_id":"{APP}","openid":"{}"}}"#, openid(APP, "a"));
    let response = sandbox.get(&url).await;
    assert_eq!(response.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(response.text(), format!("callback( {identity} );\n"));
    assert_eq!(sandbox.get(&format!("{url}&fmt=json")).await.text(), identity);
}

#[tokio::test]
async fn me_returns_a_unionid_on_request() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    let url = format!("/oauth2.0/me?access_token={token}&fmt=json&unionid=1");
    assert_eq!(
        sandbox.get(&url).await.json(),
        json!({"client_id": APP, "openid": openid(APP, "a"), "unionid": unionid("a")})
    );
}

#[tokio::test]
async fn invalid_tokens_get_the_errors_of_qq() {
    let sandbox = TestSandbox::new();
    assert_eq!(
        sandbox.get("/oauth2.0/me?access_token=x").await.text(),
        "callback( {\"error\":100013,\"error_description\":\"access token is illegal\"} );\n"
    );
    assert_eq!(
        sandbox.get("/oauth2.0/me?fmt=json").await.text(),
        r#"{"error":100007,"error_description":"param access token is wrong or lost "}"#
    );
    assert_eq!(sandbox.user_info("x", "y").await["ret"], 100_013);
}

#[tokio::test]
async fn user_info_has_the_nickname_and_constant_fields() {
    let sandbox = TestSandbox::new();
    let name = "示例🐧 <b>\"x\"</b>/";
    let (token, _) = sandbox.tokens(name).await;
    let id = openid(APP, name);
    let response =
        sandbox.get(&format!("/user/get_user_info?access_token={token}&oauth_consumer_key={APP}&openid={id}")).await;
    let raw = response.text();
    assert!(raw.starts_with("{\n    \"ret\": 0,\n    \"msg\": \"\",\n    \"is_lost\":0,\n"));
    assert!(raw.contains(&format!(r#""http:\/\/127.0.0.1:3010\/ek_qqapp\/{id}\/100""#)));
    let profile = response.json();
    assert_eq!(profile["nickname"], name);
    assert_eq!(profile["gender"], "男");
    assert_eq!(profile["gender_type"], 2);
    assert_eq!(profile["province"], "广东");
    assert_eq!(profile["city"], "深圳");
    assert_eq!(profile["year"], "1990");
    assert_eq!(profile["vip"], "0");
}

#[tokio::test]
async fn avatar_urls_serve_images() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("<b>").await;
    let profile = sandbox.user_info(&token, &openid(APP, "<b>")).await;
    for field in ["figureurl", "figureurl_qq_1", "figureurl_qq_2", "figureurl_qq"] {
        let url = profile[field].as_str().unwrap();
        let path = url.strip_prefix("http://127.0.0.1:3010").unwrap();
        let picture = sandbox.get(path).await;
        assert_eq!(picture.headers["content-type"], "image/png");
        assert!(picture.body.starts_with(b"\x89PNG"));
    }
    let odd = sandbox.get("/ek_qqapp/unknown/7").await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn get_user_info_rejects_every_wrong_parameter() {
    let sandbox = TestSandbox::new();
    let (token, _) = sandbox.tokens("a").await;
    let (id, other) = (openid(APP, "a"), openid(APP, "b"));
    let good = format!("access_token={token}&oauth_consumer_key={APP}&openid={id}");
    for (query, ret) in [
        (good.replace(&id, &other), -1),
        (good.replace(&id, ""), -1),
        (good.replace("oauth_consumer_key", "o"), -1),
        (good.replace(APP, "5"), -1),
        (good.replace("access_token", "a"), 100_007),
        (format!("{good}&oauth_consumer_key={APP}"), 1),
        (format!("{good}&openid={id}"), 1),
    ] {
        let response = sandbox.get(&format!("/user/get_user_info?{query}")).await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.json()["ret"], ret, "{query}");
    }
    let posted = sandbox.post_form(&format!("/user/get_user_info?{good}"), "").await;
    assert_eq!(posted.json()["ret"], -1);
    let posted = sandbox.post_form("/user/get_user_info", &good).await;
    assert_eq!(posted.json()["ret"], 0);
}

#[tokio::test]
async fn duplicate_parameters_get_the_error_of_qq() {
    let doubled = format!("/user/get_user_info?oauth_consumer_key={APP}&oauth_consumer_key={APP}");
    assert_eq!(
        TestSandbox::new().get(&doubled).await.json(),
        json!({"ret": 1, "msg": format!(
            "service codec Unmarshal: 1 error(s) decoding:\n\n* oauth_consumer_key expected type \
             uint64, got unconvertible type []string, value: [{APP} {APP}]"
        )})
    );
}

#[tokio::test]
async fn get_user_info_requires_its_scope() {
    let sandbox = TestSandbox::new();
    let url = format!("{}&scope=list_album&sandbox_user=a", authorize());
    let code = sandbox.get(&url).await.redirect_param("code").unwrap();
    let tokens = sandbox.exchange(&code).await;
    let token = tokens["access_token"].as_str().unwrap();
    let profile = sandbox.user_info(token, &openid(APP, "a")).await;
    assert_eq!(profile["ret"], 100_030);
}
