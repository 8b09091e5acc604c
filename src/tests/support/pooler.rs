//! PgBouncer, which shares its connections to the PostgreSQL server between its clients.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use url::Url;

use super::TestSite;

const PROGRAMS: [&str; 3] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/sbin/pgbouncer"];
/// Names the socket; no port is opened.
const PORT: &str = "6432";

/// How long a client keeps a connection to the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PoolMode {
    Session,
    Transaction,
    /// As `docs/scale.md` recommends for PgBouncer before 1.21: after each transaction, the connection is reset.
    TransactionWithReset,
}

/// A PgBouncer in front of the database of a site. It ends with the test.
pub(crate) struct Pooler {
    /// The URL of the database.
    pub(crate) url: String,
    child: Child,
}

impl Pooler {
    /// Starts a PgBouncer with this many connections to the server. `name` differs from those of the site's other poolers.
    pub(crate) async fn start(site: &TestSite, name: &str, mode: PoolMode, connections: u8) -> Pooler {
        let folder = site.folder().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        // PgBouncer refuses to run as root.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("permissions");
        let database = Url::parse(&site.database_url).expect("a URL");
        write_config(&folder, &database, mode, connections);
        let program = PROGRAMS.into_iter().find(|program| Path::new(program).exists());
        let program = program.expect("PgBouncer is not installed: run 'scripts/setup.sh test'");
        let mut command = Command::new(program);
        if is_root() {
            command.args(["-u", "postgres"]);
        }
        command.arg("-q").arg(folder.join("config.ini")).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let socket = folder.join(format!(".s.PGSQL.{PORT}"));
        while tokio::net::UnixStream::connect(&socket).await.is_err() {
            assert!(child.try_wait().expect("its state").is_none(), "PgBouncer ended");
            tokio::task::yield_now().await;
        }
        let mut url = Url::parse("postgres:///").expect("a URL");
        url.set_path(database.path());
        url.query_pairs_mut()
            .append_pair("host", &folder.display().to_string())
            .append_pair("port", PORT)
            .append_pair("user", "site");
        Pooler { url: url.to_string(), child }
    }

    /// The URL of the database, with the parameter for transaction pooling.
    pub(crate) fn url_without_statement_cache(&self) -> String {
        format!("{}&statement-cache-capacity=0", self.url)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

fn write_config(folder: &Path, database: &Url, mode: PoolMode, connections: u8) {
    let name = database.path().trim_start_matches('/');
    let host = database.host_str().expect("a host");
    let port = database.port().unwrap_or(5432);
    let (user, password) = (database.username(), database.password().unwrap_or_default());
    let pool_mode = if mode == PoolMode::Session { "session" } else { "transaction" };
    let always_reset = u8::from(mode == PoolMode::TransactionWithReset);
    let config = format!(
        "[databases]
{name} = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = {PORT}
auth_type = any
pool_mode = {pool_mode}
default_pool_size = {connections}
server_reset_query_always = {always_reset}
ignore_startup_parameters = extra_float_digits
",
        folder = folder.display()
    );
    std::fs::write(folder.join("config.ini"), config).expect("a file");
}
