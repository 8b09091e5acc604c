//! The HTTP server: accepts connections and answers their requests.
//! It must not know what the router does.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tower::Service;

use super::activity::{TrackedBody, TrackedStream};
use super::connections::{ConnectionLimits, Connections, Slot};
use super::shutdown::{GracefulShutdown, ShutdownPeriods};

/// How long to wait after the operating system refused a connection, because too many files are open for example.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settings {
    pub(super) limits: ConnectionLimits,
    pub(super) shutdown: ShutdownPeriods,
}

/// Serves until `stop` completes, then finishes the requests in flight, within the grace period.
pub(super) async fn serve(listener: TcpListener, router: Router, settings: Settings, stop: impl Future<Output = ()>) {
    let connections = Connections::new(settings.limits);
    let shutdown = Arc::new(GracefulShutdown::new(settings.shutdown));
    let serving = async {
        tokio::select! {
            // First, so that connections that have arrived are accepted before the port is closed.
            biased;
            () = accept_connections(&listener, &connections, router, &shutdown) => {}
            () = shutdown.stopped_accepting(stop) => {}
        }
        drop(listener);
        connections.stop().await;
    };
    tokio::select! {
        () = serving => {}
        () = connections.enforce_timeouts() => {}
        () = shutdown.timed_out() => tracing::warn!("some requests did not finish in time"),
    }
}

/// Runs until it is dropped.
async fn accept_connections(
    listener: &TcpListener,
    connections: &Connections,
    router: Router,
    shutdown: &Arc<GracefulShutdown>,
) {
    // Prepares the router once instead of for each request.
    let router = router.with_state(());
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                let slot = connections.slot().await;
                tokio::spawn(serve_connection(stream, client, slot, router.clone(), shutdown.clone()));
            }
            Err(error) if is_client_error(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "connections cannot be accepted");
                connections.close_longest_idle();
                sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

/// Whether the client gave up before its connection was accepted.
fn is_client_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

async fn serve_connection(
    stream: TcpStream,
    client: SocketAddr,
    slot: Slot,
    router: Router,
    shutdown: Arc<GracefulShutdown>,
) {
    // Nagle's algorithm delays small responses by 44 ms each.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let activity = slot.activity();
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let guard = activity.start_response();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(client));
        let response = router.clone().call(request);
        let shutdown = &shutdown;
        async move {
            let Ok(mut response) = response.await;
            shutdown.mark_last(&mut response);
            Ok::<_, Infallible>(response.map(|body| TrackedBody { body, _response: guard }))
        }
    });
    let stream = TokioIo::new(TrackedStream { stream, activity: activity.clone() });
    // `Connections` has a timeout for heads that does not include the time between requests.
    let mut connection = pin!(http1::Builder::new().header_read_timeout(None).serve_connection(stream, service));
    loop {
        tokio::select! {
            // First, so that a request that has arrived is answered.
            biased;
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, "connection ended");
                }
                return;
            }
            is_now = slot.closed() => {
                if is_now {
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
            () = slot.stopped() => connection.as_mut().graceful_shutdown(),
        }
    }
}

#[cfg(test)]
mod tests;
