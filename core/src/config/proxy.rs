//! The proxy for requests to QQ, from the variables that other programs read too.

use url::Url;

use super::{ConfigError, Environment};
use crate::qq::Proxy;

const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Returns the first proxy that is set, if any.
pub(super) fn read(env: &Environment) -> Result<Option<Proxy>, ConfigError> {
    for variable in VARIABLES {
        if let Some(value) = env.get(variable)? {
            let exceptions = env.get("NO_PROXY")?.or(env.get("no_proxy")?).unwrap_or_default();
            return Ok(Some(Proxy { variable, url: checked(variable, value)?.into(), exceptions }));
        }
    }
    Ok(None)
}

fn checked(variable: &'static str, value: String) -> Result<String, ConfigError> {
    let value = if value.contains("://") { value } else { format!("http://{value}") };
    match Url::parse(&value) {
        Ok(url) if SCHEMES.contains(&url.scheme()) && url.host().is_some() => Ok(value),
        // The message does not repeat the value, which may contain a password.
        _ => Err(ConfigError::new(
            variable,
            "is not a proxy that can be used",
            "use http://host:port, https://host:port, socks4://host:port or socks5://host:port, or unset it",
        )),
    }
}
