//! How long connections are reused, and what happens when the server closes one.

use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::LazyConfigAcceptor;

use super::fake_qq::{FakeQq, Reply, ok};
use super::{OID, config};
use crate::qq::{Client, ClientConfig, Proxy};

const TOKEN: &str = r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#;

fn me() -> String {
    format!(r#"{{"client_id":"100000001","openid":"{OID}"}}"#)
}

fn secret(text: &str) -> SecretString {
    text.into()
}

/// Moves the clock. It does not stay paused, because a paused clock jumps to the next timeout
/// whenever all tasks wait for a socket.
pub(super) async fn advance(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_connection_is_reused_by_the_next_login_within_50_seconds() {
    let qq = FakeQq::start([ok(&me()), ok(TOKEN), ok(TOKEN)]).await;
    let client = qq.client();
    client.fetch_openid(&secret("AT")).await.unwrap();
    advance(Duration::from_secs(45)).await;
    client.exchange_code(&secret("C")).await.unwrap();
    assert_eq!(qq.connection_count(), 1);
    advance(Duration::from_secs(55)).await;
    client.exchange_code(&secret("C")).await.unwrap();
    assert_eq!(qq.connection_count(), 2);
}

/// A code exchange is never retried, so it must not be sent on a connection that the server has closed.
#[tokio::test]
async fn a_connection_that_the_server_closed_loses_no_code_exchange() {
    const CALLS: usize = 50;
    let qq = FakeQq::start(vec![Reply::BodyThenClose(TOKEN.into()); CALLS]).await;
    let client = qq.client();
    for call in 0..CALLS {
        let result = client.exchange_code(&secret("C")).await;
        assert!(result.is_ok(), "call {call}: {:?}", result.err());
    }
    assert_eq!((qq.requests().len(), qq.connection_count()), (CALLS, CALLS));
}

#[tokio::test]
async fn http_2_is_offered_with_http_1_as_the_fallback() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let offer = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let handshake = LazyConfigAcceptor::new(Default::default(), stream).await.unwrap();
        let offer = handshake.client_hello().alpn().map(|versions| versions.map(<[u8]>::to_vec).collect());
        offer.unwrap_or_default()
    });
    assert!(Client::new(config(&url)).unwrap().exchange_code(&secret("C")).await.is_err());
    let offer: Vec<Vec<u8>> = offer.await.unwrap();
    assert_eq!(offer, [b"h2".to_vec(), b"http/1.1".to_vec()]);
}

#[tokio::test]
async fn requests_go_through_a_socks_proxy() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("socks5h://{}", listener.local_addr().unwrap());
    let proxy = Proxy { variable: "ALL_PROXY", url: url.into(), exceptions: String::new() };
    let client = Client::new(ClientConfig { proxy: Some(proxy), ..config("https://graph.qq.invalid") }).unwrap();
    let call = tokio::spawn(async move { client.fetch_openid(&secret("AT")).await });
    // RFC 1928: version and methods; no authentication; version, CONNECT, reserved, type of address, name, port.
    let (mut stream, _) = listener.accept().await.unwrap();
    drop(listener);
    assert_eq!(stream.read_u8().await.unwrap(), 5);
    let mut methods = vec![0; stream.read_u8().await.unwrap().into()];
    stream.read_exact(&mut methods).await.unwrap();
    stream.write_all(&[5, 0]).await.unwrap();
    let mut request = [0; 4];
    stream.read_exact(&mut request).await.unwrap();
    assert_eq!(request, [5, 1, 0, 3]);
    let mut name = vec![0; stream.read_u8().await.unwrap().into()];
    stream.read_exact(&mut name).await.unwrap();
    assert_eq!((&name[..], stream.read_u16().await.unwrap()), (&b"graph.qq.invalid"[..], 443));
    drop(stream);
    assert!(call.await.unwrap().is_err());
}
