//! What each call asks, how often, and what it makes of the answers.

use secrecy::{ExposeSecret, SecretString};

use super::fake_qq::{FakeQq, Reply, ok};
use super::{OID, ann};
use crate::qq::{MalformedResponse, QqError, TransportError};

const TOKEN: &str = r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#;
const PROFILE: &str = r#"{"ret":0,"msg":"","nickname":"示例"}"#;

fn me() -> String {
    format!(r#"{{"client_id":"100000001","openid":"{OID}"}}"#)
}

fn secret(text: &str) -> SecretString {
    text.into()
}

fn code_of<T>(result: Result<T, QqError>) -> Option<i64> {
    match result {
        Err(QqError::Api(refusal)) => Some(refusal.code),
        _ => None,
    }
}

#[tokio::test]
async fn a_sign_in_asks_exactly_what_is_documented() {
    let qq = FakeQq::telling([ok(TOKEN), ok(&me()), ok(PROFILE), ok(TOKEN)]).await;
    let client = qq.client();
    let token = client.exchange_code(&secret("C/+ &")).await.unwrap();
    let identity = client.fetch_openid(&token.access_token).await.unwrap();
    let profile = client.fetch_user_info(ann(&token.access_token)).await;
    client.refresh_token(&token.refresh_token.unwrap()).await.unwrap();

    assert_eq!(identity.openid, OID);
    assert_eq!(profile.unwrap().nickname.as_deref(), Some("示例"));
    assert_eq!(
        qq.asked(),
        [
            "/oauth2.0/token?grant_type=authorization_code&client_id=100000001\
             &client_secret=CANARYKEY&code=C%2F%2B%20%26\
             &redirect_uri=https%3A%2F%2Fexample.cn%2Flogin%2Fqq%2Fcallback&fmt=json",
            "/oauth2.0/me?access_token=AT&fmt=json",
            &format!("/user/get_user_info?access_token=AT&oauth_consumer_key=100000001&openid={OID}"),
            "/oauth2.0/token?grant_type=refresh_token&client_id=100000001\
             &client_secret=CANARYKEY&refresh_token=RT&fmt=json",
        ]
    );
}

#[tokio::test]
async fn t28_a_renewal_brings_the_next_refresh_token() {
    let next = r#"{"access_token":"AT2","expires_in":"5184000","refresh_token":"RT2"}"#;
    let qq = FakeQq::telling([ok(next)]).await;
    let token = qq.client().refresh_token(&secret("RT")).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "AT2");
    assert_eq!(token.refresh_token.unwrap().expose_secret(), "RT2");
}

