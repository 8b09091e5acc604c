//! What each call requests, how often, and how it interprets the responses.

use secrecy::{ExposeSecret, SecretString};

use super::fake_qq::{FakeQq, Reply, ok};
use super::{OID, user};
use crate::qq::{AuthorizePage, MalformedResponse, QqError, TransportError};

const TOKEN: &str = r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#;
const USER_INFO: &str = r#"{"ret":0,"msg":"","nickname":"示例"}"#;

fn me() -> String {
    format!(r#"{{"client_id":"100000001","openid":"{OID}"}}"#)
}

fn secret(text: &str) -> SecretString {
    text.into()
}

fn error_code<T>(result: Result<T, QqError>) -> Option<i64> {
    match result {
        Err(QqError::Api(error)) => Some(error.code),
        _ => None,
    }
}

#[tokio::test]
async fn a_login_sends_exactly_the_documented_requests() {
    let qq = FakeQq::start([ok(TOKEN), ok(&me()), ok(USER_INFO), ok(TOKEN)]).await;
    let client = qq.client();
    let token = client.exchange_code(&secret("C/+ &")).await.unwrap();
    let identity = client.fetch_openid(&token.access_token).await.unwrap();
    let user_info = client.fetch_user_info(user(&token.access_token)).await;
    client.refresh_token(&token.refresh_token.unwrap()).await.unwrap();

    assert_eq!(identity.openid, OID);
    assert_eq!(user_info.unwrap().nickname.as_deref(), Some("示例"));
    assert_eq!(
        qq.requests(),
        [
            "/oauth2.0/token?grant_type=authorization_code&client_id=100000001\
             &client_secret=CANARYKEY&code=C%2F%2B%20%26\
             &redirect_uri=https%3A%2F%2Fexample.cn%2Flogin%2Fqq%2Fcallback&fmt=json&need_openid=1",
            "/oauth2.0/me?access_token=AT&fmt=json",
            &format!("/user/get_user_info?access_token=AT&oauth_consumer_key=100000001&openid={OID}"),
            "/oauth2.0/token?grant_type=refresh_token&client_id=100000001\
             &client_secret=CANARYKEY&refresh_token=RT&fmt=json",
        ]
    );
}

/// Answers of servers and proxies that add a byte-order mark, compress without being asked, or both.
#[tokio::test]
async fn marked_and_compressed_answers_are_understood() {
    let with_mark = |body: &str| format!("\u{feff}{body}").into_bytes();
    let gzip_marked = |body: &str| Reply::Gzip(with_mark(body));
    let (marked, gzip) = (|body: &str| Reply::Body(200, with_mark(body)), |body: &str| Reply::Gzip(body.into()));
    let page = "<html><title>QQ</title> redirect uri is illegal(100010)</html>";
    for wrap in [&marked as &dyn Fn(&str) -> Reply, &gzip, &gzip_marked] {
        let replies = [TOKEN, TOKEN, &me(), USER_INFO, USER_INFO, page];
        let qq = FakeQq::start(replies.map(wrap)).await;
        let client = qq.client();
        let token = client.exchange_code(&secret("C")).await.unwrap().access_token;
        client.refresh_token(&secret("RT")).await.unwrap();
        assert_eq!(client.fetch_openid(&token).await.unwrap().openid, OID);
        assert_eq!(client.fetch_user_info(user(&token)).await.unwrap().nickname.as_deref(), Some("示例"));
        let called: serde_json::Value = client.call("user/get_info", &[], user(&token)).await.unwrap();
        assert_eq!(called["nickname"], "示例");
        let probe = client.probe_authorize("S", None).await;
        assert!(matches!(probe.page, Ok(AuthorizePage::Error(100_010))));
    }
    let error = r#"{"error":100020,"error_description":"code is reused error"}"#;
    let qq = FakeQq::start([marked(error), gzip(error)]).await;
    let client = qq.client();
    for _ in 0..2 {
        assert_eq!(error_code(client.exchange_code(&secret("C")).await), Some(100_020));
    }
}

/// A small body may become huge when it is decompressed.
#[tokio::test]
async fn s25_the_size_limit_counts_decompressed_bytes() {
    let bomb = Reply::Gzip(vec![b' '; 10 * 1024 * 1024]);
    let qq = FakeQq::start([bomb]).await;
    let result = qq.client().exchange_code(&secret("C")).await.map(|_| ());
    assert_eq!(result, Err(MalformedResponse::TooLarge.into()));
}

#[tokio::test]
async fn only_the_profile_is_read_leniently() {
    let profile = b"{\"ret\":0,\"nickname\":\"a\xC4\xE3\\ud83d\x07b\",\"figureurl_qq_1\":\"https://a.qlogo.cn/1\"}";
    let reply = || Reply::Body(200, profile.to_vec());
    let qq = FakeQq::start([reply(), reply()]).await;
    let (client, token) = (qq.client(), secret("AT"));
    let user_info = client.fetch_user_info(user(&token)).await.unwrap();
    assert_eq!(user_info.nickname.as_deref(), Some("ab"));
    assert_eq!(user_info.avatar_url.as_deref(), Some("https://a.qlogo.cn/1"));
    let called: Result<serde_json::Value, _> = client.call("user/get_info", &[], user(&token)).await;
    assert_eq!(called, Err(MalformedResponse::NotUtf8.into()));
    for unreadable in ["A\u{fffd}", "A\u{7}"] {
        let token = format!(r#"{{"access_token":"{unreadable}","expires_in":"7"}}"#);
        let qq = FakeQq::start([ok(&token)]).await;
        assert!(qq.client().exchange_code(&secret("C")).await.is_err(), "{unreadable}");
    }
}

#[tokio::test]
async fn t28_a_refresh_returns_the_next_refresh_token() {
    let next = r#"{"access_token":"AT2","expires_in":"5184000","refresh_token":"RT2"}"#;
    let qq = FakeQq::start([ok(next)]).await;
    let token = qq.client().refresh_token(&secret("RT")).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "AT2");
    assert_eq!(token.refresh_token.unwrap().expose_secret(), "RT2");
}

/// Codes and refresh tokens work once, so no failure leads to a second request.
#[tokio::test]
async fn t17_a_code_exchange_and_a_refresh_are_never_retried() {
    for reply in [
        Reply::Drop,
        Reply::Truncate,
        Reply::Body(502, b"<html>Bad Gateway</html>".to_vec()),
        ok(""),
        ok(r#"{"ret":1001,"msg":"busy"}"#),
        ok("callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n"),
    ] {
        let qq = FakeQq::start([reply.clone(), ok(TOKEN)]).await;
        assert!(qq.client().exchange_code(&secret("C")).await.is_err());
        assert_eq!(qq.requests().len(), 1);

        let qq = FakeQq::start([reply, ok(TOKEN)]).await;
        assert!(qq.client().refresh_token(&secret("RT")).await.is_err());
        assert_eq!(qq.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_code_exchange_is_not_retried_after_a_reused_connection_breaks() {
    let qq = FakeQq::start([ok(&me()), Reply::Drop, ok(TOKEN)]).await;
    let client = qq.client();
    client.fetch_openid(&secret("AT")).await.unwrap();
    let result = client.exchange_code(&secret("C")).await;
    assert!(matches!(result, Err(QqError::Transport(TransportError::Interrupted(_)))), "{result:?}");
    assert_eq!(qq.requests().len(), 2);
}

#[tokio::test]
async fn idempotent_requests_are_retried_after_transient_errors() {
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
        let qq = FakeQq::start([reply, ok(&me())]).await;
        let identity = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(identity.map(|it| it.openid).as_deref(), Ok(OID));
        let requests = qq.requests();
        assert!(requests.len() == 2 && requests[0] == requests[1], "{requests:?}");
    }
    let qq = FakeQq::start([Reply::Drop, ok(USER_INFO)]).await;
    assert!(qq.client().fetch_user_info(user(&secret("AT"))).await.is_ok());
    assert_eq!(qq.requests().len(), 2);
}

#[tokio::test]
async fn idempotent_requests_are_retried_once_and_only_after_transient_errors() {
    let unavailable = || Reply::Body(503, Vec::new());
    let qq = FakeQq::start([unavailable(), unavailable(), ok(&me())]).await;
    let identity = qq.client().fetch_openid(&secret("AT")).await;
    assert_eq!(identity, Err(TransportError::Status(503).into()));
    assert_eq!(qq.requests().len(), 2);

    for reply in [
        ok(r#"{"error":100016,"error_description":"access token check failed"}"#),
        Reply::Body(404, Vec::new()),
        ok("<html></html>"),
    ] {
        let qq = FakeQq::start([reply, ok(&me())]).await;
        assert!(qq.client().fetch_openid(&secret("AT")).await.is_err());
        assert_eq!(qq.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_error_code_counts_with_any_status() {
    let body = r#"{"error":100016,"error_description":"access token check failed"}"#;
    for status in [200, 400, 401, 500] {
        let qq = FakeQq::start([Reply::Body(status, body.as_bytes().to_vec())]).await;
        let result = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(error_code(result), Some(100016), "{status}");
    }
}

#[tokio::test]
async fn a_success_counts_only_with_a_success_status() {
    for status in [400, 403, 404] {
        let qq = FakeQq::start([Reply::Body(status, me().into_bytes())]).await;
        let result = qq.client().fetch_openid(&secret("AT")).await;
        assert_eq!(result, Err(TransportError::Status(status).into()));
    }
}

#[tokio::test]
async fn m9_without_the_unionid_permission_only_the_openid_is_requested() {
    let denied = r#"{"error":100048,"error_description":"CompanyID not set"}"#;
    let qq = FakeQq::start([ok(denied), ok(&me())]).await;
    let client = qq.client_with(|config| config.request_unionid = true);
    let identity = client.fetch_openid(&secret("AT")).await.unwrap();
    assert_eq!((identity.openid.as_str(), identity.unionid), (OID, None));
    assert_eq!(
        qq.requests(),
        ["/oauth2.0/me?access_token=AT&unionid=1&fmt=json", "/oauth2.0/me?access_token=AT&fmt=json"]
    );

    let qq = FakeQq::start([ok(denied), ok(denied), ok(&me())]).await;
    let client = qq.client_with(|config| config.request_unionid = true);
    assert_eq!(error_code(client.fetch_openid(&secret("AT")).await), Some(100048));
    assert_eq!(qq.requests().len(), 2);

    let qq = FakeQq::start([ok(denied), ok(&me())]).await;
    assert_eq!(error_code(qq.client().fetch_openid(&secret("AT")).await), Some(100048));
    assert_eq!(qq.requests().len(), 1);
}

#[tokio::test]
async fn a_granted_unionid_is_returned() {
    let body = format!(r#"{{"client_id":"100000001","openid":"{OID}","unionid":"UID_{OID}"}}"#);
    let qq = FakeQq::start([ok(&body)]).await;
    let client = qq.client_with(|config| config.request_unionid = true);
    let identity = client.fetch_openid(&secret("AT")).await.unwrap();
    assert_eq!(identity.unionid, Some(format!("UID_{OID}")));
    assert_eq!(qq.requests().len(), 1);
}

#[tokio::test]
async fn a_development_server_may_send_http_avatar_urls() {
    let body = r#"{"ret":0,"figureurl_qq_2":"http://127.0.0.1:1/penguin.svg"}"#;
    let qq = FakeQq::start([ok(body)]).await;
    let user_info = qq.client().fetch_user_info(user(&secret("AT"))).await.unwrap();
    assert_eq!(user_info.avatar_url.as_deref(), Some("http://127.0.0.1:1/penguin.svg"));
}

#[tokio::test]
async fn t11_s32_errors_show_no_secret() {
    let echo = r#"{"error":100009,"error_description":"illegal: 0123456789ABCDEF0123456789ABCDEF"}"#;
    for reply in [ok(echo), Reply::Drop, Reply::Truncate, Reply::Body(500, Vec::new()), ok("<p>")] {
        let qq = FakeQq::start([reply]).await;
        let client = qq.client_with(|config| config.app_key = OID.into());
        let error = client.exchange_code(&secret("CANARYCODE")).await.unwrap_err();
        let text = format!("{error} {error:?} {client:?}");
        for secret in [OID, "CANARY", "grant_type", "http://127.0.0.1:1/"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn s28_a_foreign_token_is_not_reported_as_a_malformed_response() {
    let foreign = format!(r#"{{"client_id":"999999999","openid":"{OID}"}}"#);
    let without_openid = r#"{"client_id":"100000001"}"#;
    let qq = FakeQq::start([ok(&foreign), ok(without_openid)]).await;
    let client = qq.client();
    assert_eq!(client.fetch_openid(&secret("AT")).await, Err(QqError::ForeignToken));
    let missing = MalformedResponse::MissingField("openid");
    assert_eq!(client.fetch_openid(&secret("AT")).await, Err(missing.into()));
}
