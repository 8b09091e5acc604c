//! Broken responses: truncated, garbled, oversized, slow or dropped.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// 你 in GBK, which is not UTF-8.
const GBK: [u8; 2] = [0xC4, 0xE3];
/// A fatal handshake failure alert (RFC 5246, section 7.2).
const TLS_ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];
const HTML_PAGE: &str = "<html><head><title>502</title></head><body>系统繁忙，请稍后再试</body></html>\n";

/// What QQ sends instead of its response. Most faults change QQ's real response, so that a lenient parser would
/// still find its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The response with status 500.
    Status500,
    Html,
    EmptyBody,
    /// Half the body, with the `Content-Length` of the whole body.
    Truncated,
    /// Half the body, with a matching `Content-Length`.
    HalfBody,
    /// GBK bytes in one of the values.
    WrongCharset,
    /// Ten megabytes of spaces before the body.
    TenMegabytes,
    /// Connections are not accepted.
    SlowConnect,
    /// Nothing is sent; the connection stays open.
    NoResponse,
    OneBytePerSecond,
    /// The connection is reset before the response.
    Reset,
    /// The connection is reset in the middle of the body.
    ResetMidBody,
    /// A redirect to a working QQ.
    Redirect,
    /// A TLS alert instead of HTTP.
    TlsAlert,
    /// `/me` for a token of another app.
    WrongClient,
    /// A QQ error: its code, and the body that contains it.
    ApiError(i64, String),
    /// The response with this nickname.
    Nickname(String),
    /// The response with these bytes between the quotes of the nickname.
    NicknameBytes(Vec<u8>),
}

impl Fault {
    /// Whether the site waits until its own timeout.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Fault::SlowConnect | Fault::NoResponse | Fault::OneBytePerSecond)
    }

    pub(super) async fn respond(self, mut stream: TcpStream, body: &[u8], redirect_url: &str) -> io::Result<()> {
        let half = &body[..body.len() / 2];
        match self {
            Fault::Status500 => send(&mut stream, "500 Internal Server Error", body).await,
            Fault::Html => send(&mut stream, "200 OK", HTML_PAGE.as_bytes()).await,
            Fault::EmptyBody => send(&mut stream, "200 OK", b"").await,
            Fault::Truncated => {
                stream.write_all(&head("200 OK", body.len())).await?;
                stream.write_all(half).await
            }
            Fault::HalfBody => send(&mut stream, "200 OK", half).await,
            Fault::WrongCharset => send(&mut stream, "200 OK", &with_gbk(body)).await,
            Fault::TenMegabytes => {
                let spaces = vec![b' '; 10 * 1024 * 1024];
                send(&mut stream, "200 OK", &[&spaces, body].concat()).await
            }
            // This request was accepted before. Only later ones are not.
            Fault::SlowConnect => Ok(()),
            Fault::NoResponse => wait_for_close(&mut stream).await,
            Fault::OneBytePerSecond => {
                stream.write_all(&head("200 OK", body.len())).await?;
                for byte in body {
                    stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(())
            }
            Fault::Reset => stream.set_zero_linger(),
            Fault::ResetMidBody => {
                stream.write_all(&head("200 OK", body.len())).await?;
                stream.write_all(half).await?;
                stream.set_zero_linger()
            }
            Fault::Redirect => {
                let head = format!(
                    "HTTP/1.1 302 Found\r\nLocation: {redirect_url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await
            }
            Fault::TlsAlert => stream.write_all(&TLS_ALERT).await,
            Fault::WrongClient => {
                let text = String::from_utf8(body.to_vec()).expect("text");
                assert!(text.contains("100000001"), "{text}");
                send(&mut stream, "200 OK", text.replace("100000001", "999999999").as_bytes()).await
            }
            Fault::ApiError(_, error) => send(&mut stream, "200 OK", error.as_bytes()).await,
            Fault::Nickname(nickname) => {
                let mut profile: serde_json::Value = serde_json::from_slice(body).expect("a profile");
                profile["nickname"] = nickname.into();
                send(&mut stream, "200 OK", profile.to_string().as_bytes()).await
            }
            Fault::NicknameBytes(nickname) => {
                let mut profile: serde_json::Value = serde_json::from_slice(body).expect("a profile");
                profile["nickname"] = "NICKNAME".into();
                let text = profile.to_string();
                let (before, after) = text.split_once("NICKNAME").expect("a nickname");
                send(&mut stream, "200 OK", &[before.as_bytes(), &nickname, after.as_bytes()].concat()).await
            }
        }
    }
}

fn head(status: &str, length: usize) -> Vec<u8> {
    const TYPE: &str = "Content-Type: text/html; charset=utf-8";
    format!("HTTP/1.1 {status}\r\n{TYPE}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn send(stream: &mut TcpStream, status: &str, body: &[u8]) -> io::Result<()> {
    stream.write_all(&head(status, body.len())).await?;
    stream.write_all(body).await
}

/// Appends GBK to the last JSON string.
fn with_gbk(body: &[u8]) -> Vec<u8> {
    let quote = body.iter().rposition(|byte| *byte == b'"').expect("a string");
    let (before, after) = body.split_at(quote);
    [before, &GBK, after].concat()
}

async fn wait_for_close(stream: &mut TcpStream) -> io::Result<()> {
    stream.read_u8().await.map(|_| ())
}
