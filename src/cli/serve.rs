//! Runs the servers until a signal stops them.

use tokio::runtime::{Builder, Runtime};

use super::CliError;
use crate::config::{Config, Environment};
use crate::{clock, random, server};

/// With a single thread, the server could deadlock (leptos-rs/leptos#4647).
const MIN_WORKER_THREADS: usize = 4;

/// Serves the site.
pub(super) fn site(env: &Environment) -> Result<(), CliError> {
    let config = Config::read(env)?;
    let runtime = build_runtime()?;
    let result = runtime.block_on(server::run(config, clock::system(), random::system(), stop_signal()));
    end(runtime);
    Ok(result?)
}

/// Serves only the sandbox.
pub(super) fn sandbox(env: &Environment) -> Result<(), CliError> {
    let config = Config::read_sandbox(env)?;
    let runtime = build_runtime()?;
    let result = runtime.block_on(server::run_sandbox(config, clock::system(), stop_signal()));
    end(runtime);
    Ok(result?)
}

pub(super) fn build_runtime() -> Result<Runtime, CliError> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    Builder::new_multi_thread()
        .worker_threads(cores.max(MIN_WORKER_THREADS))
        .enable_all()
        .build()
        .map_err(CliError::Runtime)
}

/// Does not wait for tasks that still run, such as a slow response of the sandbox.
fn end(runtime: Runtime) {
    runtime.shutdown_background();
}

/// Completes at SIGTERM or SIGINT.
async fn stop_signal() {
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate => {}
    }
    tracing::info!("stopping");
}
