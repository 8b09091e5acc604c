use std::sync::Arc;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;

/// After this time, a test fails instead of waiting.
const TEST_TIMEOUT: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);
/// More than the operating system buffers for a client that does not read.
const LARGE: usize = 64 << 20;

/// No timeout ends a test's connection, unless the test sets a shorter one.
fn limits(max_connections: usize) -> ConnectionLimits {
    let (head_timeout, idle_timeout, write_timeout) = (TEST_TIMEOUT, TEST_TIMEOUT, TEST_TIMEOUT);
    ConnectionLimits { max_connections, head_timeout, idle_timeout, write_timeout }
}

/// A test that stops the server decides how long requests may take.
fn periods(grace: Duration) -> ShutdownPeriods {
    ShutdownPeriods { accept: SHORT, grace }
}

struct TestServer {
    addr: SocketAddr,
    /// Has a permit for each request of `/wait` that has started.
    started: Arc<Semaphore>,
    /// Each permit lets one of them finish.
    finish: Arc<Semaphore>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl TestServer {
    async fn start(limits: ConnectionLimits) -> TestServer {
        TestServer::start_with(Settings { limits, shutdown: periods(TEST_TIMEOUT) }).await
    }

    async fn start_with(settings: Settings) -> TestServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let (started, finish) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (has_started, may_finish) = (started.clone(), finish.clone());
        let wait = async move || {
            has_started.add_permits(1);
            may_finish.acquire().await.expect("a permit").forget();
            "waited"
        };
        let router = Router::new()
            .route("/", get(async || "home"))
            .route("/wait", get(wait))
            .route("/large", get(async || vec![b'x'; LARGE]));
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let task = tokio::spawn(serve(listener, router, settings, stopped));
        TestServer { addr, started, finish, stop, task }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.addr).await.expect("a connection"))
    }

    /// Connects and sends a request, so that the server has accepted the connection.
    async fn connect_and_get(&self, path: &str) -> Client {
        let mut client = self.connect().await;
        client.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        client
    }
}

struct Client(TcpStream);

impl Client {
    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("sent");
    }

    /// Reads a response that ends with this text. Returns its start.
    async fn receive(&mut self, end: &str) -> String {
        let reading = async {
            let mut response = Vec::new();
            while !response.ends_with(end.as_bytes()) {
                let count = self.0.read_buf(&mut response).await.expect("a response");
                assert!(count > 0, "the connection was closed");
            }
            response.truncate(response.len() - end.len());
            String::from_utf8(response).expect("text")
        };
        timeout(TEST_TIMEOUT, reading).await.expect("a response")
    }

    async fn get_home(&mut self) {
        self.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        self.receive("home").await;
    }

    /// Expects that the server closes the connection and sends nothing.
    async fn expect_end(mut self) {
        let count = timeout(TEST_TIMEOUT, self.0.read(&mut [0; 64])).await.expect("the connection was not closed");
        assert!(matches!(count, Ok(0) | Err(_)), "{count:?}");
    }
}

#[tokio::test]
async fn s99_new_connection_replaces_the_one_that_is_idle_for_longest() {
    let server = TestServer::start(limits(3)).await;
    let mut clients = [server.connect().await, server.connect().await, server.connect().await];
    for client in &mut clients {
        client.get_home().await;
    }
    let [mut first, second, mut third] = clients;
    first.get_home().await;
    let mut fourth = server.connect().await;
    fourth.get_home().await;
    second.expect_end().await;
    for client in [&mut first, &mut third, &mut fourth] {
        client.get_home().await;
    }
}

#[tokio::test]
async fn s99_idle_connections_do_not_lock_out_new_clients() {
    let server = TestServer::start(limits(8)).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(server.connect().await);
    }
    server.connect().await.get_home().await;
    let mut newest = idle.pop().expect("a client");
    newest.get_home().await;
}

#[tokio::test]
async fn s99_busy_connections_are_not_closed_for_new_ones() {
    let server = TestServer::start(limits(2)).await;
    let (mut first, mut second) = (server.connect_and_get("/wait").await, server.connect_and_get("/wait").await);
    server.started.acquire_many(2).await.expect("requests").forget();
    let mut waiting = server.connect_and_get("/").await;
    // Lets the server notice the third connection.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    server.finish.add_permits(1);
    first.receive("waited").await;
    // Replaces the first, although the second has not received anything for longer.
    waiting.receive("home").await;
    server.finish.add_permits(1);
    second.receive("waited").await;
}

