//! A fake QQ server that sends scripted replies over a real socket and records the requests.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::config;
use crate::qq::{Client, ClientConfig};

/// How to reply to one request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Send this status and body, and keep the connection open.
    Body(u16, Vec<u8>),
    /// Send this body compressed, although the request may not have asked for it.
    Gzip(Vec<u8>),
    /// Send this body, and close the connection without announcing it.
    BodyThenClose(Vec<u8>),
    /// Send this reply after a request for this path has arrived.
    After(&'static str, Box<Reply>),
    /// Redirect to this address.
    Redirect(String),
    /// Close the connection without a response.
    Drop,
    /// Announce ten bytes and send only three.
    Truncate,
    /// Send one byte every ten milliseconds, endlessly.
    Drip,
    /// Never respond.
    Silence,
    /// Send an endless body without Content-Length.
    Flood,
}

pub(super) fn ok(body: &str) -> Reply {
    Reply::Body(200, body.as_bytes().to_vec())
}

#[derive(Default)]
struct Shared {
    /// Sent in order.
    replies: Mutex<VecDeque<Reply>>,
    /// Sent to every request for the path.
    replies_by_path: HashMap<&'static str, Reply>,
    requests: Mutex<Vec<String>>,
    connection_count: AtomicUsize,
}

pub(super) struct FakeQq {
    pub(super) url: String,
    shared: Arc<Shared>,
}

impl FakeQq {
    /// Sends `replies` in order, and status 418 to any further request.
    pub(super) async fn start(replies: impl IntoIterator<Item = Reply>) -> FakeQq {
        FakeQq::serve(Shared { replies: Mutex::new(replies.into_iter().collect()), ..Shared::default() }).await
    }

    /// Sends each path's reply to every request for it, and status 418 to other requests.
    pub(super) async fn start_by_path(replies: impl IntoIterator<Item = (&'static str, Reply)>) -> FakeQq {
        FakeQq::serve(Shared { replies_by_path: replies.into_iter().collect(), ..Shared::default() }).await
    }

    async fn serve(shared: Shared) -> FakeQq {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(shared);
        let server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.connection_count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, Arc::clone(&server)));
            }
        });
        FakeQq { url, shared }
    }

    pub(super) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(super) fn client_with(&self, change: impl FnOnce(&mut ClientConfig)) -> Client {
        let mut config = config(&self.url);
        change(&mut config);
        Client::new(config).unwrap()
    }

    /// The request targets so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The number of connections so far.
    pub(super) fn connection_count(&self) -> usize {
        self.shared.connection_count.load(Ordering::Relaxed)
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Some(target) = read_request(&mut stream).await {
        let path = target.split('?').next().unwrap().to_owned();
        shared.requests.lock().unwrap().push(target);
        let mut reply = shared.next_reply(&path);
        if let Reply::After(path, next) = reply {
            while !shared.has_request(path) {
                tokio::task::yield_now().await;
            }
            reply = *next;
        }
        if !send_reply(&mut stream, reply).await {
            return;
        }
    }
}

impl Shared {
    fn next_reply(&self, path: &str) -> Reply {
        let reply = self.replies_by_path.get(path).cloned().or_else(|| self.replies.lock().unwrap().pop_front());
        reply.unwrap_or(Reply::Body(418, b"no reply left".to_vec()))
    }

    fn has_request(&self, path: &str) -> bool {
        self.requests.lock().unwrap().iter().any(|target| target.starts_with(path))
    }
}

/// Returns the target of the next request, or `None` if the client closed the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut words = head.split(' ');
    assert_eq!(words.next(), Some("GET"));
    words.next().map(str::to_owned)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// Returns whether the connection stays open.
async fn send_reply(stream: &mut TcpStream, reply: Reply) -> bool {
    const HTML: &str = "Content-Type: text/html";
    let head = match &reply {
        Reply::Body(status, body) => {
            format!("HTTP/1.1 {status} Status\r\n{HTML}\r\nContent-Length: {}\r\n\r\n", body.len())
        }
        Reply::Gzip(body) => {
            let length = gzip(body).len();
            format!("HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n")
        }
        Reply::BodyThenClose(body) => {
            format!("HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: {}\r\n\r\n", body.len())
        }
        Reply::Redirect(to) => {
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
        }
        Reply::Truncate => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a".to_owned(),
        Reply::Drip | Reply::Flood => format!("HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n"),
        Reply::Drop | Reply::Silence => String::new(),
        Reply::After(..) => unreachable!(),
    };
    let mut is_open = stream.write_all(head.as_bytes()).await.is_ok();
    match reply {
        Reply::Body(_, body) => is_open && stream.write_all(&body).await.is_ok(),
        Reply::Gzip(body) => is_open && stream.write_all(&gzip(&body)).await.is_ok(),
        Reply::BodyThenClose(body) => {
            stream.write_all(&body).await.ok();
            false
        }
        Reply::Redirect(_) => is_open,
        Reply::Drop | Reply::Truncate => false,
        Reply::Drip => {
            while is_open {
                is_open = stream.write_all(b" ").await.is_ok();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            false
        }
        Reply::Silence | Reply::After(..) => std::future::pending().await,
        Reply::Flood => {
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
            false
        }
    }
}
