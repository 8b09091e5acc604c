//! The configuration of the client, and its validation.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::loopback::loopback_addresses;

/// How to reach QQ, and as which app. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    pub app_id: String,
    pub app_key: SecretString,
    /// The base URL of `/oauth2.0/*` and `/user/*`; [`ClientConfig::PRODUCTION_URL`] except in
    /// development. Plain HTTP is accepted only for loopback hosts.
    pub graph_url: Url,
    /// The callback URL, exactly as registered in QQ's console.
    pub redirect_uri: String,
    /// API names, separated by commas. A login needs only `get_user_info`.
    pub scope: String,
    /// Whether to request the unionid too, which needs a permission from QQ.
    pub request_unionid: bool,
    /// The limit for one call, from connecting to the last byte, including a retry.
    pub timeout: Duration,
    /// How long a login waits for the profile once the user is identified.
    /// [`ClientConfig::PROFILE_TIMEOUT`] except in tests.
    pub profile_timeout: Duration,
    /// The proxy for calls over https. Plain HTTP is never sent to a proxy.
    pub proxy: Option<Proxy>,
}

/// A proxy, HTTP or SOCKS.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The environment variable that sets it.
    pub variable: &'static str,
    /// May contain a password.
    pub url: SecretString,
    /// The hosts to reach without it, as in `NO_PROXY`.
    pub exceptions: String,
}

/// Why a [`ClientConfig`] is unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSetupError {
    #[error("the App ID is empty")]
    EmptyAppId,
    #[error("the URL must use https, or http to a loopback address")]
    InsecureUrl,
    #[error("the URL must have only a scheme, a host, and optionally a port and a path")]
    InvalidBaseUrl,
    #[error("the timeout is zero")]
    ZeroTimeout,
    #[error("cannot set up an HTTPS client: {0}")]
    HttpClient(String),
}

impl ClientConfig {
    pub const PRODUCTION_URL: &str = "https://graph.qq.com";

    /// A callback ends at most two seconds after QQ has identified the user. The rest of that time is
    /// for the database.
    pub const PROFILE_TIMEOUT: Duration = Duration::from_millis(1500);

    /// Whether the client talks to QQ's servers, not to a proxy or the sandbox.
    pub fn is_production(&self) -> bool {
        self.graph_url.as_str().trim_end_matches('/') == Self::PRODUCTION_URL
    }

    /// Whether the base URL is that of a development server on this machine, such as the sandbox.
    pub(super) fn is_development(&self) -> bool {
        self.graph_url.scheme() == "http"
    }

    pub(super) fn validate(&self) -> Result<(), ClientSetupError> {
        if self.app_id.is_empty() {
            return Err(ClientSetupError::EmptyAppId);
        }
        if self.timeout.is_zero() {
            return Err(ClientSetupError::ZeroTimeout);
        }
        let url = &self.graph_url;
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if has_credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(ClientSetupError::InvalidBaseUrl);
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.loopback_addresses().is_some() => Ok(()),
            _ => Err(ClientSetupError::InsecureUrl),
        }
    }

    /// The addresses of the host, or `None` if it is not a loopback host. May block for a DNS query.
    pub(super) fn loopback_addresses(&self) -> Option<Vec<SocketAddr>> {
        loopback_addresses(&self.graph_url.host()?, self.graph_url.port_or_known_default()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::tests::config;

    #[test]
    fn s25_plain_http_is_accepted_only_for_loopback_hosts() {
        for url in [
            "https://graph.qq.com",
            "https://proxy.example:8443/qq",
            "http://127.0.0.1:3010",
            "http://[::1]:3010",
            "http://localhost:3010",
            "http://qq.localhost",
        ] {
            assert_eq!(config(url).validate(), Ok(()), "{url}");
        }
        for url in [
            "http://graph.qq.invalid",
            "http://10.0.0.1",
            "http://0.0.0.0:3010",
            "http://localhost.invalid",
            "ftp://127.0.0.1",
            "file:///etc",
            "data:text/plain,x",
        ] {
            assert_eq!(config(url).validate(), Err(ClientSetupError::InsecureUrl), "{url}");
        }
    }

    #[test]
    fn invalid_values_are_rejected() {
        for url in [
            "https://user@graph.qq.com",
            "https://:pass@graph.qq.com",
            "https://graph.qq.com?a=b",
            "https://graph.qq.com#a",
        ] {
            assert_eq!(config(url).validate(), Err(ClientSetupError::InvalidBaseUrl), "{url}");
        }
        let without_app_id = ClientConfig { app_id: String::new(), ..config("https://graph.qq.com") };
        assert_eq!(without_app_id.validate(), Err(ClientSetupError::EmptyAppId));

        let without_time = ClientConfig { timeout: Duration::ZERO, ..config("https://graph.qq.com") };
        assert_eq!(without_time.validate(), Err(ClientSetupError::ZeroTimeout));
    }

    #[test]
    fn s32_debug_shows_no_key() {
        let text = format!("{:?}", config("https://graph.qq.com"));
        assert!(text.contains("100000001") && !text.contains("KEY"), "{text}");
    }
}
