//! A connection as it is: what is sent on it, and which bytes come back. An ordinary client would
//! hide what this is about, by asking once more.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept from one request to the next.
pub(crate) struct Connection {
    stream: TcpStream,
}

/// What was heard of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// All of it; `is_last` if it said that the connection ends with it.
    Whole { status: u16, is_last: bool },
    /// This many bytes of it.
    Part(usize),
    /// Nothing.
    Nothing,
}

impl Connection {
    /// Connects; `None` if nobody listens.
    pub(crate) async fn open(port: u16) -> Option<Connection> {
        Some(Connection { stream: TcpStream::connect(("127.0.0.1", port)).await.ok()? })
    }

    /// Asks for a page. False if the request could not be sent whole.
    pub(crate) async fn send(&mut self, port: u16, path: &str, cookies: &str) -> bool {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.is_ok()
    }

    /// Posts a form. False if it could not be sent whole.
    pub(crate) async fn post(&mut self, port: u16, path: &str, cookies: &str, form: &str) -> bool {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        self.stream.write_all(request.as_bytes()).await.is_ok()
    }

    /// Reads the answer.
    pub(crate) async fn hear(&mut self) -> Heard {
        let mut bytes = Vec::new();
        loop {
            if let Some(heard) = whole(&bytes) {
                return heard;
            }
            let read = timeout(PATIENCE, self.stream.read_buf(&mut bytes)).await.expect("an answer or an end");
            if !read.is_ok_and(|count| count > 0) {
                return if bytes.is_empty() { Heard::Nothing } else { Heard::Part(bytes.len()) };
            }
        }
    }
}

/// The answer, if these bytes are all of it.
fn whole(bytes: &[u8]) -> Option<Heard> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("a head of text").to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = header("content-length:").map_or(0, |length| length.parse().expect("a length"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    assert!(header("transfer-encoding:").is_none(), "answers are sent in one piece");
    (bytes.len() >= end + 4 + length).then(|| Heard::Whole { status, is_last: header("connection:") == Some("close") })
}