#[tokio::test]
async fn s99_incomplete_head_is_given_up_and_idle_connections_are_kept() {
    let server = TestServer::start(ConnectionLimits { head_timeout: SHORT, ..limits(8) }).await;
    let (mut idle, mut used) = (server.connect().await, server.connect().await);
    used.get_home().await;
    for head in ["G", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut slow = server.connect().await;
        slow.send(head).await;
        slow.expect_end().await;
    }
    // The start of a second request counts as much as that of the first.
    let mut slow = server.connect().await;
    slow.get_home().await;
    slow.send("GET").await;
    slow.expect_end().await;
    idle.get_home().await;
    used.get_home().await;
}

#[tokio::test]
async fn s99_idle_connections_end_after_a_while_and_busy_ones_do_not() {
    let server = TestServer::start(ConnectionLimits { head_timeout: SHORT, idle_timeout: SHORT, ..limits(8) }).await;
    let mut busy = server.connect_and_get("/wait").await;
    server.connect().await.expect_end().await;
    let mut used = server.connect_and_get("/").await;
    used.receive("home").await;
    used.expect_end().await;
    server.finish.add_permits(1);
    busy.receive("waited").await;
}

#[tokio::test]
async fn s99_client_that_does_not_read_loses_its_connection() {
    let limits =
        ConnectionLimits { head_timeout: SHORT, idle_timeout: TEST_TIMEOUT, write_timeout: SHORT, max_connections: 1 };
    let server = TestServer::start(limits).await;
    let _blocked = server.connect_and_get("/large").await;
    // Is accepted only when the other connection has ended.
    server.connect_and_get("/").await.receive("home").await;
}

#[tokio::test]
async fn s99_slow_reader_gets_the_whole_response() {
    let server = TestServer::start(limits(1)).await;
    let mut slow = server.connect_and_get("/large").await;
    // A full send buffer is no reason to give way.
    let mut waiting = server.connect_and_get("/").await;
    slow.receive(&"x".repeat(LARGE)).await;
    waiting.receive("home").await;
}

#[tokio::test]
async fn stop_closes_idle_connections_and_finishes_requests() {
    let server = TestServer::start(limits(8)).await;
    let (mut used, idle) = (server.connect_and_get("/").await, server.connect().await);
    used.receive("home").await;
    let mut busy = server.connect_and_get("/wait").await;
    server.started.acquire().await.expect("a request").forget();
    server.stop.send(()).expect("a server");
    idle.expect_end().await;
    used.expect_end().await;
    assert!(TcpStream::connect(server.addr).await.is_err(), "the port is closed");
    server.finish.add_permits(1);
    assert!(busy.receive("waited").await.contains("connection: close"));
    busy.expect_end().await;
    timeout(TEST_TIMEOUT, server.task).await.expect("an end").expect("no panic");
}

#[tokio::test]
async fn requests_sent_shortly_after_the_stop_are_answered() {
    let shutdown = ShutdownPeriods { accept: TEST_TIMEOUT, grace: TEST_TIMEOUT };
    let server = TestServer::start_with(Settings { limits: limits(8), shutdown }).await;
    let mut used = server.connect_and_get("/").await;
    assert!(!used.receive("home").await.contains("connection: close"));
    server.stop.send(()).expect("a server");
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let new = Client(TcpStream::connect(server.addr).await.expect("a connection"));
    for mut client in [used, new] {
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(client.receive("home").await.contains("connection: close"));
        client.expect_end().await;
    }
    server.task.abort();
}

#[tokio::test]
async fn requests_that_take_longer_than_the_grace_period_are_given_up() {
    let server = TestServer::start_with(Settings { limits: limits(8), shutdown: periods(2 * SHORT) }).await;
    let _busy = server.connect_and_get("/wait").await;
    server.started.acquire().await.expect("a request").forget();
    server.stop.send(()).expect("a server");
    timeout(TEST_TIMEOUT, server.task).await.expect("an end").expect("no panic");
}
