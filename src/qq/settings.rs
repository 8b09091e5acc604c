//! What the client has to be told, and what it will not be told.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::loopback::loopback_addresses;

/// How to reach QQ, and as whom. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The App ID from QQ's console.
    pub app_id: String,
    /// The App Key from QQ's console.
    pub app_key: SecretString,
    /// Base of `/oauth2.0/*` and `/user/*`; `https://graph.qq.com` outside of tests.
    /// Plain http is accepted for this machine only.
    pub graph_url: Url,
    /// Where QQ sends people back to, exactly as registered on the console.
    pub redirect_uri: String,
    /// Names of calls, separated by commas; `get_user_info` is all a sign-in needs.
    pub scope: String,
    /// Whether to ask for unionid as well, which QQ grants to apps on request.
    pub request_unionid: bool,
    /// Limit for one call, from connecting to the last byte, a second try included.
    pub timeout: Duration,
}

/// Why no client can be made from some [`ClientConfig`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSetupError {
    /// The App ID is empty.
    #[error("the App ID is empty")]
    NoAppId,
    /// The base would send secrets in the clear, or is not a web address at all.
    #[error("QQ's address must be https, or http on this machine")]
    Insecure,
    /// The base has a user name, a password, a query or a fragment.
    #[error("QQ's address must be a scheme, a host and perhaps a port and a path")]
    NotABase,
    /// Not a moment is allowed for a call.
    #[error("the time limit is zero")]
    NoTime,
    /// The HTTP or TLS library could not be set up.
    #[error("no HTTPS client: {0}")]
    Http(String),
}

impl ClientConfig {
    /// Where QQ is.
    pub const PRODUCTION_URL: &str = "https://graph.qq.com";

    /// Whether QQ itself is asked: by https, at its own name and port.
    pub fn is_production(&self) -> bool {
        self.graph_url.as_str().trim_end_matches('/') == Self::PRODUCTION_URL
    }

    pub(super) fn check(&self) -> Result<(), ClientSetupError> {
        if self.app_id.is_empty() {
            return Err(ClientSetupError::NoAppId);
        }
        if self.timeout.is_zero() {
            return Err(ClientSetupError::NoTime);
        }
        let url = &self.graph_url;
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() {
            return Err(ClientSetupError::NotABase);
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.local_addresses().is_some() => Ok(()),
            _ => Err(ClientSetupError::Insecure),
        }
    }

    /// The addresses of a stand-in for QQ on this machine; `None` if the base is elsewhere.
    pub(super) fn local_addresses(&self) -> Option<Vec<std::net::SocketAddr>> {
        let port = self.graph_url.port_or_known_default()?;
        loopback_addresses(&self.graph_url.host()?, port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::tests::settings;

    #[test]
    fn s25_plain_http_stays_on_this_machine() {
        for url in [
            "https://graph.qq.com",
            "https://proxy.example:8443/qq",
            "http://127.0.0.1:3010",
            "http://[::1]:3010",
            "http://localhost:3010",
            "http://qq.localhost",
        ] {
            assert_eq!(settings(url).check(), Ok(()), "{url}");
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
            assert_eq!(settings(url).check(), Err(ClientSetupError::Insecure), "{url}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for url in [
            "https://user@graph.qq.com",
            "https://:pass@graph.qq.com",
            "https://graph.qq.com?a=b",
            "https://graph.qq.com#a",
        ] {
            assert_eq!(settings(url).check(), Err(ClientSetupError::NotABase), "{url}");
        }
        let mut nobody = settings("https://graph.qq.com");
        nobody.app_id.clear();
        assert_eq!(nobody.check(), Err(ClientSetupError::NoAppId));

        let mut hurried = settings("https://graph.qq.com");
        hurried.timeout = Duration::ZERO;
        assert_eq!(hurried.check(), Err(ClientSetupError::NoTime));
    }

    #[test]
    fn s32_debug_shows_no_key() {
        let text = format!("{:?}", settings("https://graph.qq.com"));
        assert!(text.contains("100000001") && !text.contains("KEY"), "{text}");
    }
}
