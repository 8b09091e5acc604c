//! The origin under which people see the site.

use std::net::{IpAddr, ToSocketAddrs};

use url::{Host, Url};

use super::parse::{ConfigError, Environment};

const VARIABLE: &str = "PUBLIC_URL";

/// A checked origin: `https://host[:port]`, or `http://…` for a host that is this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    authority: String,
    is_https: bool,
    is_loopback: bool,
}

impl PublicUrl {
    pub(super) fn read(env: &Environment) -> Result<PublicUrl, ConfigError> {
        let text = env.text_or(VARIABLE, "http://localhost:3000");
        let wrong =
            |problem: String| ConfigError::new(VARIABLE, problem, "use an origin such as https://www.example.com");
        let url = Url::parse(&text).map_err(|_| wrong(format!("{text:?} is not an address")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong(format!("{text:?} is neither https nor http")));
        }
        let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some() || has_credentials(&url);
        if has_more {
            return Err(wrong(format!("{:?} has more than scheme, host and port", without_credentials(&url))));
        }
        let is_https = url.scheme() == "https";
        let is_loopback = is_loopback(&url, env);
        if !is_https && !is_loopback {
            return Err(wrong(format!("{text:?} is http, which is for this machine's own names only")));
        }
        let origin = url.origin().ascii_serialization();
        let authority = origin.split_once("://").map(|(_, authority)| authority.to_owned()).unwrap_or_default();
        Ok(PublicUrl { origin, authority, is_https, is_loopback })
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What a browser sends as `Host`: the host, and the port unless it is the scheme's own.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether only this machine can reach the site under this name.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

/// Whether an address leads to this machine: by its form, or because its name resolves so, as
/// with a hosts-file entry, the usual way to debug QQ login (the QQ console takes real domains only).
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

/// Looks a host name up the way the operating system does.
pub fn resolve_with_system(host: &str) -> Vec<IpAddr> {
    (host, 0).to_socket_addrs().map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses without a host, which have no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}
