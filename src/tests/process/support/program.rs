//! The program as a child process, and its working directory.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::browser::{Browser, Response};
use super::commands::run_command;

const WAIT_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The program's timeout for one call to QQ, unless a test sets it.
pub(crate) const QQ_TIMEOUT_MS: u64 = 2000;

/// Reads a number from the environment. Panics if the value is not a number.
pub(crate) fn env_number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}

/// Calls `check` until it returns a value. Panics with the description after a timeout.
pub(crate) async fn eventually<T>(description: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < WAIT_TIMEOUT {
        if let Some(value) = check().await {
            return value;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    panic!("timed out: {description}");
}

/// The working directory of a program. It remains when the program ends.
pub(crate) struct WorkDir(PathBuf);

impl WorkDir {
    pub(crate) fn new(name: &str) -> WorkDir {
        let path = std::env::temp_dir().join(format!("qq-login-process-{}-{name}", std::process::id()));
        std::fs::create_dir_all(path.join("data")).expect("a directory");
        WorkDir(path)
    }

    /// A file in the directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The directory that contains the database and nothing else.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data_dir().join("site.db")
    }

    /// Copies the data directory. Returns the database in the copy.
    pub(crate) fn copy_database(&self) -> PathBuf {
        self.copy_data(&self.data_dir())
    }

    /// Copies the data directory of the program's mount namespace. Returns the database in the copy.
    pub(crate) fn copy_database_of(&self, program: &Program) -> PathBuf {
        self.copy_data(&program.path_in_namespace(&self.data_dir()))
    }

    fn copy_data(&self, data_dir: &Path) -> PathBuf {
        let copy = self.0.join("copy");
        let _ = std::fs::remove_dir_all(&copy);
        std::fs::create_dir(&copy).expect("a directory");
        for file in std::fs::read_dir(data_dir).expect("the directory") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), copy.join(file.file_name())).expect("a copy");
        }
        copy.join("site.db")
    }

    /// Compiles a library that notes what a power loss would leave (`power_loss.c`). Returns the command that starts the
    /// program with it.
    pub(crate) fn power_loss_launcher(&self) -> Vec<String> {
        const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/process/support/power_loss.c");
        let library = self.0.join("power_loss.so").display().to_string();
        run_command(&["cc", "-O2", "-shared", "-fPIC", SOURCE, "-ldl", "-o", &library]);
        ["env".to_owned(), format!("LD_PRELOAD={library}")].into()
    }

    /// Takes from the database what the killed program had not synced, as a power loss may.
    pub(crate) fn lose_unsynced_data(&self) {
        for name in ["site.db", "site.db-wal", "site.db-shm"] {
            let (file, synced) = (self.data_dir().join(name), self.data_dir().join(format!("{name}.synced")));
            let _ = std::fs::remove_file(&file);
            if synced.exists() {
                std::fs::copy(synced, file).expect("a copy");
            }
        }
    }

    /// Sets the permissions of the data directory and its files.
    pub(crate) fn set_permissions(&self, directory_mode: u32, file_mode: u32) {
        for file in std::fs::read_dir(self.data_dir()).expect("the directory") {
            let permissions = std::fs::Permissions::from_mode(file_mode);
            std::fs::set_permissions(file.expect("a file").path(), permissions).expect("permissions");
        }
        let permissions = std::fs::Permissions::from_mode(directory_mode);
        std::fs::set_permissions(self.data_dir(), permissions).expect("permissions");
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

pub(crate) struct Program {
    child: Child,
    port: u16,
    sandbox_port: u16,
    log: Arc<Mutex<String>>,
    /// Held while a line of the log is read.
    log_reader: Arc<tokio::sync::Mutex<()>>,
}

impl Program {
    pub(crate) async fn start(work_dir: &WorkDir) -> Program {
        Program::start_with(work_dir, &[], QQ_TIMEOUT_MS).await
    }

    /// Starts the program by a command that prepares its environment and executes its arguments.
    pub(crate) async fn start_by(work_dir: &WorkDir, launcher: &[String]) -> Program {
        Program::start_with(work_dir, launcher, QQ_TIMEOUT_MS).await
    }

    /// Starts the program and waits until it responds.
    pub(crate) async fn start_with(work_dir: &WorkDir, launcher: &[String], qq_timeout_ms: u64) -> Program {
        Program::start_on(free_port(), work_dir, launcher, qq_timeout_ms).await
    }

    /// Starts the program on this port.
    pub(crate) async fn start_on(port: u16, work_dir: &WorkDir, launcher: &[String], qq_timeout_ms: u64) -> Program {
        let sandbox_port = free_port();
        let words: Vec<&str> =
            launcher.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_qq-login"), "serve"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&work_dir.0).env_clear().stderr(Stdio::piped());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([
            ("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}")),
            ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
            ("SANDBOX_ADDR", format!("127.0.0.1:{sandbox_port}")),
            ("DATABASE_URL", format!("sqlite://{}", work_dir.database().display())),
            ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
            ("RATE_LIMIT", "off".to_owned()),
            ("QQ_TIMEOUT_MS", qq_timeout_ms.to_string()),
            ("RUST_LOG", "info".to_owned()),
        ]);
        let mut child = command.spawn().expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let log_reader = Arc::<tokio::sync::Mutex<()>>::default();
        let (lines, log_writer) = (BufReader::new(child.stderr.take().expect("its log")), log.clone());
        let reader = log_reader.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let _reading = reader.blocking_lock();
                *log_writer.lock().expect("the log") += &format!("{line}\n");
            }
        });
        let mut program = Program { child, port, sandbox_port, log, log_reader };
        eventually("the program responds", async || {
            let status = program.child.try_wait().expect("its state");
            assert!(status.is_none(), "the program ended with {status:?}: {}", program.log());
            program.browser().get("/healthz").await.ok().filter(|response| response.status == 200)
        })
        .await;
        program
    }

    /// Returns a new browser without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the origin of the sandbox.
    pub(crate) fn sandbox_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.sandbox_port)
    }

    /// Returns where a file of the program's mount namespace is visible to the test.
    pub(crate) fn path_in_namespace(&self, file: &Path) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.id(), file.display()))
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// Stops reading the log until the returned guard is dropped.
    pub(crate) async fn stall_log(&self) -> OwnedMutexGuard<()> {
        self.log_reader.clone().lock_owned().await
    }

    pub(crate) async fn readiness(&self) -> Response {
        self.browser().get("/readyz").await.expect("a response")
    }

    /// Sends SIGKILL and waits for the end.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("a status");
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        run_command(&["sh", "-c", &format!("kill -TERM {}", self.id())]);
    }

    pub(crate) async fn wait_for_exit(&mut self) -> ExitStatus {
        eventually("the program ends", async || self.child.try_wait().expect("its state")).await
    }

    /// Sends SIGTERM and expects exit code 0.
    pub(crate) async fn stop(mut self) {
        self.terminate();
        let status = self.wait_for_exit().await;
        assert!(status.success(), "{status}: {}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.log());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a free port outside the range of ephemeral ports.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).expect("a small number");
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
