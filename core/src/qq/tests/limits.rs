//! The client's limits against servers that are slow, endless, redirecting or untrusted.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::net::TcpListener;

use super::config;
use super::fake_qq::{FakeQq, Reply, ok};
use crate::qq::{Client, ClientSetupError, MalformedResponse, QqError, TransportError};

const SHORT: Duration = Duration::from_millis(200);

fn token() -> SecretString {
    "AT".into()
}

#[tokio::test]
async fn s25_redirects_are_errors_and_not_followed() {
    let elsewhere = FakeQq::start([ok(r#"{"client_id":"100000001","openid":"O"}"#)]).await;
    let location = format!("{}/oauth2.0/me", elsewhere.url);
    let qq = FakeQq::start([Reply::Redirect(location)]).await;
    let result = qq.client().fetch_openid(&token()).await;
    assert_eq!(result, Err(TransportError::Status(302).into()));
    assert_eq!((qq.requests().len(), elsewhere.requests().len()), (1, 0));
}

#[tokio::test]
async fn s25_silent_and_slow_servers_time_out() {
    for reply in [Reply::Silence, Reply::Drip] {
        let qq = FakeQq::start([reply.clone(), reply]).await;
        let client = qq.client_with(|config| config.timeout = SHORT);
        let start = Instant::now();
        assert_eq!(client.fetch_openid(&token()).await, Err(TransportError::Timeout.into()));
        assert!(start.elapsed() < SHORT * 10, "{:?}", start.elapsed());
        assert_eq!(qq.requests().len(), 1);
    }
}

#[tokio::test]
async fn s25_the_timeout_includes_the_retry() {
    let qq = FakeQq::start([Reply::Drop, Reply::Silence]).await;
    let client = qq.client_with(|config| config.timeout = SHORT * 4);
    let start = Instant::now();
    assert_eq!(client.fetch_openid(&token()).await, Err(TransportError::Timeout.into()));
    assert!(start.elapsed() < SHORT * 10, "{:?}", start.elapsed());
    assert_eq!(qq.requests().len(), 2);
}

#[tokio::test]
async fn without_time_for_a_retry_the_first_error_is_returned() {
    let qq = FakeQq::start([Reply::Body(503, Vec::new()), ok("{}")]).await;
    let client = qq.client_with(|config| config.timeout = SHORT);
    assert_eq!(client.fetch_openid(&token()).await, Err(TransportError::Status(503).into()));
    assert_eq!(qq.requests().len(), 1);
}

#[tokio::test]
async fn t30_s25_huge_bodies_are_not_read_to_the_end() {
    let huge = format!("{{\"openid\":\"{}\"}}", "A".repeat(64 * 1024));
    for reply in [Reply::Flood, ok(&huge)] {
        let qq = FakeQq::start([reply]).await;
        let result = qq.client().fetch_openid(&token()).await;
        assert_eq!(result, Err(MalformedResponse::TooLarge.into()));
        assert_eq!(qq.requests().len(), 1);
    }
}

#[tokio::test]
async fn the_largest_allowed_body_is_accepted() {
    let body = r#"{"client_id":"100000001","openid":"O"}"#;
    let padded = format!("{body}{}", " ".repeat(64 * 1024 - body.len()));
    let qq = FakeQq::start([ok(&padded), ok(&format!("{padded} "))]).await;
    let client = qq.client();
    assert!(client.fetch_openid(&token()).await.is_ok());
    assert_eq!(client.fetch_openid(&token()).await, Err(MalformedResponse::TooLarge.into()));
}

#[tokio::test]
async fn a_closed_port_is_a_connect_error() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(config(&url)).unwrap();
    let result = client.exchange_code(&token()).await.map(|_| ());
    assert!(
        matches!(&result, Err(QqError::Transport(TransportError::Connect(cause)))
        if cause.contains("refused")),
        "{result:?}"
    );
}

#[tokio::test]
async fn s25_untrusted_certificates_are_rejected() {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let provider = rustls::crypto::ring::default_provider();
    let server = rustls::ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], certificate.signing_key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(server));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_ok()
    });

    let client = Client::new(config(&format!("https://localhost:{port}"))).unwrap();
    let result = client.exchange_code(&token()).await.map(|_| ());
    assert!(
        matches!(&result, Err(QqError::Transport(TransportError::Connect(cause)))
        if cause.contains("certificate")),
        "{result:?}"
    );
    assert!(!handshake.await.unwrap(), "the handshake succeeded");
}

#[test]
fn s25_plain_http_to_other_hosts_is_rejected() {
    let error = Client::new(config("http://graph.qq.invalid")).err();
    assert_eq!(error, Some(ClientSetupError::InsecureUrl));
}
