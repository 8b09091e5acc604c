//! A site with its own database, sandbox and clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qq_login::clock::Clock;
use qq_login::config::{Config, Environment};
use qq_login::database::Database;
use qq_login::random::{self, Random};
use qq_login::sandbox;
use qq_login::server::Application;
use qq_login::web::AppState;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::net::TcpListener;

use super::browser::{Browser, http_client};
use super::token_endpoint::TokenEndpoint;

/// How long to wait for background work.
const WAIT_TIMEOUT: Duration = Duration::from_secs(60);
/// The time at which every test starts, in seconds since 1970.
const START_TIME: i64 = 1_800_000_000;
/// The key of every site.
pub(super) const SECRET_KEY_BYTES: &[u8; 32] = b"01234567890123456789012345678901";
/// How long the site keeps a spent login attempt.
const ATTEMPT_KEPT_SECS: i64 = 20 * 60;

static COUNTER: AtomicU64 = AtomicU64::new(0);

pub(crate) struct TestSite {
    /// `host:port` of the public URL.
    pub(crate) authority: String,
    pub(crate) port: u16,
    /// The sandbox's origin.
    pub(crate) qq_url: String,
    /// The test's own connection to the site's database.
    pub(crate) pool: AnyPool,
    /// Shared by all browsers, because creating a client is slow.
    pub(super) client: reqwest::Client,
    pub(crate) token_endpoint: TokenEndpoint,
    /// Whether the public URL is https, as behind a reverse proxy.
    pub(crate) is_https: bool,
    folder: std::path::PathBuf,
    pub(crate) database_url: String,
    now: Arc<AtomicI64>,
    qq_ahead_secs: Arc<AtomicI64>,
    variables: Vec<(String, String)>,
}

impl TestSite {
    /// Starts a site with default settings.
    pub(crate) async fn start() -> TestSite {
        TestSite::start_with(vec![]).await
    }

    /// Starts a site with these settings.
    pub(crate) async fn start_with(options: Vec<(String, String)>) -> TestSite {
        TestSite::start_with_random(options, random::system()).await
    }

    /// Starts a site with these settings, and changes for which there is no setting.
    pub(crate) async fn start_with_config(
        options: Vec<(String, String)>,
        change: impl FnOnce(&mut Config),
    ) -> TestSite {
        let (folder, database_url) = TestSite::new_database().await;
        TestSite::open(folder, database_url, options, change, random::system(), START_TIME).await
    }

    /// Starts a site with this source of random bytes.
    pub(crate) async fn start_with_random(options: Vec<(String, String)>, random: Random) -> TestSite {
        let (folder, database_url) = TestSite::new_database().await;
        TestSite::open(folder, database_url, options, |_| {}, random, START_TIME).await
    }

    /// Starts a site with these routes of its own.
    pub(crate) async fn start_with_routes(routes: Router<AppState>) -> TestSite {
        let (folder, database_url) = TestSite::new_database().await;
        TestSite::open_with_routes(folder, database_url, vec![], |_| {}, random::system(), START_TIME, routes).await
    }

    /// Starts a site on a database that `prepare` has filled. `prepare` receives the database's URL.
    pub(crate) async fn start_on_database(prepare: impl AsyncFnOnce(&str)) -> TestSite {
        let (folder, database_url) = TestSite::new_database().await;
        prepare(&database_url).await;
        TestSite::open(folder, database_url, vec![], |_| {}, random::system(), START_TIME).await
    }

    /// Returns a new folder and the URL of a database that is empty or does not exist yet.
    async fn new_database() -> (std::path::PathBuf, String) {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("qq-login-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let database_url = match std::env::var("TEST_POSTGRES_URL").ok() {
            Some(server) if std::env::var_os("TEST_ON_POSTGRES").is_some() => {
                new_postgres_database(&server, number).await
            }
            _ => format!("sqlite://{}/test.db", folder.display()),
        };
        (folder, database_url)
    }

    /// Starts a site with other settings on this site's database, at the same time of the clock.
    pub(crate) async fn restart_with(self, options: Vec<(String, String)>) -> TestSite {
        self.pool.close().await;
        let now = self.now.load(Ordering::Relaxed);
        TestSite::open(self.folder, self.database_url, options, |_| {}, random::system(), now).await
    }

