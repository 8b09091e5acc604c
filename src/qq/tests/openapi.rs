//! The generic call: any of QQ's, with a typed answer.

use serde::Deserialize;

use super::fake_qq::{FakeQq, Reply, ok};
use super::{OID, ann};
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

async fn albums(qq: &FakeQq) -> Result<Albums, QqError> {
    qq.client().call("photo/list_album", &[("format", "json"), ("q", "a&b=c d")], ann(&"AT".into())).await
}

#[tokio::test]
async fn each_parameter_is_sent_once_and_the_answer_is_typed() {
    let body = r#"{"ret":0,"msg":"","albumnum":1,"album":[{"name":"企鹅","picnum":3}]}"#;
    let qq = FakeQq::telling([ok(body)]).await;
    let expected = Albums { albumnum: 1, album: vec![Album { name: "企鹅".to_owned() }] };
    assert_eq!(albums(&qq).await, Ok(expected));
    let target = format!(
        "/photo/list_album?access_token=AT&oauth_consumer_key=100000001&openid={OID}&format=json&q=a%26b%3Dc%20d"
    );
    assert_eq!(qq.asked(), [target]);
}

#[tokio::test]
async fn any_ret_but_zero_is_an_error_a_positive_one_too() {
    for (ret, code) in [("3902", 3902), ("1002", 1002), ("1", 1), ("-1", -1), ("\"-23\"", -23), ("100030", 100_030)] {
        let qq = FakeQq::telling([ok(&format!(r#"{{"ret":{ret},"msg":"no","albumnum":0,"album":[]}}"#))]).await;
        let refused = matches!(albums(&qq).await, Err(QqError::Api(refusal)) if refusal.code == code);
        assert!(refused, "{ret}");
        assert_eq!(qq.asked().len(), 1, "{ret}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_as_documented_is_an_error_that_quotes_nothing() {
    for (body, why) in [
        (r#"{"ret":0,"albumnum":"CANARY","album":[]}"#, MalformedResponse::UnexpectedSchema),
        (r#"{"ret":0}"#, MalformedResponse::UnexpectedSchema),
        (r#"{"albumnum":0,"album":[]}"#, MalformedResponse::MissingField("ret")),
        ("ret=0&albumnum=0", MalformedResponse::UnknownFormat),
        ("<data><ret>0</ret></data>", MalformedResponse::Html),
    ] {
        let qq = FakeQq::telling([ok(body)]).await;
        let error = albums(&qq).await.expect_err(body);
        assert_eq!(error, QqError::from(why), "{body}");
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn a_call_that_may_change_something_is_repeated_only_if_qq_did_nothing() {
    const GOOD: &str = r#"{"ret":0,"albumnum":0,"album":[]}"#;
    for ret in [1001, -6, -58, -60] {
        let qq = FakeQq::telling([ok(&format!(r#"{{"ret":{ret},"msg":""}}"#)), ok(GOOD)]).await;
        assert!(albums(&qq).await.is_ok(), "{ret}");
        assert_eq!(qq.asked().len(), 2, "{ret}");
    }
    for lost in [Reply::Drop, Reply::Truncate, Reply::Body(500, vec![]), Reply::Body(503, vec![])] {
        let qq = FakeQq::telling([lost, ok(GOOD)]).await;
        assert!(albums(&qq).await.is_err());
        assert_eq!(qq.asked().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_call_is_not_sent() {
    let qq = FakeQq::telling([]).await;
    let (client, token) = (qq.client(), "AT".into());
    for path in ["", "user", "/user/get_info", "user//get_info", "user/../x", "user/x?y", "user/%41", "User/x", "a/b#c"]
    {
        let answer: Result<Albums, QqError> = client.call(path, &[], ann(&token)).await;
        assert!(matches!(answer, Err(QqError::InvalidCall(_))), "{path}");
    }
    for name in ["access_token", "oauth_consumer_key", "openid", "appid"] {
        let answer: Result<Albums, QqError> = client.call("user/get_info", &[(name, "x")], ann(&token)).await;
        assert!(matches!(answer, Err(QqError::InvalidCall(_))), "{name}");
    }
    let twice: Result<Albums, QqError> = client.call("a/b", &[("x", "1"), ("x", "1")], ann(&token)).await;
    assert!(matches!(twice, Err(QqError::InvalidCall(_))));
    assert!(qq.asked().is_empty());
}

#[test]
fn s32_debug_shows_no_person() {
    let token = "CANARY".into();
    let who = UserCredentials { openid: "CANARY", ..ann(&token) };
    assert!(!format!("{who:?}").contains("CANARY"));
}
