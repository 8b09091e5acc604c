//! A QQ that says what it is told to, over a real socket, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::settings;
use crate::qq::{Client, ClientConfig};

/// What to do with one request.
#[derive(Clone)]
pub(super) enum Reply {
    /// ResponseBody with this status and body, and keep the connection.
    Body(u16, Vec<u8>),
    /// Redirect to this address.
    Redirect(String),
    /// Close the connection without an answer.
    Drop,
    /// Promise ten bytes and send only three.
    Truncate,
    /// Send one byte every ten milliseconds, for ever.
    Drip,
    /// Never answer.
    Silence,
    /// Send without end and without saying how much.
    Flood,
}

pub(super) fn ok(body: &str) -> Reply {
    Reply::Body(200, body.as_bytes().to_vec())
}

#[derive(Default)]
struct Told {
    script: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<String>>,
}

pub(super) struct FakeQq {
    pub(super) url: String,
    told: Arc<Told>,
}

impl FakeQq {
    /// Answers the coming requests with `script`, one by one, and any further one with 418.
    pub(super) async fn telling(script: impl IntoIterator<Item = Reply>) -> FakeQq {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Told::default());
        told.script.lock().unwrap().extend(script);
        let shared = Arc::clone(&told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        FakeQq { url, told }
    }

    pub(super) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(super) fn client_with(&self, change: impl FnOnce(&mut ClientConfig)) -> Client {
        let mut settings = settings(&self.url);
        change(&mut settings);
        Client::new(settings).unwrap()
    }

    /// The request targets so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.told.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, told: Arc<Told>) {
    while let Some(target) = request(&mut stream).await {
        told.asked.lock().unwrap().push(target);
        let reply = told.script.lock().unwrap().pop_front();
        let reply = reply.unwrap_or(Reply::Body(418, b"the script is over".to_vec()));
        if !answer(&mut stream, reply).await {
            return;
        }
    }
}

/// The target of the next request, or `None` when the client is gone.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut words = head.split(' ');
    assert_eq!(words.next(), Some("GET"));
    words.next().map(str::to_owned)
}

/// Whether the connection is still good.
async fn answer(stream: &mut TcpStream, reply: Reply) -> bool {
    const HTML: &str = "Content-Type: text/html";
    let head = match &reply {
        Reply::Body(status, body) => {
            format!("HTTP/1.1 {status} Said\r\n{HTML}\r\nContent-Length: {}\r\n\r\n", body.len())
        }
        Reply::Redirect(to) => {
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
        }
        Reply::Truncate => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a".to_owned(),
        Reply::Drip | Reply::Flood => format!("HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n"),
        Reply::Drop | Reply::Silence => String::new(),
    };
    let mut open = stream.write_all(head.as_bytes()).await.is_ok();
    match reply {
        Reply::Body(_, body) => open && stream.write_all(&body).await.is_ok(),
        Reply::Redirect(_) => open,
        Reply::Drop | Reply::Truncate => false,
        Reply::Drip => {
            while open {
                open = stream.write_all(b" ").await.is_ok();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            false
        }
        Reply::Silence => std::future::pending().await,
        Reply::Flood => {
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
            false
        }
    }
}
