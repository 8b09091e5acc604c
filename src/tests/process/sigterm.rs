//! SIGTERM during requests.
//!
//! Browsers open pages, register users and wait for QQ. A request was cut off if only a part of its response arrives,
//! or if nothing arrives and it was sent before the program received the signal (the log has the time). A later
//! request may fail, because the port is closed.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::format_description;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::support::{Browser, Connection, Program, Received, WorkDir, check_database, env_number, eventually};

/// How many browsers open pages, register users, and wait for QQ.
const PAGE_BROWSERS: usize = 48;
const REGISTERING_BROWSERS: usize = 4;
const WAITING_BROWSERS: usize = 3;
/// Shorter than the program's grace period.
const QQ_TIMEOUT_MS: u64 = 8000;
/// How long the program waits for running requests.
const GRACE_PERIOD: Duration = Duration::from_secs(10);
/// More than the program needs to end after that.
const EXIT_LIMIT: Duration = Duration::from_secs(20);
/// Pages with and without a session, a redirect, a database query, and a missing page.
const PATHS: [&str; 6] = ["/", "/account", "/login/qq", "/login", "/readyz", "/nowhere"];

struct Exchange {
    path: &'static str,
    sent_at: OffsetDateTime,
    received: Received,
}

/// Opens pages over persistent connections until the program stops listening.
async fn open_pages_until_stopped(port: u16, cookies: String) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let mut paths = PATHS.iter().cycle();
    while let Some(mut connection) = Connection::open(port).await {
        loop {
            let path = paths.next().expect("a path");
            let is_sent = connection.send_get(path, &cookies).await;
            let sent_at = OffsetDateTime::now_utc();
            let received = connection.receive().await;
            let is_reusable = matches!(received, Received::Complete { is_last: false, .. });
            // Ignore requests that could not be sent.
            if is_sent || received != Received::Nothing {
                exchanges.push(Exchange { path, sent_at, received });
            }
            if !is_reusable {
                break;
            }
        }
    }
    exchanges
}

struct Registration {
    name: String,
    exchange: Exchange,
}

/// Registers users until the program stops listening. Sends a message for each.
async fn register_until_stopped(port: u16, prefix: String, registered: UnboundedSender<()>) -> Vec<Registration> {
    let mut registrations = Vec::new();
    for number in 0.. {
        let (name, mut browser) = (format!("typed-{prefix}-{number}"), Browser::new(port));
        let Ok(login) = browser.sign_in(&name).await else { break };
        assert_eq!((login.status, login.location()), (303, "/register"), "{name}: {}", login.body);
        let Some(mut connection) = Connection::open(port).await else { break };
        let form = format!("username={name}&email={name}%40example.com");
        let is_sent = connection.send_form("/register", &browser.cookies(), &form).await;
        let sent_at = OffsetDateTime::now_utc();
        let exchange = Exchange { path: "/register", sent_at, received: connection.receive().await };
        if is_sent || exchange.received != Received::Nothing {
            registrations.push(Registration { name, exchange });
            // Fails after the first message, when the receiver is dropped.
            let _ = registered.send(());
        }
    }
    registrations
}

/// Opens a callback that has to wait for QQ.
async fn open_slow_callback(port: u16, mut browser: Browser, name: String) -> Exchange {
    let callback = browser.authorize_as(&name).await.expect("a callback");
    let mut connection = Connection::open(port).await.expect("a connection");
    assert!(connection.send_get(&callback, &browser.cookies()).await);
    let sent_at = OffsetDateTime::now_utc();
    Exchange { path: "/login/qq/callback", sent_at, received: connection.receive().await }
}

/// Returns when the program received the signal, in the format of its log.
async fn signal_time(program: &Program) -> String {
    eventually("the log has the signal", async || {
        let log = program.log();
        let line = log.lines().find(|line| line.ends_with("stopping"))?;
        line.split(' ').next().map(str::to_owned)
    })
    .await
}

/// Formats a time as the log does. The texts sort by time.
fn log_time(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    time.format(&format).expect("a text")
}

fn http_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

/// Delays QQ's next token responses by half a minute.
async fn make_qq_slow(program: &Program) {
    let request = http_client().put(format!("{}/sandbox/faults/token", program.sandbox_url()));
    let body = format!("{{\"fault\":\"slow\",\"times\":{WAITING_BROWSERS}}}");
    let response = request.header("content-type", "application/json").body(body).send().await.expect("a response");
    assert!(response.status().is_success());
}

async fn wait_for_slow_qq_requests(program: &Program) {
    let client = http_client();
    eventually("QQ receives the requests", async || {
        let log = client.get(format!("{}/sandbox/requests", program.sandbox_url())).send().await.expect("a response");
        let log = log.text().await.expect("a list");
        (log.matches("\"fault\":\"slow\"").count() >= WAITING_BROWSERS).then_some(())
    })
    .await;
}

