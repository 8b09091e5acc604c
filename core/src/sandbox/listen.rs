//! Listening and graceful shutdown.

use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// Short, because slow responses are slow on purpose.
const SHUTDOWN_GRACE_PERIOD: Duration = Duration::from_secs(1);

/// Why the sandbox cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is reachable from other machines. Every user can sign in as every other one here.
    #[error("the sandbox listens on a loopback address only, such as 127.0.0.1:3010, not on {0}")]
    NotLoopback(SocketAddr),
    /// The operating system refused the address.
    #[error("the sandbox cannot listen on {addr}: {source}")]
    Listen {
        /// The requested address.
        addr: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// Listens on a loopback address.
///
/// # Errors
/// Returns an error if the address is not a loopback address or cannot be bound.
pub async fn bind(addr: SocketAddr) -> Result<TcpListener, SandboxError> {
    if !addr.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(addr));
    }
    TcpListener::bind(addr).await.map_err(|source| SandboxError::Listen { addr, source })
}

/// Serves requests until `shutdown` completes, then waits up to a second for pending responses.
///
/// # Errors
/// Returns an error if the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (shutdown_started, on_shutdown) = oneshot::channel::<()>();
    // Without TCP_NODELAY, a small response in two writes waits for the client's delayed ACK.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "setting TCP_NODELAY failed");
        }
    });
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        shutdown.await;
        // Fails only if `serve` has already returned.
        let _ = shutdown_started.send(());
    });
    let grace_period = async {
        match on_shutdown.await {
            Ok(()) => sleep(SHUTDOWN_GRACE_PERIOD).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = server.into_future() => result,
        () = grace_period => Ok(()),
    }
}
