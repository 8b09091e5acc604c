//! The ways in which an answer is spoiled on the wire.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// 你 in GBK, which is not UTF-8.
const GBK: [u8; 2] = [0xC4, 0xE3];
/// "Fatal: handshake failure", as a server says it that is asked for something else than TLS
/// (RFC 5246, section 7.2).
const TLS_ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];
const PAGE: &str = "<html><head><title>502</title></head><body>系统繁忙，请稍后再试</body></html>\n";

/// What QQ does instead of answering. Where there is an answer to spoil, it is QQ's own, so a
/// reader that is not strict enough finds in it what it looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The answer, but with status 500.
    Status500,
    /// A web page.
    Html,
    /// No body.
    Empty,
    /// Half the answer, and the connection ends though `Content-Length` promised all of it.
    Truncated,
    /// Half the answer, as if that were all.
    CutShort,
    /// The answer with GBK in one of its values.
    WrongCharset,
    /// Ten megabytes of spaces before the answer.
    TenMegabytes,
    /// Whoever connects is not let in.
    SlowConnect,
    /// Nothing at all after the question.
    SlowAnswer,
    /// The answer, one byte a second.
    OneByteASecond,
    /// The connection is reset in place of an answer.
    Reset,
    /// The connection is reset in the middle of the answer.
    ResetMidway,
    /// The answer is said to be elsewhere, and it is.
    Redirect,
    /// TLS in place of HTTP, which breaks off.
    TlsAlert,
    /// `/me` about a token of another app.
    WrongClient,
    /// QQ's own refusal by this code, in this body.
    Refusal(i64, String),
    /// The answer, but with this nickname.
    Nickname(String),
}

impl Fault {
    /// Whether only the time limit ends it.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Fault::SlowConnect | Fault::SlowAnswer | Fault::OneByteASecond)
    }

    pub(super) async fn play(self, mut stream: TcpStream, answer: &[u8], elsewhere: &str) -> io::Result<()> {
        let half = &answer[..answer.len() / 2];
        match self {
            Fault::Status500 => whole(&mut stream, "500 Internal Server Error", answer).await,
            Fault::Html => whole(&mut stream, "200 OK", PAGE.as_bytes()).await,
            Fault::Empty => whole(&mut stream, "200 OK", b"").await,
            Fault::Truncated => {
                stream.write_all(&head("200 OK", answer.len())).await?;
                stream.write_all(half).await
            }
            Fault::CutShort => whole(&mut stream, "200 OK", half).await,
            Fault::WrongCharset => whole(&mut stream, "200 OK", &with_gbk(answer)).await,
            Fault::TenMegabytes => {
                let spaces = vec![b' '; 10 * 1024 * 1024];
                whole(&mut stream, "200 OK", &[&spaces, answer].concat()).await
            }
            // Who could ask is let in by now: the next one is not.
            Fault::SlowConnect => Ok(()),
            Fault::SlowAnswer => until_hung_up(&mut stream).await,
            Fault::OneByteASecond => {
                stream.write_all(&head("200 OK", answer.len())).await?;
                for byte in answer {
                    stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(())
            }
            Fault::Reset => stream.set_zero_linger(),
            Fault::ResetMidway => {
                stream.write_all(&head("200 OK", answer.len())).await?;
                stream.write_all(half).await?;
                stream.set_zero_linger()
            }
            Fault::Redirect => {
                let head = format!(
                    "HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await
            }
            Fault::TlsAlert => stream.write_all(&TLS_ALERT).await,
            Fault::WrongClient => {
                let ours = String::from_utf8(answer.to_vec()).expect("text");
                assert!(ours.contains("100000001"), "{ours}");
                whole(&mut stream, "200 OK", ours.replace("100000001", "999999999").as_bytes()).await
            }
            Fault::Refusal(_, body) => whole(&mut stream, "200 OK", body.as_bytes()).await,
            Fault::Nickname(nickname) => {
                let mut profile: serde_json::Value = serde_json::from_slice(answer).expect("a profile");
                profile["nickname"] = nickname.into();
                whole(&mut stream, "200 OK", profile.to_string().as_bytes()).await
            }
        }
    }
}

fn head(status: &str, length: usize) -> Vec<u8> {
    const TYPE: &str = "Content-Type: text/html; charset=utf-8";
    format!("HTTP/1.1 {status}\r\n{TYPE}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn whole(stream: &mut TcpStream, status: &str, body: &[u8]) -> io::Result<()> {
    stream.write_all(&head(status, body.len())).await?;
    stream.write_all(body).await
}

/// Puts GBK at the end of the last text.
fn with_gbk(answer: &[u8]) -> Vec<u8> {
    let at = answer.iter().rposition(|byte| *byte == b'"').expect("a text");
    let (before, after) = answer.split_at(at);
    [before, &GBK, after].concat()
}

async fn until_hung_up(stream: &mut TcpStream) -> io::Result<()> {
    stream.read_u8().await.map(|_| ())
}
