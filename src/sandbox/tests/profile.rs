//! Who somebody is: `/oauth2.0/me`, `/user/get_user_info`, and the avatars.

use axum::http::StatusCode;
use serde_json::json;

use super::{APP, Trial, authorize};
use crate::sandbox::person::{openid, unionid};

#[tokio::test]
async fn me_answers_jsonp_with_its_spaces_and_newline_or_json() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    let address = format!("/oauth2.0/me?access_token={token}");
    let identity = format!(r#"{{"client_id":"{APP}","openid":"{}"}}"#, openid(APP, "a"));
    let answer = trial.get(&address).await;
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.text(), format!("callback( {identity} );\n"));
    assert_eq!(trial.get(&format!("{address}&fmt=json")).await.text(), identity);
}

#[tokio::test]
async fn a_unionid_is_given_to_those_who_ask() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
    let address = format!("/oauth2.0/me?access_token={token}&fmt=json&unionid=1");
    assert_eq!(
        trial.get(&address).await.json(),
        json!({"client_id": APP, "openid": openid(APP, "a"), "unionid": unionid("a")})
    );
}

#[tokio::test]
async fn bad_tokens_are_refused_in_qqs_words() {
    let trial = Trial::new();
    assert_eq!(
        trial.get("/oauth2.0/me?access_token=x").await.text(),
        "callback( {\"error\":100013,\"error_description\":\"access token is illegal\"} );\n"
    );
    assert_eq!(
        trial.get("/oauth2.0/me?fmt=json").await.text(),
        r#"{"error":100007,"error_description":"param access token is wrong or lost "}"#
    );
    assert_eq!(trial.profile("x", "y").await["ret"], 100_013);
}

#[tokio::test]
async fn a_profile_has_the_nickname_and_otherwise_what_everybody_has() {
    let trial = Trial::new();
    let name = "示例🐧 <b>\"x\"</b>/";
    let (token, _) = trial.tokens(name).await;
    let id = openid(APP, name);
    let answer =
        trial.get(&format!("/user/get_user_info?access_token={token}&oauth_consumer_key={APP}&openid={id}")).await;
    let raw = answer.text();
    assert!(raw.starts_with("{\n    \"ret\": 0,\n    \"msg\": \"\",\n    \"is_lost\":0,\n"));
    assert!(raw.contains(&format!(r#""http:\/\/127.0.0.1:3010\/ek_qqapp\/{id}\/100""#)));
    let profile = answer.json();
    assert_eq!(profile["nickname"], name);
    assert_eq!(profile["gender"], "男");
    assert_eq!(profile["gender_type"], 2);
    assert_eq!(profile["province"], "广东");
    assert_eq!(profile["city"], "深圳");
    assert_eq!(profile["year"], "1990");
    assert_eq!(profile["vip"], "0");
}

#[tokio::test]
async fn avatars_are_pictures_under_the_addresses_given() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("<b>").await;
    let profile = trial.profile(&token, &openid(APP, "<b>")).await;
    for field in ["figureurl", "figureurl_qq_1", "figureurl_qq_2", "figureurl_qq"] {
        let address = profile[field].as_str().unwrap();
        let path = address.strip_prefix("http://127.0.0.1:3010").unwrap();
        let picture = trial.get(path).await;
        assert_eq!(picture.headers["content-type"], "image/png");
        assert!(picture.body.starts_with(b"\x89PNG"));
    }
    let odd = trial.get("/ek_qqapp/whoever/7").await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_wrong_parameter_of_get_user_info_is_refused() {
    let trial = Trial::new();
    let (token, _) = trial.tokens("a").await;
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
        let answer = trial.get(&format!("/user/get_user_info?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["ret"], ret, "{query}");
    }
    let posted = trial.post_form(&format!("/user/get_user_info?{good}"), "").await;
    assert_eq!(posted.json()["ret"], -1);
    let posted = trial.post_form("/user/get_user_info", &good).await;
    assert_eq!(posted.json()["ret"], 0);
}

#[tokio::test]
async fn doubled_parameters_are_refused_in_qqs_words() {
    let doubled = format!("/user/get_user_info?oauth_consumer_key={APP}&oauth_consumer_key={APP}");
    assert_eq!(
        Trial::new().get(&doubled).await.json(),
        json!({"ret": 1, "msg": format!(
            "service codec Unmarshal: 1 error(s) decoding:\n\n* oauth_consumer_key expected type \
             uint64, got unconvertible type []string, value: [{APP} {APP}]"
        )})
    );
}

#[tokio::test]
async fn a_profile_that_was_not_agreed_to_is_not_given() {
    let trial = Trial::new();
    let address = format!("{}&scope=list_album&sandbox_user=a", authorize());
    let code = trial.get(&address).await.goes_with("code").unwrap();
    let tokens = trial.exchange(&code).await;
    let token = tokens["access_token"].as_str().unwrap();
    let profile = trial.profile(token, &openid(APP, "a")).await;
    assert_eq!(profile["ret"], 100_030);
}
