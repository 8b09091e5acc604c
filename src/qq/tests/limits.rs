//! What the client does not do for a QQ that is slow, endless, elsewhere or somebody else.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::net::TcpListener;

use super::fake_qq::{FakeQq, Reply, ok};
use super::settings;
use crate::qq::{Client, ClientSetupError, MalformedResponse, QqError, TransportError};

const SHORT: Duration = Duration::from_millis(200);

fn at() -> SecretString {
    "AT".into()
}

#[tokio::test]
async fn s25_a_redirect_is_an_error_and_not_followed() {
    let elsewhere = FakeQq::telling([ok(r#"{"client_id":"100000001","openid":"O"}"#)]).await;
    let to = format!("{}/oauth2.0/me", elsewhere.url);
    let qq = FakeQq::telling([Reply::Redirect(to)]).await;
    let answer = qq.client().fetch_openid(&at()).await;
    assert_eq!(answer, Err(TransportError::Status(302).into()));
    assert_eq!((qq.asked().len(), elsewhere.asked().len()), (1, 0));
}

#[tokio::test]
async fn s25_silence_and_dripping_end_with_the_time_limit() {
    for reply in [Reply::Silence, Reply::Drip] {
        let qq = FakeQq::telling([reply.clone(), reply]).await;
        let client = qq.client_with(|settings| settings.timeout = SHORT);
        let start = Instant::now();
        assert_eq!(client.fetch_openid(&at()).await, Err(TransportError::Timeout.into()));
        assert!(start.elapsed() < SHORT * 10, "{:?}", start.elapsed());
        assert_eq!(qq.asked().len(), 1);
    }
}

#[tokio::test]
async fn s25_both_tries_together_keep_the_time_limit() {
    let qq = FakeQq::telling([Reply::Drop, Reply::Silence]).await;
    let client = qq.client_with(|settings| settings.timeout = SHORT * 4);
    let start = Instant::now();
    assert_eq!(client.fetch_openid(&at()).await, Err(TransportError::Timeout.into()));
    assert!(start.elapsed() < SHORT * 10, "{:?}", start.elapsed());
    assert_eq!(qq.asked().len(), 2);
}

#[tokio::test]
async fn without_time_for_a_second_try_the_first_error_stands() {
    let qq = FakeQq::telling([Reply::Body(503, Vec::new()), ok("{}")]).await;
    let client = qq.client_with(|settings| settings.timeout = SHORT);
    assert_eq!(client.fetch_openid(&at()).await, Err(TransportError::Status(503).into()));
    assert_eq!(qq.asked().len(), 1);
}

#[tokio::test]
async fn t30_s25_a_huge_body_is_not_read_to_its_end() {
    let huge = format!("{{\"openid\":\"{}\"}}", "A".repeat(64 * 1024));
    for reply in [Reply::Flood, ok(&huge)] {
        let qq = FakeQq::telling([reply]).await;
        let answer = qq.client().fetch_openid(&at()).await;
        assert_eq!(answer, Err(MalformedResponse::TooLarge.into()));
        assert_eq!(qq.asked().len(), 1);
    }
}

#[tokio::test]
async fn the_largest_allowed_body_is_read() {
    let body = r#"{"client_id":"100000001","openid":"O"}"#;
    let padded = format!("{body}{}", " ".repeat(64 * 1024 - body.len()));
    let qq = FakeQq::telling([ok(&padded), ok(&format!("{padded} "))]).await;
    let client = qq.client();
    assert!(client.fetch_openid(&at()).await.is_ok());
    assert_eq!(client.fetch_openid(&at()).await, Err(MalformedResponse::TooLarge.into()));
}

#[tokio::test]
async fn nobody_listening_is_no_connection() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(settings(&url)).unwrap();
    let answer = client.exchange_code(&at()).await.map(|_| ());
    assert!(
        matches!(&answer, Err(QqError::Transport(TransportError::Connect(why)))
        if why.contains("refused")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn s25_an_untrusted_certificate_is_refused() {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = rustls::crypto::ring::default_provider();
    let server = rustls::ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], signed.signing_key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(server));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_ok()
    });

    let client = Client::new(settings(&format!("https://localhost:{port}"))).unwrap();
    let answer = client.exchange_code(&at()).await.map(|_| ());
    assert!(
        matches!(&answer, Err(QqError::Transport(TransportError::Connect(why)))
        if why.contains("certificate")),
        "{answer:?}"
    );
    assert!(!handshake.await.unwrap(), "the handshake went through");
}

#[test]
fn s25_no_client_is_made_for_plain_http_elsewhere() {
    let refused = Client::new(settings("http://graph.qq.invalid")).err();
    assert_eq!(refused, Some(ClientSetupError::Insecure));
}
