//! Settings for QQ: its real endpoints with the operator's credentials, or the sandbox.

use std::time::Duration;

use url::Url;

use super::proxy;
use super::public_url::{PublicUrl, has_credentials, is_loopback};
use super::sandbox::SandboxConfig;
use super::{ConfigError, Environment};
use crate::qq::ClientConfig;

/// Returns the sandbox's settings too if it is used.
pub(super) fn read(
    env: &Environment,
    public_url: &PublicUrl,
    redirect_uri: String,
) -> Result<(ClientConfig, Option<SandboxConfig>), ConfigError> {
    let (app_id, app_key, graph_url, sandbox) = match (env.get("QQ_APP_ID")?, env.get("QQ_APP_KEY")?) {
        (Some(app_id), Some(app_key)) => (checked_app_id(app_id)?, app_key.into(), read_graph_url(env)?, None),
        (Some(_), None) => return Err(missing_credential("QQ_APP_KEY", "QQ_APP_ID")),
        (None, Some(_)) => return Err(missing_credential("QQ_APP_ID", "QQ_APP_KEY")),
        (None, None) => {
            check_sandbox_is_allowed(env, public_url)?;
            let sandbox = SandboxConfig::read(env, redirect_uri.clone())?;
            let graph_url = Url::parse(&format!("http://{}", sandbox.addr))
                .map_err(|_| ConfigError::new("SANDBOX_ADDR", "cannot be part of a URL", "use 127.0.0.1:3010"))?;
            (sandbox.settings.app_id.clone(), sandbox.settings.app_key.clone().into(), graph_url, Some(sandbox))
        }
    };
    let proxy = if graph_url.scheme() == "https" { proxy::read(env)? } else { None };
    let timeout_ms = env.positive("QQ_TIMEOUT_MS", 10_000, "milliseconds")?;
    let config = ClientConfig {
        app_id,
        app_key,
        graph_url,
        redirect_uri,
        scope: read_scope(env)?,
        request_unionid: env.switch("QQ_UNIONID", false)?,
        timeout: Duration::from_millis(timeout_ms.unsigned_abs()),
        profile_timeout: ClientConfig::PROFILE_TIMEOUT,
        proxy,
    };
    Ok((config, sandbox))
}

fn checked_app_id(app_id: String) -> Result<String, ConfigError> {
    if app_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(app_id);
    }
    // The message does not repeat the value, which may be the App Key.
    Err(ConfigError::new("QQ_APP_ID", "is not an App ID", "use the number that the QQ Connect console shows as APP ID"))
}

fn missing_credential(missing: &'static str, present: &str) -> ConfigError {
    ConfigError::new(
        missing,
        format!("is not set, but {present} is"),
        "set both from the QQ Connect console, or neither to use the sandbox",
    )
}

fn check_sandbox_is_allowed(env: &Environment, public_url: &PublicUrl) -> Result<(), ConfigError> {
    if env.get("QQ_GRAPH_URL")?.is_some() {
        return Err(ConfigError::new(
            "QQ_GRAPH_URL",
            "is set, but QQ_APP_ID and QQ_APP_KEY are not",
            "set all three, or none to use the sandbox",
        ));
    }
    if !public_url.is_loopback() {
        return Err(ConfigError::new(
            "QQ_APP_ID",
            format!(
                "is not set, and other machines can reach {}, where the sandbox is not allowed",
                public_url.origin()
            ),
            "set QQ_APP_ID and QQ_APP_KEY from the QQ Connect console",
        ));
    }
    Ok(())
}

fn read_graph_url(env: &Environment) -> Result<Url, ConfigError> {
    let invalid = |problem: &str| Err(ConfigError::new("QQ_GRAPH_URL", problem, "use https://graph.qq.com"));
    let Ok(url) = Url::parse(&env.get_or("QQ_GRAPH_URL", ClientConfig::PRODUCTION_URL)?) else {
        return invalid("is not a URL");
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url, env)) {
        return invalid("is not https, and http is allowed only for host names that resolve to this machine");
    }
    if has_credentials(&url) || url.query().is_some() || url.fragment().is_some() || url.host().is_none() {
        return invalid("has more than scheme, host, port and path");
    }
    Ok(url)
}

fn read_scope(env: &Environment) -> Result<String, ConfigError> {
    const NEEDED: &str = "get_user_info";
    let scope = env.get_or("QQ_SCOPE", NEEDED)?;
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let problem = if !scope.split(',').all(is_name) {
        format!("{scope:?} is not a list of API names")
    } else if !scope.split(',').any(|name| name == NEEDED) {
        format!("{scope:?} does not contain {NEEDED}, which every login needs")
    } else {
        return Ok(scope);
    };
    Err(ConfigError::new("QQ_SCOPE", problem, "use names separated by commas, such as get_user_info"))
}
