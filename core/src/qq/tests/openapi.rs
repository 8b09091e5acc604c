//! The generic API call with a typed response.

use serde::Deserialize;

use super::fake_qq::{FakeQq, Reply, ok};
use super::{OID, user};
use crate::qq::{MalformedResponse, QqError, UserCredentials};

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Albums {
    albumnum: u32,
    album: Vec<Album>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Album {
    name: String,
}

async fn list_albums(qq: &FakeQq) -> Result<Albums, QqError> {
    qq.client().call("photo/list_album", &[("format", "json"), ("q", "a&b=c d")], user(&"AT".into())).await
}

#[tokio::test]
async fn each_parameter_is_sent_once_and_the_response_is_typed() {
    let body = r#"{"ret":0,"msg":"","albumnum":1,"album":[{"name":"企鹅","picnum":3}]}"#;
    let qq = FakeQq::start([ok(body)]).await;
    let expected = Albums { albumnum: 1, album: vec![Album { name: "企鹅".to_owned() }] };
    assert_eq!(list_albums(&qq).await, Ok(expected));
    let target = format!(
        "/photo/list_album?access_token=AT&oauth_consumer_key=100000001&openid={OID}&format=json&q=a%26b%3Dc%20d"
    );
    assert_eq!(qq.requests(), [target]);
}

#[tokio::test]
async fn any_nonzero_ret_is_an_error() {
    for (ret, code) in [("3902", 3902), ("1002", 1002), ("1", 1), ("-1", -1), ("\"-23\"", -23), ("100030", 100_030)] {
        let qq = FakeQq::start([ok(&format!(r#"{{"ret":{ret},"msg":"no","albumnum":0,"album":[]}}"#))]).await;
        let is_error = matches!(list_albums(&qq).await, Err(QqError::Api(error)) if error.code == code);
        assert!(is_error, "{ret}");
        assert_eq!(qq.requests().len(), 1, "{ret}");
    }
}

#[tokio::test]
async fn an_unexpected_schema_is_an_error_that_quotes_nothing() {
    for (body, expected) in [
        (r#"{"ret":0,"albumnum":"CANARY","album":[]}"#, MalformedResponse::UnexpectedSchema),
        (r#"{"ret":0}"#, MalformedResponse::UnexpectedSchema),
        (r#"{"albumnum":0,"album":[]}"#, MalformedResponse::MissingField("ret")),
        ("ret=0&albumnum=0", MalformedResponse::UnknownFormat),
        ("<data><ret>0</ret></data>", MalformedResponse::Html),
    ] {
        let qq = FakeQq::start([ok(body)]).await;
        let error = list_albums(&qq).await.expect_err(body);
        assert_eq!(error, QqError::from(expected), "{body}");
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn calls_are_retried_only_if_qq_rejected_them() {
    const SUCCESS: &str = r#"{"ret":0,"albumnum":0,"album":[]}"#;
    for ret in [1001, -6, -58, -60] {
        let qq = FakeQq::start([ok(&format!(r#"{{"ret":{ret},"msg":""}}"#)), ok(SUCCESS)]).await;
        assert!(list_albums(&qq).await.is_ok(), "{ret}");
        assert_eq!(qq.requests().len(), 2, "{ret}");
    }
    for failure in [Reply::Drop, Reply::Truncate, Reply::Body(500, vec![]), Reply::Body(503, vec![])] {
        let qq = FakeQq::start([failure, ok(SUCCESS)]).await;
        assert!(list_albums(&qq).await.is_err());
        assert_eq!(qq.requests().len(), 1);
    }
}

#[tokio::test]
async fn invalid_calls_are_not_sent() {
    let qq = FakeQq::start([]).await;
    let (client, token) = (qq.client(), "AT".into());
    for path in ["", "user", "/user/get_info", "user//get_info", "user/../x", "user/x?y", "user/%41", "User/x", "a/b#c"]
    {
        let result: Result<Albums, QqError> = client.call(path, &[], user(&token)).await;
        assert!(matches!(result, Err(QqError::InvalidCall(_))), "{path}");
    }
    for name in ["access_token", "oauth_consumer_key", "openid", "appid"] {
        let result: Result<Albums, QqError> = client.call("user/get_info", &[(name, "x")], user(&token)).await;
        assert!(matches!(result, Err(QqError::InvalidCall(_))), "{name}");
    }
    let duplicate: Result<Albums, QqError> = client.call("a/b", &[("x", "1"), ("x", "1")], user(&token)).await;
    assert!(matches!(duplicate, Err(QqError::InvalidCall(_))));
    assert!(qq.requests().is_empty());
}

#[test]
fn s32_debug_shows_no_credentials() {
    let token = "CANARY".into();
    let credentials = UserCredentials { openid: "CANARY", ..user(&token) };
    assert!(!format!("{credentials:?}").contains("CANARY"));
}
