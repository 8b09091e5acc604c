//! Tests on a real port: bind, dropped connections, shutdown.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::TestSandbox;
use crate::sandbox::{SandboxError, bind, serve};

struct Running {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

async fn run(sandbox: &TestSandbox) -> Running {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(serve(listener, sandbox.router.clone(), async {
        let _ = stopped.await;
    }));
    Running { addr, stop, ended }
}

async fn ask(addr: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn only_loopback_addresses_can_be_bound() {
    for addr in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = bind(addr.parse().unwrap()).await;
        assert!(matches!(refused, Err(SandboxError::NotLoopback(_))), "{addr}");
    }
}

#[tokio::test]
async fn dropped_connection_sends_no_bytes() {
    let sandbox = TestSandbox::new();
    let running = run(&sandbox).await;
    for endpoint in ["me", "authorize"] {
        sandbox.plan(endpoint, "drop", 1).await;
        let mut response = Vec::new();
        let path = format!("/oauth2.0/{endpoint}");
        let mut stream = ask(running.addr, &path).await;
        let read = stream.read_to_end(&mut response).await;
        assert!(read.is_err() || response.is_empty(), "{response:?}");

        let mut stream = ask(running.addr, &path).await;
        stream.read_to_end(&mut response).await.unwrap();
        assert!(response.starts_with(b"HTTP/1.1 "));
    }
}

#[tokio::test]
async fn shutdown_does_not_wait_for_slow_or_dripping_responses() {
    for fault in ["slow", "drip"] {
        let sandbox = TestSandbox::new();
        let running = run(&sandbox).await;
        sandbox.plan("me", fault, 1).await;
        let _stream = ask(running.addr, "/oauth2.0/me").await;
        while sandbox.requests().await.is_empty() {
            tokio::task::yield_now().await;
        }
        let began = std::time::Instant::now();
        running.stop.send(()).unwrap();
        running.ended.await.unwrap().unwrap();
        assert!(began.elapsed().as_secs() < 3, "{fault}");
    }
}
