//! How serving ends: no request that was sent before the end was asked for goes without its answer.
//!
//! A connection without a request under way may be closed at any moment, and a request can have
//! been sent that has not been read yet, or even wait on a connection that has not been accepted
//! yet. So for a moment everything is still accepted and answered, but each answer says that it is
//! the connection's last: browsers and proxies then send nothing more on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use tokio::sync::Notify;
use tokio::time::sleep;

/// How long requests that were on their way are still accepted.
const LISTENING_ON: Duration = Duration::from_secs(1);
/// How long requests in flight may take once the program is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Whether the end was asked for. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct GracefulShutdown {
    is_asked_for: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl GracefulShutdown {
    /// Has answers say, once the end is asked for, that they are the last of their connection.
    pub(super) fn announced_by(&self, router: Router) -> Router {
        let is_asked_for = self.is_asked_for.clone();
        router.layer(map_response(move |mut response: Response| {
            if is_asked_for.load(Ordering::Relaxed) {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            std::future::ready(response)
        }))
    }

    /// Waits until the end is asked for and what was on its way by then has arrived.
    pub(super) async fn begins(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.is_asked_for.store(true, Ordering::Relaxed);
        self.told.notify_one();
        sleep(LISTENING_ON).await;
    }

    /// Waits until nobody is waited for any more.
    pub(super) async fn ends(&self) {
        self.told.notified().await;
        sleep(GRACE).await;
    }
}