/// Opens callbacks in several browsers. Returns when all of them wait for QQ.
async fn start_slow_callbacks(program: &Program) -> Vec<JoinHandle<Exchange>> {
    make_qq_slow(program).await;
    let start = |number| tokio::spawn(open_slow_callback(program.port(), program.browser(), format!("slow-{number}")));
    let callbacks = (0..WAITING_BROWSERS).map(start).collect();
    wait_for_slow_qq_requests(program).await;
    callbacks
}

/// Counts exchanges.
#[derive(Default)]
struct Counts {
    completed: usize,
    /// Sent after the signal, without a response.
    too_late: usize,
}

impl Counts {
    /// Panics if the exchange was cut off.
    fn add(&mut self, Exchange { path, sent_at, received }: Exchange, signal_at: &str) {
        match received {
            Received::Complete { status, .. } => {
                // Under this load, the readiness check may time out.
                assert!(status < 500 || path == "/readyz", "{path}: {status}");
                self.completed += 1;
            }
            Received::Nothing if log_time(sent_at).as_str() > signal_at => self.too_late += 1,
            cut_off => panic!("{path}: {cut_off:?}, sent at {}, signal at {signal_at}", log_time(sent_at)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn program_answers_all_requests_sent_before_sigterm() {
    let rounds = env_number("TERMS").unwrap_or(3);
    assert!(rounds > 0, "TERMS is 0");
    let work_dir = WorkDir::new("sigterm");
    let (mut counts, mut acknowledged) = (Counts::default(), vec!["typed-ann".to_owned()]);
    for round in 0..rounds {
        let mut program = Program::start_with(&work_dir, &[], QQ_TIMEOUT_MS).await;
        let port = program.port();
        let mut ann = program.browser();
        ann.sign_in("typed-ann").await.expect("a response");
        if round == 0 {
            assert_eq!(ann.submit_registration("typed-ann").await.expect("a response").location(), "/account");
        }
        let slow = start_slow_callbacks(&program).await;
        let open_pages = || tokio::spawn(open_pages_until_stopped(port, ann.cookies()));
        let pages: Vec<_> = (0..PAGE_BROWSERS).map(|_| open_pages()).collect();
        let (registered, mut first) = unbounded_channel();
        let registering: Vec<_> = (0..REGISTERING_BROWSERS)
            .map(|number| register_until_stopped(port, format!("{round}-{number}"), registered.clone()))
            .map(tokio::spawn)
            .collect();
        drop(registered);
        first.recv().await.expect("a registration in every round");
        drop(first);

        let terminated_at = Instant::now();
        program.terminate();
        let status = program.wait_for_exit().await;
        let took = terminated_at.elapsed();
        assert!(status.success() && took < EXIT_LIMIT, "{status} after {took:?}");
        let signal_at = signal_time(&program).await;

        for exchange in slow {
            let exchange = exchange.await.expect("an exchange");
            assert!(log_time(exchange.sent_at) < signal_at, "a slow callback was opened after the signal");
            counts.add(exchange, &signal_at);
        }
        for browser in pages {
            let exchanges = browser.await.expect("exchanges");
            let has_early = exchanges.first().is_some_and(|first| log_time(first.sent_at) < signal_at);
            assert!(has_early, "a browser opened no page before the signal");
            exchanges.into_iter().for_each(|exchange| counts.add(exchange, &signal_at));
        }
        for browser in registering {
            for Registration { name, exchange } in browser.await.expect("registrations") {
                if let Received::Complete { status, .. } = exchange.received {
                    assert_eq!(status, 303, "{name}");
                    acknowledged.push(name);
                }
                counts.add(exchange, &signal_at);
            }
        }
        check_database(&work_dir.database(), &acknowledged).await;
    }
    println!(
        "{rounds} stops: {} requests answered, {} registrations among them, none cut off; \
         {} sent after the signal without a response",
        counts.completed,
        acknowledged.len(),
        counts.too_late
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn program_ends_after_grace_period_in_spite_of_slow_requests() {
    let work_dir = WorkDir::new("sigterm-slow");
    let mut program = Program::start(&work_dir).await;
    // The program waits longer than the grace period for the rest of the form.
    let mut slow = Connection::open(program.port()).await.expect("a connection");
    assert!(slow.send_incomplete_form("/register").await);
    let terminated_at = Instant::now();
    program.terminate();
    let status = program.wait_for_exit().await;
    let took = terminated_at.elapsed();
    assert!(status.success() && took >= GRACE_PERIOD && took < EXIT_LIMIT, "{status} after {took:?}");
    assert_eq!(slow.receive().await, Received::Nothing, "an incomplete request was answered");
    assert!(program.log().contains("some requests did not finish in time"), "{}", program.log());
}
