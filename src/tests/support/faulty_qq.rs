//! A TCP proxy in front of the sandbox that makes the responses of one endpoint fail in ways that need
//! control over the connection.

mod fault;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

pub(crate) use fault::Fault;

/// How many unaccepted connections the kernel keeps for the listener.
const BACKLOG: u32 = 8;
/// A connection that takes longer is not being accepted. On the loopback interface, others connect at once.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(100);
/// How long to wait for a response before sending the probe again.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// The endpoints of QQ that the site calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Token,
    Me,
    UserInfo,
    Avatar,
}

impl Endpoint {
    fn from_target(target: &str) -> Option<Endpoint> {
        match target.split('?').next().unwrap_or_default() {
            "/oauth2.0/token" => Some(Endpoint::Token),
            "/oauth2.0/me" => Some(Endpoint::Me),
            "/user/get_user_info" => Some(Endpoint::UserInfo),
            path => path.starts_with("/ek_qqapp/").then_some(Endpoint::Avatar),
        }
    }
}

/// The proxy. It closes every connection after one response, so that each request opens a new one.
pub(crate) struct FaultyQq {
    /// The value for `QQ_GRAPH_URL`.
    pub(crate) url: String,
    state: Arc<State>,
}

struct State {
    address: SocketAddr,
    upstream: OnceLock<Upstream>,
    plan: Mutex<Plan>,
    /// The endpoints called since the last [`FaultyQq::inject_fault`].
    calls: Mutex<Vec<Endpoint>>,
    has_fault_begun: watch::Sender<bool>,
    is_accepting: watch::Sender<bool>,
    connection_count: AtomicUsize,
    /// Connections that fill the backlog.
    fillers: Mutex<Vec<TcpStream>>,
}

struct Upstream {
    /// The sandbox's `host:port`.
    sandbox: String,
    /// The origin that redirects lead to.
    redirect_target: String,
}

#[derive(Default)]
struct Plan {
    fault: Option<(Endpoint, Fault)>,
    /// Accept no connections after a request to this endpoint.
    last_accepted: Option<Endpoint>,
}

struct Request {
    target: String,
    host: String,
}

impl FaultyQq {
    /// Starts listening. Call [`FaultyQq::forward_to`] before the first request.
    pub(crate) async fn start() -> FaultyQq {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let listener = socket.listen(BACKLOG).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            address,
            upstream: OnceLock::new(),
            plan: Mutex::default(),
            calls: Mutex::default(),
            has_fault_begun: watch::Sender::new(false),
            is_accepting: watch::Sender::new(true),
            connection_count: AtomicUsize::new(0),
            fillers: Mutex::default(),
        });
        tokio::spawn(accept_connections(listener, state.clone()));
        FaultyQq { url: format!("http://{address}"), state }
    }

    /// Sets the origins of the sandbox and of the redirect fault's target.
    pub(crate) fn forward_to(&self, sandbox: &str, redirect_target: &str) {
        let sandbox = sandbox.strip_prefix("http://").expect("a URL").to_owned();
        let upstream = Upstream { sandbox, redirect_target: redirect_target.to_owned() };
        assert!(self.state.upstream.set(upstream).is_ok(), "called twice");
    }

    /// Makes an endpoint fail until [`FaultyQq::recover`] and resets the request counts. `calls` are the
    /// endpoints that the site is going to call, in this order.
    pub(crate) async fn inject_fault(&self, endpoint: Endpoint, fault: Fault, calls: &[Endpoint]) {
        self.state.calls.lock().expect("a list").clear();
        self.state.has_fault_begun.send_replace(false);
        if !matches!(fault, Fault::SlowConnect) {
            self.state.plan.lock().expect("a plan").fault = Some((endpoint, fault));
            return;
        }
        let earlier = calls.iter().take_while(|call| **call != endpoint).last();
        match earlier {
            Some(earlier) => self.state.plan.lock().expect("a plan").last_accepted = Some(*earlier),
            None => self.state.stop_accepting().await,
        }
    }

    /// Waits until a request met the fault.
    pub(crate) async fn wait_for_fault(&self) {
        self.state.has_fault_begun.subscribe().wait_for(|has_begun| *has_begun).await.expect("an open channel");
    }

    /// Removes the fault.
    pub(crate) async fn recover(&self) {
        *self.state.plan.lock().expect("a plan") = Plan::default();
        self.state.is_accepting.send_replace(true);
        let fillers = std::mem::take(&mut *self.state.fillers.lock().expect("a list"));
        if fillers.is_empty() {
            return;
        }
        drop(fillers);
        // New connections may have to wait until the backlog is empty. The probe is last in it.
        while !timeout(PROBE_TIMEOUT, self.state.probe()).await.is_ok_and(|response| response.is_ok()) {}
    }

    /// Returns the number of requests to an endpoint since [`FaultyQq::inject_fault`].
    pub(crate) fn request_count(&self, endpoint: Endpoint) -> usize {
        self.state.calls.lock().expect("a list").iter().filter(|call| **call == endpoint).count()
    }

    /// Returns the number of connections since the start.
    pub(crate) fn connection_count(&self) -> usize {
        self.state.connection_count.load(Ordering::Relaxed)
    }
}

