//! Settings of the QQ sandbox.

use std::net::SocketAddr;

use url::Url;

use super::{ConfigError, Environment};
use crate::sandbox::SandboxSettings;

#[derive(Clone)]
pub struct SandboxConfig {
    /// A loopback address.
    pub addr: SocketAddr,
    pub settings: SandboxSettings,
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
        let callbacks = match env.get("SANDBOX_CALLBACKS")? {
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
        let settings = SandboxSettings {
            app_id: env.get_or("SANDBOX_APP_ID", "100000001")?,
            app_key: env.get_or("SANDBOX_APP_KEY", "5a4db0c1f0e24cb18d3f0f7f6e2b9c77")?,
            callbacks,
            token_ttl_secs: env.positive("SANDBOX_TOKEN_TTL", 5_184_000, "seconds")?.unsigned_abs(),
        };
        Ok(SandboxConfig { addr, settings })
    }
}
