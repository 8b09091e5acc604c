//! Graceful shutdown: every request that was sent before the stop signal gets its response.
//!
//! A request may have been sent but not read yet, possibly on a connection that is not accepted yet. So the server keeps
//! accepting requests for a moment, and each response closes its connection, so that clients send nothing more on it.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use tokio::sync::watch;
use tokio::time::sleep;

/// How long requests are still accepted.
const ACCEPT_PERIOD: Duration = Duration::from_secs(1);
/// How long requests in flight may take.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

#[derive(Clone, Default)]
pub(super) struct GracefulShutdown {
    is_stopping: watch::Sender<bool>,
}

impl GracefulShutdown {
    /// Adds `Connection: close` to responses after the stop signal.
    pub(super) fn close_connections(&self, router: Router) -> Router {
        let is_stopping = self.is_stopping.subscribe();
        router.layer(map_response(move |mut response: Response| {
            if *is_stopping.borrow() {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            std::future::ready(response)
        }))
    }

    /// Returns when no more requests are accepted.
    pub(super) async fn stopped_accepting(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.is_stopping.send_replace(true);
        sleep(ACCEPT_PERIOD).await;
    }

    /// Returns when requests in flight have run out of time.
    pub(super) async fn timed_out(&self) {
        // Cannot fail, since `self` is a sender.
        let _ = self.is_stopping.subscribe().wait_for(|is_stopping| *is_stopping).await;
        sleep(GRACE_PERIOD).await;
    }
}
