//! Settings of the QQ sandbox.

use std::net::SocketAddr;

use secrecy::SecretString;
use url::Url;

use super::environment::Environment;
use super::error::ConfigError;

#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// A loopback address.
    pub addr: SocketAddr,
    pub app_id: String,
    pub app_key: SecretString,
    /// The app's registered redirect URIs.
    pub callbacks: Vec<String>,
    /// The lifetime of access tokens.
    pub token_ttl_secs: i64,
}

impl SandboxConfig {
    pub(super) fn read(env: &Environment, default_callback: String) -> Result<SandboxConfig, ConfigError> {
        let addr = env.socket_addr("SANDBOX_ADDR", "127.0.0.1:3010")?;
        if !addr.ip().is_loopback() {
            return Err(ConfigError::new(
                "SANDBOX_ADDR",
                format!("{addr} is not a loopback address"),
                "use a loopback address such as 127.0.0.1:3010",
            ));
        }
        let callbacks = match env.get("SANDBOX_CALLBACKS") {
            None => vec![default_callback],
            Some(list) => list.split(';').map(str::trim).filter(|uri| !uri.is_empty()).map(str::to_owned).collect(),
        };
        if callbacks.is_empty() || callbacks.iter().any(|uri| Url::parse(uri).is_err()) {
            return Err(ConfigError::new(
                "SANDBOX_CALLBACKS",
                "is not a list of URLs",
                "use complete callback URLs, separated by semicolons",
            ));
        }
        Ok(SandboxConfig {
            addr,
            app_id: env.get_or("SANDBOX_APP_ID", "100000001"),
            app_key: env.get_or("SANDBOX_APP_KEY", "5a4db0c1f0e24cb18d3f0f7f6e2b9c77").into(),
            callbacks,
            token_ttl_secs: env.positive("SANDBOX_TOKEN_TTL", 5_184_000, "seconds")?,
        })
    }
}
