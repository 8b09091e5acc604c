//! How the sandbox listens, and how it stops.

use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long answers under way may take once the end is asked for. A slow answer is slow on purpose
/// here and must not hold up whoever stops the sandbox.
const PARTING: Duration = Duration::from_secs(1);

/// Why the sandbox does not listen.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Anybody may sign in as anybody here: other machines must not reach it.
    #[error("the sandbox listens on a loopback address only, such as 127.0.0.1:3010, not on {0}")]
    NotLoopback(SocketAddr),
    /// The operating system refused the address.
    #[error("the sandbox cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Takes the address, if it is one that only this machine can reach.
///
/// # Errors
/// The address is not a loopback one, or is not to be had.
pub async fn bind(addr: SocketAddr) -> Result<TcpListener, SandboxError> {
    if !addr.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(addr));
    }
    TcpListener::bind(addr).await.map_err(|source| SandboxError::Listen { addr, source })
}

/// Answers requests until `shutdown` is done, then a second longer for what is under way.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (asked, end_asked_for) = oneshot::channel::<()>();
    // Without TCP_NODELAY a small answer in two writes waits for the other side's delayed ACK.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let serving = axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody listens any more if serving has ended by itself.
            let _ = asked.send(());
        })
        .into_future();
    let patience_ends = async {
        match end_asked_for.await {
            Ok(()) => sleep(PARTING).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = serving => ended,
        () = patience_ends => Ok(()),
    }
}
