//! The HTTP rules that API calls and avatar downloads share.

use std::error::Error;

use reqwest::{ClientBuilder, NoProxy, Response, redirect};
use secrecy::ExposeSecret;

use super::config::{ClientSetupError, Proxy};
use super::sanitize::sanitize_line;
use crate::tls;

const USER_AGENT: &str = concat!("qq-login/", env!("CARGO_PKG_VERSION"));
const REASON_MAX_CHARS: usize = 200;

/// The HTTP versions that a client offers to a server, as ALPN identifiers (RFC 7301), best first.
pub(super) const HTTP_2_OR_1: &[&[u8]] = &[b"h2", b"http/1.1"];
pub(super) const HTTP_1: &[&[u8]] = &[b"http/1.1"];

/// A client builder that follows no redirect. It sends a request again only if the first one was
/// certainly not processed: its connection was closed before it was written, or an HTTP/2 server
/// refused it (RFC 9113, section 8.7).
pub(super) fn client_builder(http_versions: &[&[u8]]) -> Result<ClientBuilder, ClientSetupError> {
    let mut tls = tls::client_config().map_err(|error| ClientSetupError::HttpClient(error.to_string()))?;
    tls.alpn_protocols = http_versions.iter().map(|version| version.to_vec()).collect();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false))
}

pub(super) fn proxy(proxy: &Proxy) -> Result<reqwest::Proxy, ClientSetupError> {
    let https = reqwest::Proxy::https(proxy.url.expose_secret());
    let https = https.map_err(|error| ClientSetupError::HttpClient(root_cause(error)))?;
    Ok(https.no_proxy(NoProxy::from_string(&proxy.exceptions)))
}

pub(super) fn build(builder: ClientBuilder) -> Result<reqwest::Client, ClientSetupError> {
    builder.build().map_err(|error| ClientSetupError::HttpClient(root_cause(error)))
}

/// Reads the body, or returns `None` as soon as it exceeds `max_bytes`, regardless of Content-Length.
pub(super) async fn read_body(mut response: Response, max_bytes: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > max_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The innermost cause, which is the specific one ("Connection refused", "invalid peer
/// certificate"). Never contains the URL, which holds secrets.
pub(super) fn root_cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    sanitize_line(&cause.to_string(), REASON_MAX_CHARS)
}
