//! Observes QQ's token endpoint: counts its requests, and holds its responses back on demand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use tokio::sync::watch;

#[derive(Clone)]
pub(crate) struct TokenEndpoint {
    request_count: Arc<AtomicUsize>,
    is_open: watch::Sender<bool>,
}

impl TokenEndpoint {
    pub(super) fn new() -> TokenEndpoint {
        TokenEndpoint { request_count: Arc::default(), is_open: watch::Sender::new(true) }
    }

    /// Adds the observing middleware to the sandbox's router.
    pub(super) fn wrap(&self, sandbox: Router) -> Router {
        let endpoint = self.clone();
        sandbox.layer(from_fn(move |request: Request, next: Next| {
            let endpoint = endpoint.clone();
            async move {
                if request.uri().path() != "/oauth2.0/token" {
                    return next.run(request).await;
                }
                endpoint.request_count.fetch_add(1, Ordering::SeqCst);
                let response = next.run(request).await;
                endpoint.is_open.subscribe().wait_for(|is_open| *is_open).await.expect("an open channel");
                response
            }
        }))
    }

    /// Returns the number of requests so far. (The sandbox's own log drops old requests.)
    pub(crate) fn request_count(&self) -> usize {
        self.request_count.load(Ordering::SeqCst)
    }

    /// Holds responses back until [`TokenEndpoint::release_responses`]. QQ has processed the requests by then.
    pub(crate) fn hold_responses(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn release_responses(&self) {
        self.is_open.send_replace(true);
    }
}