    /// Lets `seconds` pass, one at least, restarts the site and waits until it has deleted all expired rows.
    pub(crate) async fn purge_after(self, seconds: i64) -> TestSite {
        // Not yet expired, so that no earlier purge deletes it. Attempts are deleted last.
        let marker_sql = "INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('marker', ";
        self.execute(&format!("{marker_sql}{})", self.now() - ATTEMPT_KEPT_SECS)).await;
        self.advance_clock(seconds);
        let site = self.restart_with(vec![]).await;
        site.wait_for_count("spent_attempts WHERE state_hash = 'marker'", 0).await;
        site
    }

    async fn open(
        folder: std::path::PathBuf,
        database_url: String,
        options: Vec<(String, String)>,
        change: impl FnOnce(&mut Config),
        random: Random,
        start: i64,
    ) -> TestSite {
        TestSite::open_with_routes(folder, database_url, options, change, random, start, Router::new()).await
    }

    async fn open_with_routes(
        folder: std::path::PathBuf,
        database_url: String,
        options: Vec<(String, String)>,
        change: impl FnOnce(&mut Config),
        random: Random,
        start: i64,
        routes: Router<AppState>,
    ) -> TestSite {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let qq_listener = sandbox::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let qq_addr = qq_listener.local_addr().expect("an address");
        let now = Arc::new(AtomicI64::new(start));
        let clock: Clock = {
            let now = now.clone();
            Arc::new(move || now.load(Ordering::Relaxed))
        };
        let mut variables = vec![
            ("PUBLIC_URL".to_owned(), format!("http://127.0.0.1:{port}")),
            ("DATABASE_URL".to_owned(), database_url.clone()),
            ("SECRET_KEY".to_owned(), STANDARD.encode(SECRET_KEY_BYTES)),
            ("QQ_APP_ID".to_owned(), "100000001".to_owned()),
            ("QQ_APP_KEY".to_owned(), "canary-app-key".to_owned()),
            ("QQ_GRAPH_URL".to_owned(), format!("http://{qq_addr}")),
            ("SANDBOX_APP_KEY".to_owned(), "canary-app-key".to_owned()),
            ("RATE_LIMIT".to_owned(), "off".to_owned()),
            ("QQ_TIMEOUT_MS".to_owned(), "5000".to_owned()),
        ];
        variables.extend(options);
        let (mut config, sandbox_config) = {
            let env = Environment::new(variables.clone(), |_| vec![]);
            let sandbox_config = Config::read_sandbox(&env).expect("a configuration");
            (Config::read(&env).expect("a configuration"), sandbox_config)
        };
        change(&mut config);
        let application = Application::build_with(&config, routes, clock.clone(), random).await.expect("a site");
        tokio::spawn(application.serve(listener, std::future::pending()));
        let qq_ahead_secs = Arc::new(AtomicI64::new(0));
        let qq_clock: Clock = {
            let ahead_secs = qq_ahead_secs.clone();
            Arc::new(move || clock() + ahead_secs.load(Ordering::Relaxed))
        };
        let token_endpoint = TokenEndpoint::new();
        let qq_router = token_endpoint.wrap(sandbox::router(sandbox_config.settings, qq_clock));
        tokio::spawn(sandbox::serve(qq_listener, qq_router, std::future::pending()));
        let pool = AnyPoolOptions::new().max_connections(1).connect(&database_url).await.expect("the database");
        TestSite {
            authority: config.public_url.authority().to_owned(),
            port,
            qq_url: format!("http://{qq_addr}"),
            pool,
            client: http_client(),
            token_endpoint,
            is_https: config.public_url.is_https(),
            folder,
            database_url,
            now,
            qq_ahead_secs,
            variables,
        }
    }

    /// Starts a replica of the site with the same database, key and QQ. Returns its port.
    pub(crate) async fn start_replica(&self) -> u16 {
        self.start_replica_with(vec![]).await
    }

    /// Starts a replica with some other settings, as in a rolling update. Returns its port.
    pub(crate) async fn start_replica_with(&self, options: Vec<(String, String)>) -> u16 {
        self.start_replica_at(options, self.clock()).await
    }

