//! The program: started, asked, stopped, killed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::browser::{Answer, Browser};

/// How long anything may take that does happen.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often to look whether it has.
const POLL: Duration = Duration::from_millis(20);

/// Waits until something gives a value. If it never does, the test ends with what was waited for.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(value) = look().await {
            return value;
        }
        tokio::time::sleep(POLL).await;
    }
    panic!("in vain: {what}");
}

/// A folder that outlives the program's ends.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new(name: &str) -> Home {
        let folder = std::env::temp_dir().join(format!("qq-login-process-{}-{name}", std::process::id()));
        std::fs::create_dir_all(folder.join("data")).expect("a folder");
        Home(folder)
    }

    /// The folder of the database, and of nothing else.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("site.db")
    }

    /// The database in a copy of its folder, as that is now.
    pub(crate) fn copy(&self) -> PathBuf {
        self.copy_of(&self.data())
    }

    fn copy_of(&self, data: &Path) -> PathBuf {
        let copy = self.0.join("copy");
        let _ = std::fs::remove_dir_all(&copy);
        std::fs::create_dir(&copy).expect("a folder");
        for file in std::fs::read_dir(data).expect("the folder") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), copy.join(file.file_name())).expect("a copy");
        }
        copy.join("site.db")
    }

    /// The same of what the program sees as that folder.
    pub(crate) fn copy_seen_by(&self, program: &Program) -> PathBuf {
        self.copy_of(&program.seen_by_it(&self.data()))
    }

    /// Sets the rights to the database's folder and its files.
    pub(crate) fn set_rights(&self, folder_mode: u32, file_mode: u32) {
        for file in std::fs::read_dir(self.data()).expect("the folder") {
            let rights = std::fs::Permissions::from_mode(file_mode);
            std::fs::set_permissions(file.expect("a file").path(), rights).expect("rights");
        }
        std::fs::set_permissions(self.data(), std::fs::Permissions::from_mode(folder_mode)).expect("rights");
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A running program.
pub(crate) struct Program {
    child: Child,
    port: u16,
    sandbox_port: u16,
    log: Arc<Mutex<String>>,
}

impl Program {
    /// Starts the program as it is.
    pub(crate) async fn start(home: &Home) -> Program {
        Program::start_in(home, &[]).await
    }

    /// Starts it with a limit of its own for each call to QQ, in milliseconds.
    pub(crate) async fn start_waiting_for_qq(home: &Home, timeout_ms: u64) -> Program {
        Program::start_as(home, &[], timeout_ms).await
    }

    /// Starts the program by way of another, which gives it the surroundings it is to live in.
    pub(crate) async fn start_in(home: &Home, surroundings: &[String]) -> Program {
        Program::start_as(home, surroundings, 2000).await
    }

    /// Starts it, and waits until it answers.
    async fn start_as(home: &Home, surroundings: &[String], timeout_ms: u64) -> Program {
        let (port, sandbox_port) = (free_port(), free_port());
        let words: Vec<&str> =
            surroundings.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_qq-login"), "serve"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&home.0).env_clear().stderr(Stdio::piped());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([
            ("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}")),
            ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
            ("SANDBOX_ADDR", format!("127.0.0.1:{sandbox_port}")),
            ("DATABASE_URL", format!("sqlite://{}", home.database().display())),
            ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
            ("RATE_LIMIT", "off".to_owned()),
            ("QQ_TIMEOUT_MS", timeout_ms.to_string()),
            ("RUST_LOG", "info".to_owned()),
        ]);
        let mut child = command.spawn().expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, heard) = (BufReader::new(child.stderr.take().expect("its log")), log.clone());
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                *heard.lock().expect("the log") += &format!("{line}\n");
            }
        });
        let mut program = Program { child, port, sandbox_port, log };
        eventually("the program answers", async || {
            let ended = program.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended with {ended:?}: {}", program.log());
            program.browser().get("/healthz").await.ok().filter(|answer| answer.status == 200)
        })
        .await;
        program
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address of the sandbox.
    pub(crate) fn sandbox(&self) -> String {
        format!("http://127.0.0.1:{}", self.sandbox_port)
    }

    /// Where the program sees a file, seen from here.
    pub(crate) fn seen_by_it(&self, file: &Path) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.id(), file.display()))
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// What it says of its readiness.
    pub(crate) async fn readiness(&self) -> Answer {
        self.browser().get("/readyz").await.expect("an answer")
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }

    /// Asks it to stop with SIGTERM.
    pub(crate) fn terminate(&self) {
        super::run(&["sh", "-c", &format!("kill -TERM {}", self.id())]);
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        eventually("the program ends", async || self.child.try_wait().expect("its state")).await
    }

    /// Asks it to stop, and expects that it does in good order.
    pub(crate) async fn stop(mut self) {
        self.terminate();
        let status = self.ended().await;
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

/// A port that nobody has, outside the range from which connections take theirs.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).expect("a small number");
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