/// One-use codes and tokens: whatever goes wrong, there is no second request.
#[tokio::test]
async fn t17_an_exchange_and_a_renewal_are_never_sent_twice() {
    for reply in [
        Reply::Drop,
        Reply::Truncate,
        Reply::Body(502, b"<html>Bad Gateway</html>".to_vec()),
        ok(""),
        ok(r#"{"ret":1001,"msg":"busy"}"#),
        ok("callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n"),
    ] {
        let qq = FakeQq::telling([reply.clone(), ok(TOKEN)]).await;
        assert!(qq.client().exchange_code(&secret("C")).await.is_err());
        assert_eq!(qq.asked().len(), 1);

        let qq = FakeQq::telling([reply, ok(TOKEN)]).await;
        assert!(qq.client().refresh_token(&secret("RT")).await.is_err());
        assert_eq!(qq.asked().len(), 1);
    }
}

#[tokio::test]
async fn an_exchange_is_not_repeated_on_a_connection_that_was_good_before() {
    let qq = FakeQq::telling([ok(&me()), Reply::Drop, ok(TOKEN)]).await;
    let client = qq.client();
    client.fetch_openid(&secret("AT")).await.unwrap();
    let lost = client.exchange_code(&secret("C")).await;
    assert!(matches!(lost, Err(QqError::Transport(TransportError::Interrupted(_)))), "{lost:?}");
    assert_eq!(qq.asked().len(), 2);
}

#[tokio::test]
async fn harmless_questions_are_put_a_second_time() {
    for reply in [
        Reply::Drop,
        Reply::Truncate,
        Reply::Body(500, Vec::new()),
        Reply::Body(502, b"<html>Bad Gateway</html>".to_vec()),
        ok(r#"{"ret":1001,"msg":"busy"}"#),
        ok(r#"{"ret":-6,"msg":"frequency limit"}"#),
        ok(r#"{"ret":-58,"msg":""}"#),
        ok(r#"{"ret":-60,"msg":""}"#),
    ] {
        let qq = FakeQq::telling([reply, ok(&me())]).await;
        let identity = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(identity.map(|it| it.openid).as_deref(), Ok(OID));
        let asked = qq.asked();
        assert!(asked.len() == 2 && asked[0] == asked[1], "{asked:?}");
    }
    let qq = FakeQq::telling([Reply::Drop, ok(PROFILE)]).await;
    assert!(qq.client().fetch_user_info(ann(&secret("AT"))).await.is_ok());
    assert_eq!(qq.asked().len(), 2);
}

#[tokio::test]
async fn but_only_once_and_only_if_it_may_help() {
    let down = || Reply::Body(503, Vec::new());
    let qq = FakeQq::telling([down(), down(), ok(&me())]).await;
    let identity = qq.client().fetch_openid(&secret("AT")).await;
    assert_eq!(identity, Err(TransportError::Status(503).into()));
    assert_eq!(qq.asked().len(), 2);

    for reply in [
        ok(r#"{"error":100016,"error_description":"access token check failed"}"#),
        Reply::Body(404, Vec::new()),
        ok("<html></html>"),
    ] {
        let qq = FakeQq::telling([reply, ok(&me())]).await;
        assert!(qq.client().fetch_openid(&secret("AT")).await.is_err());
        assert_eq!(qq.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_counts_under_any_status() {
    let body = r#"{"error":100016,"error_description":"access token check failed"}"#;
    for status in [200, 400, 401, 500] {
        let qq = FakeQq::telling([Reply::Body(status, body.as_bytes().to_vec())]).await;
        let answer = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(code_of(answer), Some(100016), "{status}");
    }
}

#[tokio::test]
async fn a_success_counts_under_a_good_status_only() {
    for status in [400, 403, 404] {
        let qq = FakeQq::telling([Reply::Body(status, me().into_bytes())]).await;
        let answer = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(answer, Err(TransportError::Status(status).into()));
    }
}

#[tokio::test]
async fn m9_without_the_right_to_unionid_the_openid_is_asked_for_alone() {
    let denied = r#"{"error":100048,"error_description":"CompanyID not set"}"#;
    let qq = FakeQq::telling([ok(denied), ok(&me())]).await;
    let client = qq.client_with(|settings| settings.request_unionid = true);
    let identity = client.fetch_openid(&secret("AT")).await.unwrap();
    assert_eq!((identity.openid.as_str(), identity.unionid), (OID, None));
    assert_eq!(
        qq.asked(),
        ["/oauth2.0/me?access_token=AT&unionid=1&fmt=json", "/oauth2.0/me?access_token=AT&fmt=json"]
    );

    let qq = FakeQq::telling([ok(denied), ok(denied), ok(&me())]).await;
    let client = qq.client_with(|settings| settings.request_unionid = true);
    assert_eq!(code_of(client.fetch_openid(&secret("AT")).await), Some(100048));
    assert_eq!(qq.asked().len(), 2);

    let qq = FakeQq::telling([ok(denied), ok(&me())]).await;
    assert_eq!(code_of(qq.client().fetch_openid(&secret("AT")).await), Some(100048));
    assert_eq!(qq.asked().len(), 1);
}

#[tokio::test]
async fn a_granted_unionid_is_given() {
    let body = format!(r#"{{"client_id":"100000001","openid":"{OID}","unionid":"UID_{OID}"}}"#);
    let qq = FakeQq::telling([ok(&body)]).await;
    let client = qq.client_with(|settings| settings.request_unionid = true);
    let identity = client.fetch_openid(&secret("AT")).await.unwrap();
    assert_eq!(identity.unionid, Some(format!("UID_{OID}")));
    assert_eq!(qq.asked().len(), 1);
}

/// The openid is taken from `/me` alone, where the App ID stands beside it. The token endpoint
/// is not asked for one, and one that comes along unasked changes nothing.
#[tokio::test]
async fn t8_m12_an_openid_beside_the_token_is_not_believed() {
    let other = r#"{"access_token":"AT","expires_in":"60","openid":"SOMEBODY_ELSE"}"#;
    let qq = FakeQq::telling([ok(other), ok(&me())]).await;
    let client = qq.client();
    let token = client.exchange_code(&secret("C")).await.unwrap();
    let identity = client.fetch_openid(&token.access_token).await.unwrap();
    assert_eq!(identity.openid, OID);
    assert!(!qq.asked()[0].contains("need_openid"));
}

#[tokio::test]
async fn a_profile_from_a_stand_in_has_its_pictures() {
    let body = r#"{"ret":0,"figureurl_qq_2":"http://127.0.0.1:1/penguin.svg"}"#;
    let qq = FakeQq::telling([ok(body)]).await;
    let profile = qq.client().fetch_user_info(ann(&secret("AT"))).await.unwrap();
    assert_eq!(profile.avatar_url.as_deref(), Some("http://127.0.0.1:1/penguin.svg"));
}

#[tokio::test]
async fn t11_s32_no_error_shows_a_secret() {
    let echo = r#"{"error":100009,"error_description":"illegal: 0123456789ABCDEF0123456789ABCDEF"}"#;
    for reply in [ok(echo), Reply::Drop, Reply::Truncate, Reply::Body(500, Vec::new()), ok("<p>")] {
        let qq = FakeQq::telling([reply]).await;
        let client = qq.client_with(|settings| settings.app_key = OID.into());
        let error = client.exchange_code(&secret("CANARYCODE")).await.unwrap_err();
        let said = format!("{error} {error:?} {client:?}");
        for hidden in [OID, "CANARY", "grant_type", "http://127.0.0.1:1/"] {
            assert!(!said.contains(hidden), "{said}");
        }
    }
}

#[tokio::test]
async fn s28_a_foreign_token_is_told_apart_from_a_broken_answer() {
    let foreign = format!(r#"{{"client_id":"999999999","openid":"{OID}"}}"#);
    let nobody = r#"{"client_id":"100000001"}"#;
    let qq = FakeQq::telling([ok(&foreign), ok(nobody)]).await;
    let client = qq.client();
    assert_eq!(client.fetch_openid(&secret("AT")).await, Err(QqError::ForeignToken));
    let missing = MalformedResponse::MissingField("openid");
    assert_eq!(client.fetch_openid(&secret("AT")).await, Err(missing.into()));
}
