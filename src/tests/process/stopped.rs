//! SIGTERM while requests are in flight.
//!
//! A request is cut off if only a part of its answer arrives, or if it was sent before the program
//! heard the signal (its log says when) and nothing arrives. One that is sent later may find nobody:
//! the port is closed then, and no server can answer what it has not heard of.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::format_description;

use crate::support::{Browser, Connection, Heard, Home, Program, eventually, number};

/// How many ask all the time, and how many wait for QQ.
const QUICK: usize = 48;
const SLOW: usize = 3;
/// What the program promises: ten seconds for requests in flight, and a little to end in.
const LIMIT: Duration = Duration::from_secs(12);
/// Pages with and without a session, a redirect, one that asks the database, and one that is not there.
const PATHS: [&str; 6] = ["/", "/account", "/login/qq", "/login", "/readyz", "/nowhere"];

/// A request and its answer.
struct Exchange {
    sent_at: OffsetDateTime,
    heard: Heard,
}

/// Asks for one page after the other over kept connections until nobody listens any more.
async fn ask_until_the_end(port: u16, cookies: String) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let mut paths = PATHS.iter().cycle();
    while let Some(mut connection) = Connection::open(port).await {
        loop {
            let is_sent = connection.send(port, paths.next().expect("a path"), &cookies).await;
            let sent_at = OffsetDateTime::now_utc();
            let heard = connection.hear().await;
            let goes_on = matches!(heard, Heard::Whole { is_last: false, .. });
            // What could not be sent was not asked.
            if is_sent || heard != Heard::Nothing {
                exchanges.push(Exchange { sent_at, heard });
            }
            if !goes_on {
                break;
            }
        }
    }
    exchanges
}

/// Comes back from QQ, which takes its time.
async fn ask_slowly(port: u16, mut browser: Browser, name: String) -> Exchange {
    let callback = browser.come_back_as(&name).await.expect("a callback");
    let mut connection = Connection::open(port).await.expect("a connection");
    assert!(connection.send(port, &callback, &browser.cookies()).await);
    let sent_at = OffsetDateTime::now_utc();
    Exchange { sent_at, heard: connection.hear().await }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_told_to_stop_answers_whatever_was_asked_before() {
    let rounds = number("TERMS").unwrap_or(3);
    let home = Home::new("stopped");
    let (mut whole, mut unheard) = (0, 0);
    for round in 0..rounds {
        let mut program = Program::start(&home).await;
        let port = program.port();
        let mut ann = program.browser();
        ann.sign_in("typed-ann").await.expect("an answer");
        if round == 0 {
            assert_eq!(ann.fill_in_form("typed-ann").await.expect("an answer").location(), "/account");
        }
        let quick: Vec<_> = (0..QUICK).map(|_| tokio::spawn(ask_until_the_end(port, ann.cookies()))).collect();
        let_qq_be_slow(&program).await;
        let slow: Vec<_> = (0..SLOW)
            .map(|number| tokio::spawn(ask_slowly(port, program.browser(), format!("slow-{number}"))))
            .collect();
        wait_until_qq_is_asked(&program).await;

        let told_at = Instant::now();
        program.terminate();
        let status = program.ended().await;
        assert!(status.success() && told_at.elapsed() < LIMIT, "{status} after {:?}", told_at.elapsed());
        let heard_at = moment_of_the_signal(&program).await;

        for exchange in slow {
            let exchange = exchange.await.expect("an exchange");
            assert!(as_logged(exchange.sent_at) < heard_at, "the slow ones are asked before");
            assert!(matches!(exchange.heard, Heard::Whole { .. }), "round {round}: {:?}", exchange.heard);
            whole += 1;
        }
        for browser in quick {
            let exchanges = browser.await.expect("exchanges");
            assert!(exchanges.first().is_some_and(|first| as_logged(first.sent_at) < heard_at), "there was no load");
            for Exchange { sent_at, heard } in exchanges {
                match heard {
                    Heard::Whole { status, .. } => {
                        assert!(status < 500, "round {round}: {status}");
                        whole += 1;
                    }
                    Heard::Nothing if as_logged(sent_at) > heard_at => unheard += 1,
                    cut => panic!(
                        "round {round}: {cut:?} of what was sent at {}; signal at {heard_at}",
                        as_logged(sent_at)
                    ),
                }
            }
        }
    }
    println!(
        "{rounds} stops: {whole} requests answered whole, none cut off; {unheard} sent after the signal found nobody"
    );
}
