//! The origin of the site.

use std::net::IpAddr;

use url::{Host, Url};

use super::{ConfigError, Environment};

/// `https://host[:port]`, or `http://…` for a loopback host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    authority: String,
    is_https: bool,
    is_loopback: bool,
}

impl PublicUrl {
    pub(super) fn read(env: &Environment) -> Result<PublicUrl, ConfigError> {
        let value = env.get_or("PUBLIC_URL", "http://localhost:3000")?;
        let invalid = |problem: &str| {
            Err(ConfigError::new("PUBLIC_URL", problem, "use an origin such as https://www.example.com"))
        };
        // The messages do not repeat the value, which may contain a password.
        let Ok(url) = Url::parse(&value) else { return invalid("is not a URL") };
        if !matches!(url.scheme(), "http" | "https") {
            return invalid("does not start with https:// or http://");
        }
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_origin || has_credentials(&url) {
            return invalid("has more than scheme, host and port");
        }
        let is_https = url.scheme() == "https";
        let is_loopback = is_loopback(&url, env);
        if !is_https && !is_loopback {
            return invalid("is http, which is allowed only for host names that resolve to this machine");
        }
        let origin = url.origin().ascii_serialization();
        let authority = origin.split_once("://").map(|(_, authority)| authority.to_owned()).unwrap_or_default();
        Ok(PublicUrl { origin, authority, is_https, is_loopback })
    }

    /// Scheme, host and port, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port, as in a `Host` header: without the scheme's default port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host without the port.
    pub fn host(&self) -> &str {
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        self.authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(&self.authority, |(host, _)| host)
    }

    pub fn is_https(&self) -> bool {
        self.is_https
    }

    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// Whether the URL's host is this machine, by name, address or name resolution. A hosts-file entry for a real domain is
/// the usual way to debug QQ login, since QQ's console accepts no other names.
pub(super) fn is_loopback(url: &Url, env: &Environment) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            if name == "localhost" || name.ends_with(".localhost") {
                return true;
            }
            let addresses = env.resolve(name);
            !addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback)
        }
        None => false,
    }
}

pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
