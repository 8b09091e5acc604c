//! Three instances on PostgreSQL behind nginx, which passes requests to them in turns. All use one sandbox.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::helper_process::HelperProcess;
use super::{Browser, Program, QQ_TIMEOUT_MS, WorkDir, eventually, free_port, run_command};

/// The response header in which nginx names the instances that it tried.
const INSTANCE_HEADER: &str = "x-instance";
const INSTANCES: usize = 3;

pub(crate) struct Cluster {
    work_dir: WorkDir,
    port: u16,
    ports: [u16; INSTANCES],
    launcher: Vec<String>,
    /// `None` while it does not run.
    instances: [Option<Program>; INSTANCES],
    postgres: Postgres,
    _balancer: HelperProcess,
    _sandbox: HelperProcess,
}

impl Cluster {
    pub(crate) async fn start(name: &str) -> Cluster {
        let work_dir = WorkDir::new(name);
        let postgres = Postgres::start();
        let (port, sandbox_port) = (free_port(), free_port());
        let ports = [free_port(), free_port(), free_port()];
        let public_url = format!("http://127.0.0.1:{port}");
        let sandbox = start_sandbox(&public_url, sandbox_port).await;
        let balancer = start_nginx(&work_dir, port, ports).await;
        let launcher = [
            "env".to_owned(),
            format!("PUBLIC_URL={public_url}"),
            format!("DATABASE_URL={}", postgres.url),
            format!("QQ_GRAPH_URL=http://127.0.0.1:{sandbox_port}"),
            // The sandbox's app.
            "QQ_APP_ID=100000001".to_owned(),
            "QQ_APP_KEY=5a4db0c1f0e24cb18d3f0f7f6e2b9c77".to_owned(),
            "TRUSTED_PROXIES=1".to_owned(),
        ];
        let mut cluster = Cluster {
            work_dir,
            port,
            ports,
            launcher: launcher.into(),
            instances: [None, None, None],
            postgres,
            _balancer: balancer,
            _sandbox: sandbox,
        };
        for number in 0..INSTANCES {
            cluster.start_instance(number).await;
        }
        cluster
    }

    /// Returns a new browser that opens the site through nginx.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.port)
    }

    /// What [`tried_instances`] calls an instance.
    pub(crate) fn address(&self, number: usize) -> String {
        format!("127.0.0.1:{}", self.ports[number])
    }

    pub(crate) fn database_url(&self) -> &str {
        &self.postgres.url
    }

    pub(crate) fn instances(&self) -> impl Iterator<Item = &Program> {
        self.instances.iter().flatten()
    }

    /// Runs a command for operators, with the settings of the instances.
    pub(crate) fn run_command(&self, arguments: &[&str]) {
        let program = [env!("CARGO_BIN_EXE_qq-login")];
        let words = self.launcher.iter().map(String::as_str).chain(program).chain(arguments.iter().copied());
        run_command(&words.collect::<Vec<_>>());
    }

    pub(crate) async fn start_instance(&mut self, number: usize) {
        let program = Program::start_on(self.ports[number], &self.work_dir, &self.launcher, QQ_TIMEOUT_MS).await;
        self.instances[number] = Some(program);
    }

    /// Sends SIGKILL to an instance and waits for its end.
    pub(crate) fn kill_instance(&mut self, number: usize) {
        self.instances[number].take().expect("an instance that runs").kill();
    }

    /// Sends SIGTERM to an instance and waits for its end.
    pub(crate) async fn stop_instance(&mut self, number: usize) {
        self.instances[number].take().expect("an instance that runs").stop().await;
    }
}

/// Returns the addresses of the instances that nginx passed the request to. All but the last one failed.
pub(crate) fn tried_instances(response: &super::Response) -> String {
    let header = response.headers.get(INSTANCE_HEADER).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().to_owned()
}

/// A temporary PostgreSQL server. It stops when its standard input is closed, even if the test is killed.
struct Postgres {
    url: String,
    child: Child,
}

impl Postgres {
    fn start() -> Postgres {
        const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/with-postgres.sh");
        let mut command = Command::new(SCRIPT);
        command.args(["sh", "-c", "echo \"$TEST_POSTGRES_URL\"; cat"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the script starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut url).expect("a line");
        assert!(url.starts_with("postgres://"), "PostgreSQL did not start: see the message above");
        Postgres { url: url.trim_end().to_owned(), child }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

async fn start_sandbox(public_url: &str, port: u16) -> HelperProcess {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    command.arg("sandbox").env_clear().stderr(Stdio::null());
    command.envs([("PUBLIC_URL", public_url.to_owned()), ("SANDBOX_ADDR", format!("127.0.0.1:{port}"))]);
    let mut sandbox = HelperProcess::start(&mut command);
    wait_for_port("the sandbox", &mut sandbox, port).await;
    sandbox
}

/// Starts nginx with its defaults: it passes a request to the next instance if one is unreachable, but never a form
/// that an instance may have received.
async fn start_nginx(work_dir: &WorkDir, port: u16, ports: [u16; INSTANCES]) -> HelperProcess {
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"];
    let program = program.into_iter().find(|path| std::path::Path::new(path).exists());
    let program =
        program.expect("nginx is not installed: run 'scripts/setup.sh test' (Debian: apt-get install nginx-light)");
    let servers = ports.map(|port| format!("server 127.0.0.1:{port} fail_timeout=1s;")).join(" ");
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|name| format!("{name}_temp_path {name}_temp;")).join(" ");
    let config = format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr crit;
        events {{ worker_connections 512; }}
        http {{
            access_log off;
            {temporary}
            upstream site {{ {servers} }}
            server {{
                listen 127.0.0.1:{port};
                location / {{
                    proxy_pass http://site;
                    proxy_set_header Host $http_host;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    add_header {INSTANCE_HEADER} $upstream_addr always;
                }}
            }}
        }}"
    );
    std::fs::write(work_dir.file("nginx.conf"), config).expect("a file");
    let mut command = Command::new(program);
    command.arg("-p").arg(work_dir.file("")).args(["-e", "stderr", "-c", "nginx.conf"]);
    let mut nginx = HelperProcess::start(&mut command);
    wait_for_port("nginx", &mut nginx, port).await;
    nginx
}

async fn wait_for_port(name: &str, process: &mut HelperProcess, port: u16) {
    eventually(&format!("{name} listens"), async || {
        let status = process.child().try_wait().expect("its state");
        assert!(status.is_none(), "{name} ended with {status:?}");
        TcpStream::connect(("127.0.0.1", port)).ok()
    })
    .await;
}
