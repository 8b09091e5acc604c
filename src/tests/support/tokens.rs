//! The way from the site to QQ's token endpoint: counted, and closed for answers while a test wants it so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use tokio::sync::watch;

/// What happens on that way. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens {
    asked: Arc<AtomicUsize>,
    is_open: watch::Sender<bool>,
}

impl Tokens {
    pub(super) fn new() -> Tokens {
        Tokens { asked: Arc::default(), is_open: watch::Sender::new(true) }
    }

    /// Puts the way in front of QQ.
    pub(super) fn lead_to(&self, qq: Router) -> Router {
        let tokens = self.clone();
        qq.layer(from_fn(move |request: Request, next: Next| {
            let tokens = tokens.clone();
            async move {
                if request.uri().path() != "/oauth2.0/token" {
                    return next.run(request).await;
                }
                tokens.asked.fetch_add(1, Ordering::SeqCst);
                let answer = next.run(request).await;
                tokens.is_open.subscribe().wait_for(|is_open| *is_open).await.expect("the site's own way");
                answer
            }
        }))
    }

    /// How often QQ was asked for tokens so far. (The sandbox's list of requests forgets.)
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Holds the answers back, good as they are.
    pub(crate) fn hold(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets them go.
    pub(crate) fn release(&self) {
        self.is_open.send_replace(true);
    }
}
