//! Sends one GET request to QQ and reads the response.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::api_error::ApiError;
use super::config::{ClientConfig, ClientSetupError};
use super::error::{QqError, TransportError};
use super::http;
use super::response::{MalformedResponse, ResponseBody};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const BODY_MAX_BYTES: usize = 64 * 1024;

/// How long an unused connection is kept for the next login. Shorter than servers usually keep one
/// (nginx: 75 s), because a code exchange whose connection QQ closes at that moment is lost: it
/// cannot be retried. A connection that QQ closed earlier is noticed and replaced.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// All calls share one HTTP/2 connection, so a dead one must be noticed before they time out on it.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// [`ResponseBody::parse`] or [`ResponseBody::parse_lenient`].
pub(super) type ParseBody = fn(&[u8]) -> Result<ResponseBody, MalformedResponse>;

#[derive(Clone, Debug)]
pub(super) struct Transport {
    http: reqwest::Client,
}

impl Transport {
    /// `config` must be valid.
    pub(super) fn new(config: &ClientConfig) -> Result<Transport, ClientSetupError> {
        let builder = http::client_builder(http::HTTP_2_OR_1)?
            .connect_timeout(CONNECT_TIMEOUT.min(config.timeout))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        let builder = if config.is_development() {
            // Secrets in the clear: neither a proxy nor a changed DNS entry may receive them.
            let resolved = config.graph_url.host_str().zip(config.loopback_addresses());
            let (host, addresses) = resolved.ok_or(ClientSetupError::InsecureUrl)?;
            builder.no_proxy().resolve_to_addrs(host, &addresses)
        } else {
            let builder = builder.https_only(true).no_proxy();
            match &config.proxy {
                Some(proxy) => builder.proxy(http::proxy(proxy)?),
                None => builder,
            }
        };
        Ok(Transport { http: http::build(builder)? })
    }

    /// Returns the fields of the response, which must be complete before `deadline` and report no
    /// error. The error code in a body counts whatever the HTTP status is.
    pub(super) async fn get(&self, url: Url, parse: ParseBody, deadline: Instant) -> Result<ResponseBody, QqError> {
        with_deadline(deadline, async {
            let response = self.send(url).await?;
            let status = response.status();
            match read_body(response).await.and_then(|body| parse_response(&body, parse)) {
                Ok(_) | Err(QqError::MalformedResponse(_)) if !status.is_success() => {
                    Err(TransportError::Status(status.as_u16()).into())
                }
                result => result,
            }
        })
        .await
    }

    /// Sends a GET request without reading the body.
    pub(super) async fn send(&self, url: Url) -> Result<Response, TransportError> {
        self.http.get(url).send().await.map_err(transport_error)
    }
}

pub(super) async fn with_deadline<T>(
    deadline: Instant,
    call: impl Future<Output = Result<T, QqError>>,
) -> Result<T, QqError> {
    timeout_at(deadline, call).await.unwrap_or(Err(TransportError::Timeout.into()))
}

/// Parses `body`, or returns the error that it reports.
pub(super) fn parse_response(body: &[u8], parse: ParseBody) -> Result<ResponseBody, QqError> {
    let response = parse(body)?;
    match ApiError::from_response(&response)? {
        Some(error) => Err(QqError::Api(error)),
        None => Ok(response),
    }
}

pub(super) async fn read_body(response: Response) -> Result<Vec<u8>, QqError> {
    let body = http::read_body(response, BODY_MAX_BYTES).await.map_err(transport_error)?;
    Ok(body.ok_or(MalformedResponse::TooLarge)?)
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let error_kind = if error.is_connect() { TransportError::Connect } else { TransportError::Interrupted };
    error_kind(http::root_cause(error))
}
