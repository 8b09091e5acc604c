//! How QQ is reached: QQ itself with the operator's credentials, or the sandbox with its own.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::parse::{ConfigError, Environment};
use super::public_url::{PublicUrl, is_loopback};
use crate::qq::ClientConfig;

/// What the sandbox needs to start.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where it listens (`SANDBOX_ADDR`); always this machine.
    pub addr: SocketAddr,
    /// The one app it knows (`SANDBOX_APP_ID`).
    pub app_id: String,
    /// That app's key (`SANDBOX_APP_KEY`).
    pub app_key: SecretString,
    /// The redirect URIs registered for it (`SANDBOX_CALLBACKS`, separated by `;`).
    pub callbacks: Vec<String>,
    /// How long an access token lives, in seconds (`SANDBOX_TOKEN_TTL`).
    pub token_ttl_secs: i64,
}

impl SandboxConfig {
    pub(super) fn read(env: &Environment, callback: String) -> Result<SandboxConfig, ConfigError> {
        let addr = env.address("SANDBOX_ADDR", "127.0.0.1:3010")?;
        if !addr.ip().is_loopback() {
            return Err(ConfigError::new(
                "SANDBOX_ADDR",
                format!("{addr} can be reached from other machines"),
                "use a loopback address such as 127.0.0.1:3010",
            ));
        }
        let callbacks = match env.text("SANDBOX_CALLBACKS") {
            None => vec![callback],
            Some(list) => list.split(';').map(str::trim).filter(|uri| !uri.is_empty()).map(str::to_owned).collect(),
        };
        if callbacks.is_empty() || callbacks.iter().any(|uri| Url::parse(uri).is_err()) {
            return Err(ConfigError::new(
                "SANDBOX_CALLBACKS",
                "holds something that is not an address".to_owned(),
                "use full callback addresses, separated by semicolons",
            ));
        }
        Ok(SandboxConfig {
            addr,
            app_id: env.text_or("SANDBOX_APP_ID", "100000001"),
            app_key: env.text_or("SANDBOX_APP_KEY", "5a4db0c1f0e24cb18d3f0f7f6e2b9c77").into(),
            callbacks,
            token_ttl_secs: env.positive("SANDBOX_TOKEN_TTL", 5_184_000, "seconds")?,
        })
    }
}

/// Decides between QQ and the sandbox.
pub(super) fn read(
    env: &Environment,
    public_url: &PublicUrl,
    redirect_uri: String,
) -> Result<(ClientConfig, Option<SandboxConfig>), ConfigError> {
    let timeout_ms = env.positive("QQ_TIMEOUT_MS", 10_000, "milliseconds")?;
    let timeout = Duration::from_millis(timeout_ms.unsigned_abs());
    let scope = read_scope(env)?;
    let request_unionid = env.switch("QQ_UNIONID", false)?;
    let with = |app_id, app_key, graph_url| ClientConfig {
        app_id,
        app_key,
        graph_url,
        redirect_uri: redirect_uri.clone(),
        scope: scope.clone(),
        request_unionid,
        timeout,
    };
    match (env.text("QQ_APP_ID"), env.text("QQ_APP_KEY")) {
        (Some(app_id), Some(app_key)) => {
            if !app_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(ConfigError::new(
                    "QQ_APP_ID",
                    format!("{app_id:?} is not an app id"),
                    "use the number that the QQ Connect console shows as APP ID",
                ));
            }
            Ok((with(app_id, app_key.into(), read_graph_url(env)?), None))
        }
        (Some(_), None) => Err(half_set("QQ_APP_KEY", "QQ_APP_ID")),
        (None, Some(_)) => Err(half_set("QQ_APP_ID", "QQ_APP_KEY")),
        (None, None) => {
            refuse_sandbox_where_it_does_not_belong(env, public_url)?;
            let sandbox = SandboxConfig::read(env, redirect_uri.clone())?;
            let graph_url = Url::parse(&format!("http://{}", sandbox.addr)).map_err(|_| {
                ConfigError::new("SANDBOX_ADDR", "cannot stand in an address".to_owned(), "use 127.0.0.1:3010")
            })?;
            Ok((with(sandbox.app_id.clone(), sandbox.app_key.clone(), graph_url), Some(sandbox)))
        }
    }
}

fn half_set(missing: &'static str, present: &str) -> ConfigError {
    ConfigError::new(
        missing,
        format!("is unset though {present} is set"),
        "set both from the QQ Connect console, or neither to use the sandbox",
    )
}

fn refuse_sandbox_where_it_does_not_belong(env: &Environment, public_url: &PublicUrl) -> Result<(), ConfigError> {
    if env.text("QQ_GRAPH_URL").is_some() {
        return Err(ConfigError::new(
            "QQ_GRAPH_URL",
            "is set, but QQ_APP_ID and QQ_APP_KEY are not".to_owned(),
            "set all three, or none to use the sandbox",
        ));
    }
    if !public_url.is_loopback() {
        return Err(ConfigError::new(
            "QQ_APP_ID",
            format!("is unset, and the sandbox is not for {}, which other machines can reach", public_url.origin()),
            "set QQ_APP_ID and QQ_APP_KEY from the QQ Connect console",
        ));
    }
    Ok(())
}

fn read_graph_url(env: &Environment) -> Result<Url, ConfigError> {
    let text = env.text_or("QQ_GRAPH_URL", ClientConfig::PRODUCTION_URL);
    let wrong = |problem: String| ConfigError::new("QQ_GRAPH_URL", problem, "use https://graph.qq.com");
    let url = Url::parse(&text).map_err(|_| wrong("is not an address".to_owned()))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url, env)) {
        return Err(wrong("is not https, and http is for this machine's own names only".to_owned()));
    }
    let has_more = !url.username().is_empty() || url.password().is_some() || url.query().is_some();
    if has_more || url.fragment().is_some() || url.host().is_none() {
        return Err(wrong("has more than scheme, host, port and path".to_owned()));
    }
    Ok(url)
}

fn read_scope(env: &Environment) -> Result<String, ConfigError> {
    let scope = env.text_or("QQ_SCOPE", "get_user_info");
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !scope.split(',').all(is_name) {
        return Err(ConfigError::new(
            "QQ_SCOPE",
            format!("{scope:?} is not a list of API names"),
            "use names separated by commas, such as get_user_info",
        ));
    }
    Ok(scope)
}
