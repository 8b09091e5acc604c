//! Assembles the site and the sandbox from a configuration and serves them.
//! Entry points are [`run`], [`run_sandbox`] and, for tests, [`Application`].
//! It must not know what pages, logins or QQ requests do.

mod activity;
mod connections;
mod http;
mod metrics;
mod notify;
mod shutdown;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use listenfd::ListenFd;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Config, SandboxConfig, SecretKeyError};
use crate::database::{Database, DatabaseError};
use crate::login::{LoginPolicy, LoginService};
use crate::mail::{MailQueue, MailSender, MailServer, MailSettings, SmtpServer};
use crate::metrics::{MetricsError, Recorder};
use crate::random::Random;
use crate::sandbox::{self, Mailbox, SandboxError};
use crate::sealing::Sealer;
use crate::sessions::{SessionLifetimes, SqlSessionStore};
#[cfg(feature = "traces")]
use crate::traces::{Exporter, TracesError};
use crate::web::AppState;
use crate::{qq, web};

/// How long closing the database may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait for the mail that is being sent. Less than [`CLOSE_TIMEOUT`].
const MAIL_TIMEOUT: Duration = Duration::from_secs(3);
const PURGE_INTERVAL: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    #[error("DATABASE_URL: {0}")]
    Database(#[from] DatabaseError),
    #[error("QQ_GRAPH_URL: {0}")]
    Qq(#[from] qq::ClientSetupError),
    #[error("SMTP_URL: {0}")]
    Mail(#[from] lettre::transport::smtp::Error),
    #[error("LEPTOS_SITE_ADDR: cannot listen on {0}: {1}; stop the program that uses it, or choose another address")]
    Listen(SocketAddr, std::io::Error),
    #[error("METRICS_ADDR: cannot listen on {0}: {1}; stop the program that uses it, or choose another address")]
    ListenForMetrics(SocketAddr, std::io::Error),
    #[error("METRICS_ADDR: {0}")]
    Metrics(#[from] MetricsError),
    #[cfg(feature = "traces")]
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Traces(#[from] TracesError),
    #[error("SANDBOX_ADDR: {0}; stop the program that uses it, or choose another address")]
    Sandbox(#[from] SandboxError),
    #[error("server error: {0}")]
    Serve(#[from] std::io::Error),
}

/// The assembled site.
pub struct Application {
    router: Router,
    login: LoginService,
    sessions: SqlSessionStore,
    database: Database,
    mail_sender: Option<MailSender>,
    mail: Option<MailQueue>,
}

impl Application {
    /// Opens the database. Does not listen yet.
    pub async fn build(config: &Config, clock: Clock, random: Random) -> Result<Application, StartError> {
        Application::build_with(config, Router::new(), clock, random).await
    }

    /// Builds the site with further routes, see [`web::router_with`].
    pub async fn build_with(
        config: &Config,
        routes: Router<AppState>,
        clock: Clock,
        random: Random,
    ) -> Result<Application, StartError> {
        let secrets = config.secret_key.load(&random)?;
        let database = Database::open(config.database_url.as_str()).await?;
        let mail = config.mail.as_ref();
        let mail = mail.map(|_| MailQueue::new(database.clone(), &secrets, clock.clone(), random.clone()));
        let mail_sender = match (&config.mail, &mail) {
            (Some(MailSettings { server: MailServer::Smtp(server), from }), Some(queue)) => {
                Some(MailSender::new(queue.clone(), server, from.clone())?)
            }
            _ => None,
        };
        if let Err(error) = database.note_use().await {
            tracing::warn!(%error, "cannot note that the database is in use; do not copy another one to it");
        }
        let client = qq::Client::new(config.qq.clone())?;
        let lifetimes = SessionLifetimes { idle_secs: config.session_idle_secs, max_secs: config.session_max_secs };
        let sealer = Sealer::new(&secrets, "session", random.clone());
        let sessions = SqlSessionStore::new(database.clone(), sealer, clock.clone(), lifetimes);
        let policy = LoginPolicy {
            registration: config.registration,
            email_trust: config.email_trust,
            is_https: config.public_url.is_https(),
        };
        let login =
            LoginService::new(client, database.clone(), sessions.clone(), &secrets, policy, clock, random.clone());
        let site = web::AppState::new(config, login.clone(), sessions.clone(), database.clone(), mail.clone(), random);
        Ok(Application { router: web::router_with(site, routes), login, sessions, database, mail_sender, mail })
    }

    /// The site without a listener, for fuzzers and benchmarks.
    #[cfg(feature = "internals")]
    pub fn into_router(self) -> Router {
        self.router
    }

    /// Serves what the process records, until it ends.
    async fn serve_metrics(&self, addr: SocketAddr) -> Result<(), StartError> {
        let listener = TcpListener::bind(addr).await.map_err(|error| StartError::ListenForMetrics(addr, error))?;
        let recorder = Recorder::install()?;
        tokio::spawn(metrics::update_regularly(recorder.clone(), self.sessions.clone(), self.mail.clone()));
        tokio::spawn(metrics::serve(listener, recorder, self.database.clone()));
        tracing::info!(listen = %addr, "serving metrics");
        Ok(())
    }

    /// Serves until `stop` completes, then finishes the requests in flight for up to ten seconds.
    pub async fn serve(mut self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let purge_task = tokio::spawn(purge_regularly(self.login.clone()));
        let health_task = tokio::spawn(self.database.clone().watch_health());
        let last_seen_task = tokio::spawn(self.sessions.clone().write_last_seen_regularly());
        let stop_mail = CancellationToken::new();
        let mail_task = self.mail_sender.take().map(|sender| tokio::spawn(sender.run(stop_mail.clone())));
        http::serve(listener, self.router.clone(), http::Settings::default(), stop).await;
        purge_task.abort();
        health_task.abort();
        last_seen_task.abort();
        stop_mail.cancel();
        self.close(mail_task).await;
    }

    /// Finishes the work that outlives its request and closes the database.
    async fn close(self, mail_task: Option<JoinHandle<()>>) {
        let close = async {
            self.login.finish_tasks().await;
            if let Some(mut task) = mail_task
                && timeout(MAIL_TIMEOUT, &mut task).await.is_err()
            {
                task.abort();
            }
            if let Err(error) = self.sessions.write_last_seen().await {
                tracing::warn!(%error, "sessions not updated");
            }
            self.database.close().await;
        };
        if timeout(CLOSE_TIMEOUT, close).await.is_err() {
            tracing::warn!("the database could not be closed in time");
        }
    }
}

/// Serves the site, and the sandbox if no QQ credentials are set.
pub async fn run(
    config: Config,
    clock: Clock,
    random: Random,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    run_with(config, Router::new(), clock, random, stop).await
}

/// Does the same for a site with further routes, see [`web::router_with`].
pub async fn run_with(
    mut config: Config,
    routes: Router<AppState>,
    clock: Clock,
    random: Random,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let addr = config.listen_addr;
    let listen_error = |error| StartError::Listen(addr, error);
    // First, because it changes the environment.
    let passed = ListenFd::from_env().take_tcp_listener(0).map_err(listen_error)?;
    let mailbox = Mailbox::default();
    if let Some(mail) = config.mail.as_mut().filter(|mail| matches!(mail.server, MailServer::Sandbox)) {
        mail.server = start_mailbox(mailbox.clone(), clock.clone()).await?;
    }
    #[cfg(feature = "traces")]
    let exporter = config.traces_url.as_ref().map(Exporter::start).transpose()?;
    let application = Application::build_with(&config, routes, clock.clone(), random).await?;
    let listener = listen(passed, addr).await.map_err(listen_error)?;
    if let Some(addr) = config.metrics_addr {
        application.serve_metrics(addr).await?;
    }
    let sandbox = match &config.sandbox {
        Some(sandbox) => Some(start_sandbox(sandbox, mailbox, clock).await?),
        None => {
            warn_if_not_qq(&config.qq);
            None
        }
    };
    tracing::info!(listen = %config.listen_addr, url = config.public_url.origin(), "serving the site");
    notify::service_manager("READY=1");
    let stop = async {
        stop.await;
        notify::service_manager("STOPPING=1");
    };
    application.serve(listener, stop).await;
    #[cfg(feature = "traces")]
    if let Some(exporter) = exporter {
        exporter.stop().await;
    }
    if let Some(sandbox) = sandbox {
        sandbox.abort();
    }
    Ok(())
}

/// Uses the socket that the service manager passed (sd_listen_fds(3)), or listens on the address.
async fn listen(passed: Option<std::net::TcpListener>, addr: SocketAddr) -> io::Result<TcpListener> {
    let Some(listener) = passed else { return TcpListener::bind(addr).await };
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// The server at `QQ_GRAPH_URL` receives the App Key and decides who is signed in.
fn warn_if_not_qq(qq: &qq::ClientConfig) {
    if !qq.is_production() {
        tracing::warn!(url = %qq.graph_url, "QQ_GRAPH_URL is not QQ's own address; it receives logins and the App Key");
    }
}

/// Serves only the sandbox.
pub async fn run_sandbox(
    config: SandboxConfig,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let listener = sandbox::bind(config.addr).await?;
    let url = format!("http://{}", config.addr);
    tracing::info!(url, app_id = config.settings.app_id, "serving the QQ sandbox");
    Ok(sandbox::serve(listener, sandbox::router(config.settings, clock), stop).await?)
}

/// Starts the mail server of the sandbox, which has no fixed address.
async fn start_mailbox(mailbox: Mailbox, clock: Clock) -> Result<MailServer, StartError> {
    let listener = sandbox::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let server = SmtpServer::new(format!("smtp://{}", listener.local_addr()?), "localhost".to_owned())?;
    tokio::spawn(sandbox::receive_mails(listener, mailbox, clock));
    Ok(MailServer::Smtp(server))
}

async fn start_sandbox(config: &SandboxConfig, mailbox: Mailbox, clock: Clock) -> Result<JoinHandle<()>, StartError> {
    let listener = sandbox::bind(config.addr).await?;
    let router = sandbox::router_with_mailbox(config.settings.clone(), mailbox, clock);
    tracing::warn!(url = format!("http://{}", config.addr), "QQ_APP_ID is not set; logins go to the QQ sandbox");
    Ok(tokio::spawn(async move {
        if let Err(error) = sandbox::serve(listener, router, std::future::pending()).await {
            tracing::error!(%error, "sandbox stopped");
        }
    }))
}

async fn purge_regularly(login: LoginService) {
    let mut interval = tokio::time::interval(PURGE_INTERVAL);
    loop {
        interval.tick().await;
        login.purge().await;
    }
}
