//! Nobody reads the log, or it cannot be written.

use std::process::{Command, Stdio};

use crate::support::{Connection, Program, Received, WorkDir, eventually};

/// Together, their lines are several times as long as what the pipe and the program hold.
const REQUESTS: usize = 2000;
const CONNECTIONS: usize = 8;
const PATH_LENGTH: usize = 2000;

/// Sends requests with long log lines over one connection, and expects responses.
async fn send_requests(port: u16) {
    let path = format!("/{}", "x".repeat(PATH_LENGTH));
    let mut connection = Connection::open(port).await.expect("a connection");
    for _ in 0..REQUESTS / CONNECTIONS {
        assert!(connection.send_get(&path, "").await);
        assert_eq!(connection.receive().await, Received::Complete { status: 404, is_last: false });
    }
}

async fn send_all_requests(port: u16) {
    let browsers: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(send_requests(port))).collect();
    for browser in browsers {
        browser.await.expect("responses");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s99_program_serves_and_stops_while_nobody_reads_the_log() {
    let work_dir = WorkDir::new("log-stalled");
    let mut program = Program::start(&work_dir).await;
    let _stalled = program.stall_log().await;
    send_all_requests(program.port()).await;
    let mut browser = program.browser();
    assert_eq!(browser.get("/healthz").await.expect("a response").status, 200);
    assert_eq!(browser.register("ann").await.expect("a response").location(), "/account");
    program.terminate();
    let status = program.wait_for_exit().await;
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s99_dropped_lines_are_counted_and_audit_events_are_not_dropped() {
    let work_dir = WorkDir::new("log-resumed");
    let program = Program::start(&work_dir).await;
    let stalled = program.stall_log().await;
    send_all_requests(program.port()).await;
    program.browser().register("ann").await.expect("a response");
    drop(stalled);
    let log = eventually("the log reports dropped lines", async || {
        Some(program.log()).filter(|log| log.contains("log lines dropped"))
    })
    .await;
    let report = log.lines().find(|line| line.contains("log lines dropped")).expect("a line");
    let field = |name: &str| report.split(' ').find_map(|word| word.strip_prefix(name)).expect("a field");
    let dropped: usize = field("count=").parse().expect("a number");
    assert_eq!(log.matches("request finished").count() + dropped, REQUESTS + 3, "{report}");
    assert!(field("audit=") == "0" && log.contains("event=\"registered\""), "{report}");
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn program_serves_and_stops_if_the_log_cannot_be_written() {
    for (name, redirection) in [("log-full", "2>/dev/full"), ("log-closed", "2> >(exit)")] {
        let work_dir = WorkDir::new(name);
        let script = format!("exec \"$@\" {redirection}");
        let launcher = ["bash", "-c", &script, "bash"].map(str::to_owned);
        let program = Program::start_by(&work_dir, &launcher).await;
        let registered = program.browser().register("ann").await.expect("a response");
        assert_eq!(registered.location(), "/account", "{name}");
        program.stop().await;
    }
}

#[test]
fn output_that_cannot_be_written_is_no_panic() {
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device"));
    let closed = || Stdio::from(std::io::pipe().expect("a pipe").1);
    let work_dir = WorkDir::new("output");
    let calls =
        [(&["--help"][..], 1), (&["--version"], 1), (&["doctor"], 1), (&["doctor", "--json"], 1), (&["--unknown"], 2)];
    for (arguments, code) in calls {
        for output in [full, closed] as [fn() -> Stdio; 2] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
            command.args(arguments).current_dir(work_dir.data_dir()).env_clear();
            let status = command.stdout(output()).stderr(output()).status().expect("a status");
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    command.current_dir(work_dir.data_dir()).env_clear().env("PUBLIC_URL", "x").stderr(full());
    assert_eq!(command.status().expect("a status").code(), Some(2));
    // The reason is on standard error if that works.
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    let output = command.arg("--version").env_clear().stdout(full()).stderr(Stdio::piped()).output().expect("output");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(stderr.starts_with("qq-login: cannot write to standard output: "), "{stderr}");
}
