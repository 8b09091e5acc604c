//! A QQ that goes wrong below HTTP, or in ways that the sandbox has no name for: it hands every
//! request on to the sandbox, and spoils the answers of one endpoint.

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

/// How many connections the kernel keeps for a listener that does not accept them.
const BACKLOG: u32 = 8;
/// How long a connection that the kernel lets wait is waited for. On this machine the others come
/// about at once.
const KNOCK: Duration = Duration::from_millis(100);

/// How long an answer is waited for before another one is asked for.
const PROBE: Duration = Duration::from_secs(1);

/// What the site asks QQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Token,
    Me,
    UserInfo,
    Avatar,
}

impl Endpoint {
    fn of(target: &str) -> Option<Endpoint> {
        match target.split('?').next().unwrap_or_default() {
            "/oauth2.0/token" => Some(Endpoint::Token),
            "/oauth2.0/me" => Some(Endpoint::Me),
            "/user/get_user_info" => Some(Endpoint::UserInfo),
            path => path.starts_with("/ek_qqapp/").then_some(Endpoint::Avatar),
        }
    }
}

/// A QQ on a free port of this machine. It closes every connection after one answer, so that each
/// question begins with connecting.
pub(crate) struct WickedQq {
    /// Its address, for `QQ_GRAPH_URL`.
    pub(crate) url: String,
    state: Arc<State>,
}

struct State {
    address: SocketAddr,
    /// The sandbox's `host:port`, and the address that redirects lead to.
    surroundings: OnceLock<(String, String)>,
    plan: Mutex<Plan>,
    asked: Mutex<Vec<Endpoint>>,
    has_begun: watch::Sender<bool>,
    is_open: watch::Sender<bool>,
    visits: AtomicUsize,
    /// The connections that fill the backlog.
    fillers: Mutex<Vec<TcpStream>>,
}

#[derive(Default)]
struct Plan {
    spoiled: Option<(Endpoint, Fault)>,
    /// The question after which nobody is let in any more.
    last_let_in: Option<Endpoint>,
}

struct Request {
    target: String,
    host: String,
}

impl WickedQq {
    /// Listens. It can answer once it knows its sandbox.
    pub(crate) async fn start() -> WickedQq {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let listener = socket.listen(BACKLOG).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            address,
            surroundings: OnceLock::new(),
            plan: Mutex::default(),
            asked: Mutex::default(),
            has_begun: watch::Sender::new(false),
            is_open: watch::Sender::new(true),
            visits: AtomicUsize::new(0),
            fillers: Mutex::default(),
        });
        tokio::spawn(listen(listener, state.clone()));
        WickedQq { url: format!("http://{address}"), state }
    }

    /// Stands before the sandbox at `sandbox`; redirects lead to `elsewhere`. Both are origins.
    pub(crate) fn stand_before(&self, sandbox: &str, elsewhere: &str) {
        let sandbox = sandbox.strip_prefix("http://").expect("an address").to_owned();
        self.state.surroundings.set((sandbox, elsewhere.to_owned())).expect("said once");
    }

    /// Spoils what an endpoint answers until [`WickedQq::recover`], and counts anew. `questions`
    /// are what the site is going to ask, in their order.
    pub(crate) async fn spoil(&self, endpoint: Endpoint, fault: Fault, questions: &[Endpoint]) {
        self.state.asked.lock().expect("a list").clear();
        self.state.has_begun.send_replace(false);
        if !matches!(fault, Fault::SlowConnect) {
            self.state.plan.lock().expect("a plan").spoiled = Some((endpoint, fault));
            return;
        }
        let earlier = questions.iter().take_while(|question| **question != endpoint).last();
        match earlier {
            Some(earlier) => self.state.plan.lock().expect("a plan").last_let_in = Some(*earlier),
            None => self.state.let_nobody_in().await,
        }
    }

    /// Waits until something is spoiled.
    pub(crate) async fn until_spoiled(&self) {
        self.state.has_begun.subscribe().wait_for(|has_begun| *has_begun).await.expect("a listener");
    }

    /// Is well again.
    pub(crate) async fn recover(&self) {
        *self.state.plan.lock().expect("a plan") = Plan::default();
        self.state.is_open.send_replace(true);
        let fillers = std::mem::take(&mut *self.state.fillers.lock().expect("a list"));
        if fillers.is_empty() {
            return;
        }
        drop(fillers);
        // Until the backlog is empty, whoever connects may be kept waiting: who stands at its end is
        // answered last.
        while !timeout(PROBE, self.state.is_answering()).await.is_ok_and(|answer| answer.is_ok()) {}
    }

    /// How often it was asked since [`WickedQq::spoil`].
    pub(crate) fn asked(&self, endpoint: Endpoint) -> usize {
        self.state.asked.lock().expect("a list").iter().filter(|asked| **asked == endpoint).count()
    }

    /// How often anybody connected at all.
    pub(crate) fn visits(&self) -> usize {
        self.state.visits.load(Ordering::Relaxed)
    }
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut is_open = state.is_open.subscribe();
    loop {
        is_open.wait_for(|is_open| *is_open).await.expect("a state");
        tokio::select! {
            biased;
            _ = is_open.changed() => {}
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("a connection");
                state.visits.fetch_add(1, Ordering::Relaxed);
                let state = state.clone();
                // An error means that the site has hung up.
                tokio::spawn(async move { state.serve(stream).await.ok() });
            }
        }
    }
}

impl State {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
        let endpoint = Endpoint::of(&request.target);
        self.asked.lock().expect("a list").extend(endpoint);
        let (fault, is_last) = {
            let plan = self.plan.lock().expect("a plan");
            let fault = plan.spoiled.as_ref().filter(|(spoiled, _)| Some(*spoiled) == endpoint);
            (fault.map(|(_, fault)| fault.clone()), endpoint.is_some() && plan.last_let_in == endpoint)
        };
        let (sandbox, elsewhere) = self.surroundings.get().expect("a sandbox");
        // QQ has done its part, and spent what is spent by it, even if its answer is spoiled.
        let answer = request.put_to(sandbox).await?;
        if is_last {
            self.let_nobody_in().await;
        }
        let Some(fault) = fault else { return stream.write_all(&answer).await };
        self.has_begun.send_replace(true);
        let at = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
        fault.play(stream, &answer[at..], &format!("{elsewhere}{}", request.target)).await
    }

    /// Leaves connections unaccepted, and fills the backlog where they wait: the kernel does not
    /// even answer the next one then. It needs no address elsewhere that stays silent, which a
    /// machine without a network does not have.
    async fn let_nobody_in(&self) {
        self.is_open.send_replace(false);
        while let Ok(filler) = timeout(KNOCK, TcpStream::connect(self.address)).await {
            let mut fillers = self.fillers.lock().expect("a list");
            fillers.push(filler.expect("a connection"));
            assert!(fillers.len() <= 4 * BACKLOG as usize, "the backlog has no end");
        }
        self.has_begun.send_replace(true);
    }

    async fn is_answering(&self) -> io::Result<()> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await?;
        stream.read_u8().await.map(|_| ())
    }
}

impl Request {
    /// The next request, which is a GET; none when whoever connected is gone.
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

    /// The sandbox's answer, byte for byte.
    async fn put_to(&self, sandbox: &str) -> io::Result<Vec<u8>> {
        let Request { target, host } = self;
        let mut stream = TcpStream::connect(sandbox).await?;
        // With our own host in it, since the addresses of avatars are made of it.
        let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}
