//! Logins: which openid counts, and how long a login waits for QQ.

use std::time::Duration;

use tokio::time::Instant;

use super::OID;
use super::fake_qq::{FakeQq, Reply, ok};
use crate::qq::{Login, MalformedResponse, QqError, TransportError};

const USER_INFO: &str = r#"{"ret":0,"msg":"","nickname":"示例"}"#;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A token response with these further fields.
fn token(fields: &str) -> Reply {
    ok(&format!(r#"{{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"{fields}}}"#))
}

fn token_with_openid(openid: &str) -> Reply {
    token(&format!(r#","openid":"{openid}""#))
}

fn me() -> Reply {
    ok(&format!(r#"{{"client_id":"100000001","openid":"{OID}"}}"#))
}

async fn start(token: Reply, me: Reply, user_info: Reply) -> FakeQq {
    FakeQq::start_by_path([("/oauth2.0/token", token), ("/oauth2.0/me", me), ("/user/get_user_info", user_info)]).await
}

/// Logs in with timeouts of an hour, so that only a limit of the login itself can end it sooner.
async fn log_in(qq: &FakeQq, prefetch_profile: bool) -> Result<Login, QqError> {
    qq.client_with(|config| config.timeout = HOUR).log_in(&"C".into(), prefetch_profile).await
}

async fn nickname(mut login: Login) -> Option<String> {
    login.fetch_user_info().await.unwrap().nickname
}

/// Answered only after the server has received the request for the profile.
fn me_after_profile_request() -> Reply {
    Reply::After("/user/get_user_info", Box::new(me()))
}

#[tokio::test]
async fn the_profile_is_requested_while_me_is_pending() {
    let qq = start(token_with_openid(OID), me_after_profile_request(), ok(USER_INFO)).await;
    let login = qq.client().log_in(&"C".into(), true).await.unwrap();
    assert_eq!(login.identity.openid, OID);
    assert_eq!(nickname(login).await.as_deref(), Some("示例"));
    assert_eq!(qq.requests().len(), 3);
}

#[tokio::test]
async fn t8_without_an_openid_in_the_token_response_the_profile_is_requested_after_me() {
    for fields in ["", r#","openid":"""#, r#","openid":"a b""#, r#","openid":7"#] {
        let qq = start(token(fields), me(), ok(USER_INFO)).await;
        let login = log_in(&qq, true).await.unwrap();
        assert_eq!(qq.requests().len(), 2, "{fields}");
        assert_eq!(nickname(login).await.as_deref(), Some("示例"));
        assert_eq!(qq.requests().len(), 3, "{fields}");
    }
}

#[tokio::test]
async fn the_profile_is_requested_early_only_on_demand() {
    let qq = start(token_with_openid(OID), me_after_profile_request(), ok(USER_INFO)).await;
    let client = qq.client_with(|config| config.timeout = Duration::from_millis(200));
    assert_eq!(client.log_in(&"C".into(), false).await.err(), Some(TransportError::Timeout.into()));
    let qq = start(token_with_openid(OID), me(), ok(USER_INFO)).await;
    let login = log_in(&qq, false).await.unwrap();
    assert_eq!(nickname(login).await.as_deref(), Some("示例"));
    assert_eq!(qq.requests().len(), 3);
}

#[tokio::test]
async fn m12_an_openid_that_differs_from_that_of_me_is_an_error() {
    for prefetch_profile in [true, false] {
        let qq = start(token_with_openid("ANOTHER_USER"), me(), ok(USER_INFO)).await;
        let error = log_in(&qq, prefetch_profile).await.err();
        assert_eq!(error, Some(MalformedResponse::InconsistentOpenid.into()));
    }
}

#[tokio::test]
async fn s28_an_openid_in_the_token_response_does_not_replace_me() {
    let foreign = ok(&format!(r#"{{"client_id":"999999999","openid":"{OID}"}}"#));
    let qq = start(token_with_openid(OID), foreign, ok(USER_INFO)).await;
    assert_eq!(log_in(&qq, true).await.err(), Some(QqError::ForeignToken));
    let qq = start(token_with_openid(OID), ok("{}"), ok(USER_INFO)).await;
    assert_eq!(log_in(&qq, true).await.err(), Some(MalformedResponse::MissingField("client_id").into()));
}

/// Waits until the server has received `count` requests, then lets a paused clock run: it jumps to the
/// next timeout, since nothing else happens.
async fn skip_waiting(qq: &FakeQq, count: usize) {
    let arrival = async {
        while qq.requests().len() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(4), arrival).await.expect("a request is missing");
    tokio::time::pause();
}

#[tokio::test]
async fn s25_all_calls_of_a_login_share_nine_seconds() {
    let silent_me = start(token_with_openid(OID), Reply::Silence, Reply::Silence).await;
    let silent_token = start(Reply::Silence, me(), ok(USER_INFO)).await;
    for (qq, request_count) in [(silent_me, 3), (silent_token, 1)] {
        let start = Instant::now();
        let (result, ()) = tokio::join!(log_in(&qq, true), skip_waiting(&qq, request_count));
        assert_eq!(result.err(), Some(TransportError::Timeout.into()));
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        tokio::time::resume();
    }
}

/// `profile_timeout` is five seconds in these tests.
#[tokio::test]
async fn a_login_waits_for_the_profile_only_for_its_timeout() {
    for fields in ["", r#","openid":"0123456789ABCDEF0123456789ABCDEF""#] {
        let qq = start(token(fields), me(), Reply::Silence).await;
        let mut login = log_in(&qq, true).await.unwrap();
        let identified_at = Instant::now();
        let (result, ()) = tokio::join!(login.fetch_user_info(), skip_waiting(&qq, 3));
        assert_eq!(result, Err(TransportError::Timeout.into()));
        assert!(identified_at.elapsed() < Duration::from_secs(6), "{:?}", identified_at.elapsed());
        tokio::time::resume();
    }
}

#[tokio::test]
async fn after_three_silent_profiles_logins_no_longer_wait_for_one() {
    for fields in ["", r#","openid":"0123456789ABCDEF0123456789ABCDEF""#] {
        let qq = start(token(fields), me(), Reply::Silence).await;
        let client = qq.client();
        for count in 1..=3 {
            let mut login = client.log_in(&"C".into(), true).await.unwrap();
            let (result, ()) = tokio::join!(login.fetch_user_info(), skip_waiting(&qq, 3 * count));
            assert_eq!(result, Err(TransportError::Timeout.into()));
            tokio::time::resume();
        }
        let mut login = client.log_in(&"C".into(), true).await.unwrap();
        assert_eq!(login.fetch_user_info().await, Err(TransportError::Skipped.into()));
        assert_eq!(qq.requests().len(), 11);
    }
}