async fn accept_connections(listener: TcpListener, state: Arc<State>) {
    let mut is_accepting = state.is_accepting.subscribe();
    loop {
        is_accepting.wait_for(|is_accepting| *is_accepting).await.expect("an open channel");
        tokio::select! {
            biased;
            _ = is_accepting.changed() => {}
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("a connection");
                state.connection_count.fetch_add(1, Ordering::Relaxed);
                let state = state.clone();
                // An error means that the site closed the connection.
                tokio::spawn(async move { state.serve(stream).await.ok() });
            }
        }
    }
}

impl State {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
        let endpoint = Endpoint::from_target(&request.target);
        self.calls.lock().expect("a list").extend(endpoint);
        let (fault, is_last) = {
            let plan = self.plan.lock().expect("a plan");
            let fault = plan.fault.as_ref().filter(|(faulty, _)| Some(*faulty) == endpoint);
            (fault.map(|(_, fault)| fault.clone()), endpoint.is_some() && plan.last_accepted == endpoint)
        };
        let upstream = self.upstream.get().expect("an upstream");
        // QQ processes the request (and spends its code) even if its response fails.
        let response = request.forward(&upstream.sandbox).await?;
        if is_last {
            self.stop_accepting().await;
        }
        let Some(fault) = fault else { return stream.write_all(&response).await };
        self.has_fault_begun.send_replace(true);
        let body_start = response.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
        let redirect_url = format!("{}{}", upstream.redirect_target, request.target);
        fault.respond(stream, &response[body_start..], &redirect_url).await
    }

    /// Stops accepting connections and fills the backlog, so that the kernel does not answer further
    /// connection attempts. Unlike a silent remote address, this works without a network.
    async fn stop_accepting(&self) {
        self.is_accepting.send_replace(false);
        while let Ok(filler) = timeout(CONNECT_TIMEOUT, TcpStream::connect(self.address)).await {
            let mut fillers = self.fillers.lock().expect("a list");
            fillers.push(filler.expect("a connection"));
            assert!(fillers.len() <= 4 * BACKLOG as usize, "the backlog is unlimited");
        }
        self.has_fault_begun.send_replace(true);
    }

    async fn probe(&self) -> io::Result<()> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await?;
        stream.read_u8().await.map(|_| ())
    }
}

impl Request {
    /// Reads a GET request. Returns `None` if the client closed the connection.
    async fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(None);
            }
        }
        let head = String::from_utf8(head).expect("text");
        let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).expect("a GET");
        let host = head.lines().find_map(|line| line.strip_prefix("host: ").or(line.strip_prefix("Host: ")));
        Ok(Some(Request { target: target.to_owned(), host: host.expect("a host").to_owned() }))
    }

    /// Sends the request to the sandbox. Returns the bytes of the response.
    async fn forward(&self, sandbox: &str) -> io::Result<Vec<u8>> {
        let Request { target, host } = self;
        let mut stream = TcpStream::connect(sandbox).await?;
        // As if QQ ignored the parameter: calls that are sent at the same time have no order.
        let target = target.replace("&need_openid=1", "");
        // The proxy's own host, because the sandbox builds avatar URLs from it.
        let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await?;
        Ok(response)
    }
}