    /// Starts a replica whose clock is this many seconds behind. Returns its port.
    pub(crate) async fn start_replica_behind(&self, secs: i64) -> u16 {
        let clock = self.clock();
        self.start_replica_at(vec![], Arc::new(move || clock() - secs)).await
    }

    async fn start_replica_at(&self, options: Vec<(String, String)>, clock: Clock) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let variables = self.variables.iter().cloned().chain(options);
        let config = Config::read(&Environment::new(variables, |_| vec![])).expect("a configuration");
        let application = Application::build(&config, clock, random::system()).await.expect("a site");
        tokio::spawn(application.serve(listener, std::future::pending()));
        port
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = self.now.clone();
        Arc::new(move || now.load(Ordering::Relaxed))
    }

    /// Returns a new browser without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// Moves the clock of the site and of QQ, backwards if `seconds` is negative.
    pub(crate) fn advance_clock(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Moves the clock of QQ only.
    pub(crate) fn advance_qq_clock(&self, seconds: i64) {
        self.qq_ahead_secs.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Returns the site's time in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Returns the number of rows of a table.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.query_number(&format!("SELECT COUNT(*) FROM {table}")).await
    }

    /// Waits until a table has this many rows. Panics after a timeout.
    pub(crate) async fn wait_for_count(&self, table: &str, rows: i64) {
        let counting = async {
            while self.count(table).await != rows {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(WAIT_TIMEOUT, counting).await.expect(table);
    }

    /// Runs a query that returns one number.
    pub(crate) async fn query_number(&self, sql: &str) -> i64 {
        let row: (i64,) = sqlx::query_as(AssertSqlSafe(sql.to_owned())).fetch_one(&self.pool).await.expect(sql);
        row.0
    }

    /// Runs a query that returns one text per row.
    pub(crate) async fn query_texts(&self, sql: &str) -> Vec<String> {
        let rows: Vec<(String,)> =
            sqlx::query_as(AssertSqlSafe(sql.to_owned())).fetch_all(&self.pool).await.expect(sql);
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// Opens the site's database as another replica does.
    pub(crate) async fn open_database(&self) -> Database {
        Database::open(&self.database_url).await.expect("the database")
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.expect(sql);
    }

    /// Returns all bytes of the database file and its write-ahead log; for PostgreSQL, all rows of all tables.
    pub(crate) async fn database_bytes(&self) -> Vec<u8> {
        if self.database_url.starts_with("postgres") {
            let mut all = Vec::new();
            let tables = [
                "users",
                "email_addresses",
                "companies",
                "open_ids",
                "sessions",
                "spent_attempts",
                "mail_links",
                "mails",
                "former_usernames",
                "known_browsers",
            ];
            for table in tables {
                let rows = self.query_texts(&format!("SELECT CAST({table} AS TEXT) FROM {table}")).await;
                all.extend(rows.concat().into_bytes());
            }
            // The cast shows binary columns in hexadecimal. Add their bytes.
            let sealed: Vec<(Vec<u8>,)> =
                sqlx::query_as("SELECT data FROM sessions UNION ALL SELECT message FROM mails")
                    .fetch_all(&self.pool)
                    .await
                    .expect("rows");
            all.extend(sealed.into_iter().flat_map(|(data,)| data));
            return all;
        }
        let read = |name: &str| std::fs::read(self.folder.join(name)).unwrap_or_default();
        [read("test.db"), read("test.db-wal")].concat()
    }

    /// Returns the folder of the test, which has the database file, if there is one.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Returns the database file, or `None` for PostgreSQL.
    pub(crate) fn database_file(&self) -> Option<std::path::PathBuf> {
        self.database_url.starts_with("sqlite").then(|| self.folder.join("test.db"))
    }
}

async fn new_postgres_database(server: &str, number: u64) -> String {
    sqlx::any::install_default_drivers();
    let name = format!("test_{}_{number}", std::process::id());
    let pool = AnyPoolOptions::new().max_connections(1).connect(server).await.expect("a PostgreSQL server");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.expect("a database");
    pool.close().await;
    let mut url = url::Url::parse(server).expect("a URL");
    url.set_path(&name);
    url.to_string()
}
