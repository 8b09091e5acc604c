//! The connection to the collector.

use std::error::Error;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::redirect;
use tokio::runtime::Handle;

use crate::tls;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// Sends requests in the runtime in which it was created: the exporter's thread has none.
#[derive(Debug)]
pub(super) struct CollectorClient {
    http: reqwest::Client,
    runtime: Handle,
    /// Whether the last request failed: only the first failure is logged.
    is_failing: AtomicBool,
}

impl CollectorClient {
    pub(super) fn new() -> Result<CollectorClient, HttpClientError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config()?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .build()?;
        Ok(CollectorClient { http, runtime: Handle::current(), is_failing: AtomicBool::new(false) })
    }

    fn note(&self, failure: Option<impl Display>) {
        let was_failing = self.is_failing.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !was_failing => tracing::warn!(%error, "traces not sent"),
            None if was_failing => tracing::info!("traces sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(send(self.http.clone(), request)).await?;
        match &sent {
            Ok(response) if !response.status().is_success() => self.note(Some(response.status())),
            Ok(_) => self.note(None::<&str>),
            // The URL may contain a password.
            Err(error) => self.note(Some(root_cause(error))),
        }
        Ok(sent.map_err(reqwest::Error::without_url)?)
    }
}

async fn send(http: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, reqwest::Error> {
    let response = http.execute(request.try_into()?).await?;
    let (status, body) = (response.status(), response.bytes().await?);
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    Ok(answer)
}

fn root_cause<'e>(mut error: &'e (dyn Error + 'static)) -> &'e dyn Error {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}
