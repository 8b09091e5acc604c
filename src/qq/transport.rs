//! One GET to QQ: the connection, its limits, and what comes back.

use std::error::Error as _;
use std::time::Duration;

use reqwest::{Response, StatusCode, redirect, retry};
use rustls::{RootCertStore, crypto};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::api_error::ApiError;
use super::error::{MalformedResponse, QqError, TransportError};
use super::settings::{ClientConfig, ClientSetupError};
use super::text::plain;
use super::wire::ResponseBody;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const BODY_MAX: usize = 64 * 1024;
const REASON_MAX: usize = 200;
/// How we introduce ourselves.
pub(super) const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Long enough for the calls of one sign-in to share a connection, too short for the next
/// sign-in to be sent into one that QQ is just closing: an exchange cannot be repeated.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends requests to QQ and to nobody else.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    pub(super) http: reqwest::Client,
}

impl Transport {
    /// A transport to the QQ of `settings`, which have been checked.
    pub(super) fn new(settings: &ClientConfig) -> Result<Transport, ClientSetupError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().map_err(|error| ClientSetupError::Http(error.to_string()))?)
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout))
            .pool_idle_timeout(IDLE_TIMEOUT);
        if settings.graph_url.scheme() == "https" {
            builder = builder.https_only(true);
        } else {
            // Secrets in the clear: neither a proxy nor a changed DNS entry may see them.
            let local = settings.graph_url.host_str().zip(settings.local_addresses());
            let (host, addresses) = local.ok_or(ClientSetupError::Insecure)?;
            builder = builder.no_proxy().resolve_to_addrs(host, &addresses);
        }
        let http = builder.build().map_err(|error| ClientSetupError::Http(reason(error)))?;
        Ok(Transport { http })
    }

    /// QQ's answer to a GET of `url`, which came complete before `deadline` and reports
    /// no error.
    pub(super) async fn get(&self, url: Url, deadline: Instant) -> Result<ResponseBody, QqError> {
        timeout_at(deadline, self.fetch(url)).await.unwrap_or(Err(TransportError::Timeout.into()))
    }

    async fn fetch(&self, url: Url) -> Result<ResponseBody, QqError> {
        let response = self.http.get(url).send().await.map_err(unreachable)?;
        let status = response.status();
        let answer = body(response).await.and_then(|body| judge(&body));
        match answer {
            Ok(_) | Err(QqError::MalformedResponse(_)) if !status.is_success() => Err(at_fault(status)),
            answer => answer,
        }
    }
}

/// A refusal counts whatever the status is; QQ sends it with 200.
pub(super) fn judge(body: &[u8]) -> Result<ResponseBody, QqError> {
    let answer = ResponseBody::read(body)?;
    match ApiError::from_response(&answer)? {
        Some(refusal) => Err(QqError::Api(refusal)),
        None => Ok(answer),
    }
}

/// Reads no further than the limit, whatever Content-Length promised.
pub(super) async fn body(mut response: Response) -> Result<Vec<u8>, QqError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > BODY_MAX {
            return Err(MalformedResponse::TooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// TLS 1.2 or 1.3 with Mozilla's roots, so that an image without certificates works too. The
/// provider is named here because the process-wide one may be missing or another's choice.
pub(super) fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = rustls::ClientConfig::builder_with_provider(crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn at_fault(status: StatusCode) -> QqError {
    TransportError::Status(status.as_u16()).into()
}

pub(super) fn unreachable(error: reqwest::Error) -> QqError {
    let unreachable = if error.is_connect() {
        TransportError::Connect(reason(error))
    } else {
        TransportError::Interrupted(reason(error))
    };
    unreachable.into()
}

/// The innermost cause, the one that says something ("Connection refused", "invalid peer
/// certificate"). Never the URL: the secrets are in it.
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = inner.to_string();
        cause = inner.source();
    }
    plain(&words, REASON_MAX)
}
