//! SIGTERM while requests are in flight.
//!
//! Pages are asked for, forms are sent, and QQ is waited for. A request is cut off if only a part of its answer arrives, or if it was sent before the program
//! heard the signal (its log says when) and nothing arrives. One that is sent later may find nobody:
//! the port is closed then, and no server can answer what it has not heard of.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::format_description;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::support::{Browser, Connection, Heard, Home, Program, eventually, examine, number};

/// How many ask all the time, register all the time, and wait for QQ.
const QUICK: usize = 48;
const REGISTERING: usize = 4;
const SLOW: usize = 3;
/// How long QQ is waited for: not as long as a program that was told to stop goes on.
const QQ_TIMEOUT_MS: u64 = 8000;
/// What the program promises for requests in flight, and more than it takes to end after that.
const GRACE: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_secs(20);
/// Pages with and without a session, a redirect, one that asks the database, and one that is not there.
const PATHS: [&str; 6] = ["/", "/account", "/login/qq", "/login", "/readyz", "/nowhere"];

/// A request and its answer.
struct Exchange {
    path: &'static str,
    sent_at: OffsetDateTime,
    heard: Heard,
}

/// Asks for one page after the other over kept connections until nobody listens any more.
async fn ask_until_the_end(port: u16, cookies: String) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let mut paths = PATHS.iter().cycle();
    while let Some(mut connection) = Connection::open(port).await {
        loop {
            let path = paths.next().expect("a path");
            let is_sent = connection.send(port, path, &cookies).await;
            let sent_at = OffsetDateTime::now_utc();
            let heard = connection.hear().await;
            let goes_on = matches!(heard, Heard::Whole { is_last: false, .. });
            // What could not be sent was not asked.
            if is_sent || heard != Heard::Nothing {
                exchanges.push(Exchange { path, sent_at, heard });
            }
            if !goes_on {
                break;
            }
        }
    }
    exchanges
}

/// Somebody's registration.
struct Registration {
    name: String,
    exchange: Exchange,
}

/// Registers one person after the other until nobody listens any more, and tells of each who was
/// answered.
async fn register_until_the_end(port: u16, prefix: String, told: UnboundedSender<()>) -> Vec<Registration> {
    let mut registrations = Vec::new();
    for number in 0.. {
        let (name, mut browser) = (format!("typed-{prefix}-{number}"), Browser::new(port));
        let Ok(arrival) = browser.sign_in(&name).await else { break };
        assert_eq!((arrival.status, arrival.location()), (303, "/register"), "{name}: {}", arrival.body);
        let Some(mut connection) = Connection::open(port).await else { break };
        let form = format!("username={name}&email={name}%40example.com");
        let is_sent = connection.post(port, "/register", &browser.cookies(), &form).await;
        let exchange =
            Exchange { path: "/register", sent_at: OffsetDateTime::now_utc(), heard: connection.hear().await };
        if is_sent || exchange.heard != Heard::Nothing {
            registrations.push(Registration { name, exchange });
            // Once the first was heard of, nobody listens any more.
            let _ = told.send(());
        }
    }
    registrations
}

/// Comes back from QQ, which takes its time.
async fn ask_slowly(port: u16, mut browser: Browser, name: String) -> Exchange {
    let callback = browser.come_back_as(&name).await.expect("a callback");
    let mut connection = Connection::open(port).await.expect("a connection");
    assert!(connection.send(port, &callback, &browser.cookies()).await);
    let sent_at = OffsetDateTime::now_utc();
    Exchange { path: "/login/qq/callback", sent_at, heard: connection.hear().await }
}

/// When the program heard the signal, as its log writes moments.
async fn moment_of_the_signal(program: &Program) -> String {
    eventually("the log tells of the signal", async || {
        let log = program.log();
        let line = log.lines().find(|line| line.ends_with("stopping"))?;
        line.split(' ').next().map(str::to_owned)
    })
    .await
}

/// A moment as the log writes it; of two, the earlier is the smaller text.
fn as_logged(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    moment.format(&format).expect("a text")
}

/// Has the next answers for tokens take half a minute.
async fn let_qq_be_slow(program: &Program) {
    let plan = reqwest::Client::builder().no_proxy().build().expect("a client");
    let plan = plan.put(format!("{}/sandbox/faults/token", program.sandbox()));
    let plan = plan.header("content-type", "application/json").body(format!("{{\"fault\":\"slow\",\"times\":{SLOW}}}"));
    assert!(plan.send().await.expect("an answer").status().is_success());
}

async fn wait_until_qq_is_asked(program: &Program) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    eventually("QQ is asked", async || {
        let asked = client.get(format!("{}/sandbox/requests", program.sandbox())).send().await.expect("an answer");
        let asked = asked.text().await.expect("a list");
        (asked.matches("\"fault\":\"slow\"").count() >= SLOW).then_some(())
    })
    .await;
}

