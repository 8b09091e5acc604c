//! Graceful shutdown: every request that was sent before the stop signal gets its response.
//!
//! A request may have been sent but not read yet, possibly on a connection that is not accepted yet. So the server keeps
//! accepting requests for a moment, and each response closes its connection, so that clients send nothing more on it.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use tokio::sync::watch;
use tokio::time::sleep;

#[derive(Clone, Copy, Debug)]
pub(super) struct ShutdownPeriods {
    /// How long requests are still accepted.
    pub(super) accept: Duration,
    /// How long requests in flight may take.
    pub(super) grace: Duration,
}

impl Default for ShutdownPeriods {
    fn default() -> ShutdownPeriods {
        ShutdownPeriods { accept: Duration::from_secs(1), grace: Duration::from_secs(10) }
    }
}

pub(super) struct GracefulShutdown {
    periods: ShutdownPeriods,
    is_stopping: watch::Sender<bool>,
}

impl GracefulShutdown {
    pub(super) fn new(periods: ShutdownPeriods) -> GracefulShutdown {
        GracefulShutdown { periods, is_stopping: watch::Sender::default() }
    }

    /// Adds `Connection: close` to a response after the stop signal.
    pub(super) fn mark_last(&self, response: &mut Response) {
        if *self.is_stopping.borrow() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }

    /// Returns when no more requests are accepted.
    pub(super) async fn stopped_accepting(&self, stop: impl Future<Output = ()>) {
        stop.await;
        self.is_stopping.send_replace(true);
        sleep(self.periods.accept).await;
    }

    /// Returns when requests in flight have run out of time.
    pub(super) async fn timed_out(&self) {
        // Cannot fail, since `self` is a sender.
        let _ = self.is_stopping.subscribe().wait_for(|is_stopping| *is_stopping).await;
        sleep(self.periods.grace).await;
    }
}
