//! Clients that open many connections and use none of them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use std::time::Duration;

use tokio::time::timeout;

use crate::support::{Program, WorkDir};

/// A locked-out client would wait forever.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Connections that stay open until dropped. Belongs to a process of its own, since each process may open a limited number
/// of files.
struct IdleConnections(Child);

impl IdleConnections {
    fn open(port: u16, count: usize) -> IdleConnections {
        let script =
            "for ((i = 0; i < $2; i++)); do exec {connection}<>/dev/tcp/127.0.0.1/$1 || exit; done; echo; read";
        let mut command = Command::new("bash");
        command.args(["-c", script, "bash", &port.to_string(), &count.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("bash");
        let mut line = String::new();
        let output = BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line);
        assert!(output.is_ok_and(|length| length > 0), "the connections cannot be opened");
        IdleConnections(child)
    }
}

impl Drop for IdleConnections {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that may open this many files.
async fn start_program(work_dir: &WorkDir, max_files: u32) -> Program {
    let launcher = ["bash", "-c", &format!("ulimit -n {max_files}; exec \"$@\""), "bash"].map(str::to_owned);
    Program::start_by(work_dir, &launcher).await
}

async fn expect_registration(program: &Program) {
    let mut browser = program.browser();
    let registered = timeout(TIMEOUT, browser.register("ann")).await.expect("a new client is answered");
    assert_eq!(registered.expect("a response").location(), "/account");
}

#[tokio::test(flavor = "multi_thread")]
async fn s99_idle_connections_do_not_lock_out_users() {
    let work_dir = WorkDir::new("idle-connections");
    let program = start_program(&work_dir, 1024).await;
    let _idle = [(); 2].map(|()| IdleConnections::open(program.port(), 550));
    expect_registration(&program).await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s99_more_idle_connections_than_files_do_not_lock_out_users() {
    let work_dir = WorkDir::new("few-files");
    let program = start_program(&work_dir, 100).await;
    let idle = IdleConnections::open(program.port(), 120);
    let response = timeout(TIMEOUT, program.browser().get("/healthz")).await.expect("a new client is answered");
    assert_eq!(response.expect("a response").status, 200);
    assert!(program.log().contains("connections cannot be accepted"), "{}", program.log());
    drop(idle);
    expect_registration(&program).await;
    program.stop().await;
}
