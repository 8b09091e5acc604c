//! The whole program from a configuration: what `main` runs, and what tests run.

mod shutdown;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::{Config, SandboxConfig, SecretKeyError};
use crate::database::{self, DatabaseError, DatabaseHealth};
use crate::login::{LoginPolicy, LoginService};
use crate::random::Random;
use crate::sandbox::{self, SandboxError, SandboxSettings};
use crate::sealing::Sealer;
use crate::sessions::{SessionLifetimes, SqlSessionStore};
use crate::{qq, web};

use shutdown::GracefulShutdown;

/// How often what is past its time is removed.
const PURGE_EVERY: Duration = Duration::from_secs(10 * 60);

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no secret key.
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    /// There is no database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The configuration does not suit the QQ client.
    #[error("QQ_GRAPH_URL: {0}")]
    Qq(#[from] qq::ClientSetupError),
    /// The address is in use, or not this machine's.
    #[error("LEPTOS_SITE_ADDR: cannot listen on {0}: {1}; stop what uses it, or choose another address")]
    Listen(SocketAddr, std::io::Error),
    /// The sandbox could not start.
    #[error("SANDBOX_ADDR: {0}; stop what uses it, or choose another address")]
    Sandbox(#[from] SandboxError),
    /// Serving ended by itself.
    #[error("the server stopped: {0}")]
    Serve(#[from] std::io::Error),
}

/// The site, ready to be served.
pub struct Application {
    router: Router,
    login: LoginService,
    database_health: DatabaseHealth,
}

impl Application {
    /// Opens the database and puts the rooms together. Nothing listens yet.
    pub async fn build(config: &Config, clock: Clock, random: Random) -> Result<Application, StartError> {
        let secrets = config.secret_key.load(&random)?;
        let database::Database { pool, health: database_health } = database::open(&config.database_url).await?;
        let client = qq::Client::new(config.qq.clone())?;
        let lifetimes = SessionLifetimes { idle_secs: config.session_idle_secs, max_secs: config.session_max_secs };
        let sealer = Sealer::new(&secrets, "session", random.clone());
        let sessions = SqlSessionStore::new(pool.clone(), sealer, clock.clone(), lifetimes);
        let policy = LoginPolicy {
            registration: config.registration,
            email_trust: config.email_trust,
            is_https: config.public_url.is_https(),
        };
        let login = LoginService::new(client, pool, sessions.clone(), &secrets, policy, clock, random.clone());
        let site = web::AppState::new(config, login.clone(), sessions, database_health.clone(), random);
        Ok(Application { router: web::router(site), login, database_health })
    }

    /// What answers requests, for the fuzzers, which need no port.
    #[cfg(fuzzing)]
    pub fn into_router(self) -> Router {
        self.router
    }

    /// Serves until `stop` is done, then lets requests that were sent by then finish, for ten
    /// seconds at most.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), std::io::Error> {
        let purging = tokio::spawn(purge_regularly(self.login));
        let watching = tokio::spawn(self.database_health.watch());
        let parting = GracefulShutdown::default();
        // Small answers must not wait for the other side's acknowledgement (44 ms each otherwise).
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
        });
        let service = parting.announced_by(self.router).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(parting.clone().begins(stop));
        let ended = tokio::select! {
            ended = serving => ended,
            () = parting.ends() => {
                tracing::warn!("some requests did not finish in time");
                Ok(())
            }
        };
        purging.abort();
        watching.abort();
        ended
    }
}

/// Serves the site, and the sandbox beside it if there are no credentials for QQ.
pub async fn run(
    config: Config,
    clock: Clock,
    random: Random,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let application = Application::build(&config, clock.clone(), random).await?;
    let listener =
        TcpListener::bind(config.listen_addr).await.map_err(|error| StartError::Listen(config.listen_addr, error))?;
    let sandbox = match &config.sandbox {
        Some(settings) => Some(start_sandbox(settings, clock).await?),
        None => {
            warn_of_a_stand_in(&config.qq);
            None
        }
    };
    tracing::info!(listen = %config.listen_addr, "serving {}", config.public_url.origin());
    let ended = application.serve(listener, stop).await;
    if let Some(sandbox) = sandbox {
        sandbox.abort();
    }
    Ok(ended?)
}

/// Whoever answers there decides who is signed in, and gets the App Key.
fn warn_of_a_stand_in(qq: &qq::ClientConfig) {
    if !qq.is_production() {
        tracing::warn!("QQ_GRAPH_URL is {}: sign-ins and the App Key go there, not to QQ itself", qq.graph_url);
    }
}

/// Serves the sandbox alone.
pub async fn run_sandbox(
    settings: SandboxConfig,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let listener = sandbox::bind(settings.addr).await?;
    tracing::info!("the QQ sandbox is at http://{} (app id {})", settings.addr, settings.app_id);
    Ok(sandbox::serve(listener, sandbox::router(sandbox_settings(&settings), clock), stop).await?)
}

async fn start_sandbox(settings: &SandboxConfig, clock: Clock) -> Result<JoinHandle<()>, StartError> {
    let listener = sandbox::bind(settings.addr).await?;
    let router = sandbox::router(sandbox_settings(settings), clock);
    tracing::warn!("QQ_APP_ID is unset: sign-ins go to the QQ sandbox at http://{}, not to QQ", settings.addr);
    Ok(tokio::spawn(async move {
        if let Err(error) = sandbox::serve(listener, router, std::future::pending()).await {
            tracing::error!(%error, "the sandbox stopped");
        }
    }))
}

async fn purge_regularly(login: LoginService) {
    let mut interval = tokio::time::interval(PURGE_EVERY);
    loop {
        interval.tick().await;
        if let Err(error) = login.purge().await {
            tracing::error!(%error, "what is past its time could not be removed");
        }
    }
}

/// What the sandbox needs of the configuration.
pub fn sandbox_settings(config: &SandboxConfig) -> SandboxSettings {
    SandboxSettings {
        app_id: config.app_id.clone(),
        app_key: config.app_key.expose_secret().to_owned(),
        callbacks: config.callbacks.clone(),
        token_ttl_secs: config.token_ttl_secs.unsigned_abs(),
    }
}