/// Comes back from QQ in several browsers, and waits until QQ makes them wait.
async fn begin_slow_requests(program: &Program) -> Vec<JoinHandle<Exchange>> {
    let_qq_be_slow(program).await;
    let begin = |number| tokio::spawn(ask_slowly(program.port(), program.browser(), format!("slow-{number}")));
    let slow = (0..SLOW).map(begin).collect();
    wait_until_qq_is_asked(program).await;
    slow
}

/// Judges what was heard: whole answers are counted, and requests that found nobody since they were
/// sent after the signal.
#[derive(Default)]
struct Verdict {
    whole: usize,
    unheard: usize,
}

impl Verdict {
    fn judge(&mut self, Exchange { path, sent_at, heard }: Exchange, signal_at: &str) {
        match heard {
            Heard::Whole { status, .. } => {
                // Whether the database can be written may not be known just now, among so many.
                assert!(status < 500 || path == "/readyz", "{path}: {status}");
                self.whole += 1;
            }
            Heard::Nothing if as_logged(sent_at).as_str() > signal_at => self.unheard += 1,
            cut => panic!("{path}: {cut:?} of what was sent at {}; signal at {signal_at}", as_logged(sent_at)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_told_to_stop_answers_whatever_was_asked_before() {
    let rounds = number("TERMS").unwrap_or(3);
    assert!(rounds > 0, "no stop shows nothing");
    let home = Home::new("stopped");
    let (mut verdict, mut registered) = (Verdict::default(), vec!["typed-ann".to_owned()]);
    for round in 0..rounds {
        let mut program = Program::start_waiting_for_qq(&home, QQ_TIMEOUT_MS).await;
        let port = program.port();
        let mut ann = program.browser();
        ann.sign_in("typed-ann").await.expect("an answer");
        if round == 0 {
            assert_eq!(ann.fill_in_form("typed-ann").await.expect("an answer").location(), "/account");
        }
        let slow = begin_slow_requests(&program).await;
        let quick: Vec<_> = (0..QUICK).map(|_| tokio::spawn(ask_until_the_end(port, ann.cookies()))).collect();
        let (told, mut first) = unbounded_channel();
        let registering: Vec<_> = (0..REGISTERING)
            .map(|number| register_until_the_end(port, format!("{round}-{number}"), told.clone()))
            .map(tokio::spawn)
            .collect();
        drop(told);
        first.recv().await.expect("a registration in every round");
        drop(first);

        let told_at = Instant::now();
        program.terminate();
        let status = program.ended().await;
        assert!(status.success() && told_at.elapsed() < LIMIT, "{status} after {:?}", told_at.elapsed());
        let signal_at = moment_of_the_signal(&program).await;

        for exchange in slow {
            let exchange = exchange.await.expect("an exchange");
            assert!(as_logged(exchange.sent_at) < signal_at, "the slow ones are asked before");
            verdict.judge(exchange, &signal_at);
        }
        for browser in quick {
            let exchanges = browser.await.expect("exchanges");
            let is_load = exchanges.first().is_some_and(|first| as_logged(first.sent_at) < signal_at);
            assert!(is_load, "there was no load");
            exchanges.into_iter().for_each(|exchange| verdict.judge(exchange, &signal_at));
        }
        for browser in registering {
            for Registration { name, exchange } in browser.await.expect("registrations") {
                if let Heard::Whole { status, .. } = exchange.heard {
                    assert_eq!(status, 303, "{name}");
                    registered.push(name);
                }
                verdict.judge(exchange, &signal_at);
            }
        }
        examine(&home.database(), &registered).await;
    }
    println!(
        "{rounds} stops: {} requests answered whole, {} registrations among them, none cut off; \
         {} sent after the signal found nobody",
        verdict.whole,
        registered.len(),
        verdict.unheard
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_told_to_stop_does_not_wait_for_ever() {
    let home = Home::new("stopped-slow");
    // QQ would be waited for longer than the program may go on.
    let mut program = Program::start_waiting_for_qq(&home, 60_000).await;
    let slow = begin_slow_requests(&program).await;
    let told_at = Instant::now();
    program.terminate();
    let status = program.ended().await;
    let took = told_at.elapsed();
    assert!(status.success() && took >= GRACE && took < LIMIT, "{status} after {took:?}");
    for exchange in slow {
        assert_eq!(exchange.await.expect("an exchange").heard, Heard::Nothing, "the answer would have come later");
    }
    assert!(program.log().contains("some requests did not finish in time"), "{}", program.log());
}
