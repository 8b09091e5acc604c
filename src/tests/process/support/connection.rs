//! A raw HTTP connection. An ordinary client would retry requests on closed connections.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any response takes.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) struct Connection {
    port: u16,
    stream: TcpStream,
}

/// What arrived of a response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Complete {
        status: u16,
        /// Whether the server closes the connection after it.
        is_last: bool,
    },
    /// This many bytes.
    Partial(usize),
    Nothing,
}

impl Connection {
    /// Connects to the program. Returns `None` if it does not listen.
    pub(crate) async fn open(port: u16) -> Option<Connection> {
        Some(Connection { port, stream: TcpStream::connect(("127.0.0.1", port)).await.ok()? })
    }

    /// Sends a GET request. Returns whether it was sent completely.
    pub(crate) async fn send_get(&mut self, path: &str, cookies: &str) -> bool {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {cookies}\r\n\r\n", self.port);
        self.stream.write_all(request.as_bytes()).await.is_ok()
    }

    /// Sends a form. Returns whether it was sent completely.
    pub(crate) async fn send_form(&mut self, path: &str, cookies: &str, form: &str) -> bool {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.port,
            form.len()
        );
        self.stream.write_all(request.as_bytes()).await.is_ok()
    }

    /// Sends the start of a form. Returns whether it was sent.
    pub(crate) async fn send_incomplete_form(&mut self, path: &str) -> bool {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 100\r\n\r\nusername=",
            self.port
        );
        self.stream.write_all(request.as_bytes()).await.is_ok()
    }

    /// Reads the response, until it is complete or the connection is closed.
    pub(crate) async fn receive(&mut self) -> Received {
        let mut bytes = Vec::new();
        loop {
            if let Some(received) = parse_complete(&bytes) {
                return received;
            }
            let read = timeout(READ_TIMEOUT, self.stream.read_buf(&mut bytes)).await.expect("a response or its end");
            if !read.is_ok_and(|count| count > 0) {
                return if bytes.is_empty() { Received::Nothing } else { Received::Partial(bytes.len()) };
            }
        }
    }
}

/// Parses a response. Returns `None` if it is incomplete.
fn parse_complete(bytes: &[u8]) -> Option<Received> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("a head of text").to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = header("content-length:").map_or(0, |length| length.parse().expect("a length"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    assert!(header("transfer-encoding:").is_none(), "the response is chunked");
    let is_last = header("connection:") == Some("close");
    (bytes.len() >= end + 4 + length).then_some(Received::Complete { status, is_last })
}
