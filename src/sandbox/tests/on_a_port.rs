//! On a real port: listening, dropping, stopping.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Trial;
use crate::sandbox::{SandboxError, bind, serve};

struct Running {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

async fn run(trial: &Trial) -> Running {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(serve(listener, trial.router.clone(), async {
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
async fn other_machines_are_kept_out() {
    for addr in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = bind(addr.parse().unwrap()).await;
        assert!(matches!(refused, Err(SandboxError::NotLoopback(_))), "{addr}");
    }
}

#[tokio::test]
async fn a_dropped_connection_brings_not_one_byte() {
    let trial = Trial::new();
    let running = run(&trial).await;
    for endpoint in ["me", "authorize"] {
        trial.plan(endpoint, "drop", 1).await;
        let mut answer = Vec::new();
        let path = format!("/oauth2.0/{endpoint}");
        let mut stream = ask(running.addr, &path).await;
        let read = stream.read_to_end(&mut answer).await;
        assert!(read.is_err() || answer.is_empty(), "{answer:?}");

        let mut stream = ask(running.addr, &path).await;
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 "));
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_slow_and_dripping_answers() {
    for fault in ["slow", "drip"] {
        let trial = Trial::new();
        let running = run(&trial).await;
        trial.plan("me", fault, 1).await;
        let _stream = ask(running.addr, "/oauth2.0/me").await;
        while trial.requests().await.is_empty() {
            tokio::task::yield_now().await;
        }
        let began = std::time::Instant::now();
        running.stop.send(()).unwrap();
        running.ended.await.unwrap().unwrap();
        assert!(began.elapsed().as_secs() < 3, "{fault}");
    }
}
