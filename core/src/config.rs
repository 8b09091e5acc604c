//! Reads and checks the operator's settings, once, at startup.
//! Entry points are [`Config::read`], and [`Environment`] for the variables; an invalid value is a [`ConfigError`].
//! It must not open, create or contact anything that a setting names, except the secret key's file.

mod database_url;
mod env_file;
mod environment;
mod error;
mod mail;
mod monitoring;
mod proxy;
mod public_url;
mod qq;
mod sandbox;
mod secret_key;
mod site;
mod time_zone;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use url::Url;

pub use database_url::DatabaseUrl;
pub use env_file::{EnvFileError, parse_env_file};
pub use environment::{Environment, resolve_with_system};
pub use error::ConfigError;
pub use public_url::PublicUrl;
pub use sandbox::SandboxConfig;
pub use secret_key::{KeyStatus, SecretKeyError, SecretKeySource};
pub use site::SiteIdentity;

/// Who may create an account (`REGISTRATION`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// New users fill in a form or take a generated username.
    Form,
    /// New users get an account at their first login.
    Auto,
    /// Only existing users can sign in.
    Closed,
}

const SECS_PER_DAY: i64 = 86_400;

/// The format of log lines (`LOG_FORMAT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    /// One JSON object per line.
    Json,
}

impl LogFormat {
    pub fn read(env: &Environment) -> Result<LogFormat, ConfigError> {
        env.choice("LOG_FORMAT", &[("text", LogFormat::Text), ("json", LogFormat::Json)], "use text or json")
    }
}

/// The site's settings. `Debug` hides secrets.
#[derive(Clone)]
pub struct Config {
    pub listen_addr: SocketAddr,
    /// Where metrics are served, if anywhere.
    pub metrics_addr: Option<SocketAddr>,
    /// Where traces are sent, if anywhere. It may contain a password.
    pub traces_url: Option<Url>,
    /// The folder of static files. `None`: those inside the program.
    pub site_root: Option<PathBuf>,
    pub public_url: PublicUrl,
    pub site: SiteIdentity,
    pub database_url: DatabaseUrl,
    /// Settings for QQ, or for the sandbox if `sandbox` is set.
    pub qq: crate::qq::ClientConfig,
    /// The built-in sandbox, unless QQ credentials are set.
    pub sandbox: Option<SandboxConfig>,
    /// `None`: the site sends no mail.
    pub mail: Option<crate::mail::MailSettings>,
    pub registration: Registration,
    /// Whether an email address counts as verified as soon as it is entered.
    pub email_trust: bool,
    pub secret_key: SecretKeySource,
    pub session_idle_secs: i64,
    pub session_max_secs: i64,
    /// How long before it expires the account page announces the end of a QQ authorization.
    pub token_notice_secs: i64,
    /// The zone of times on pages, for browsers without JavaScript.
    pub time_zone: TimeZone,
    /// The number of `X-Forwarded-For` entries to trust.
    pub trusted_proxies: usize,
    /// How many logins one network may start per minute. `None`: nothing is limited.
    pub rate_limit: Option<NonZeroU32>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen_addr", &self.listen_addr)
            .field("public_url", &self.public_url)
            .field("qq", &self.qq)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// The path of QQ's redirect URI, under `PUBLIC_URL`.
    pub const CALLBACK_PATH: &str = "/login/qq/callback";

    pub fn read(env: &Environment) -> Result<Config, ConfigError> {
        let public_url = PublicUrl::read(env)?;
        let database_url = DatabaseUrl::read(env)?;
        let (qq, sandbox) = qq::read(env, &public_url, redirect_uri(&public_url))?;
        let listen_addr = Config::read_listen_addr(env)?;
        if sandbox.is_some() {
            check_only_this_machine_connects(listen_addr)?;
        }
        let (session_idle_secs, session_max_secs) = read_session_lifetimes(env)?;
        let registrations =
            [("form", Registration::Form), ("auto", Registration::Auto), ("closed", Registration::Closed)];
        Ok(Config {
            metrics_addr: monitoring::read_metrics_addr(env, listen_addr)?,
            traces_url: monitoring::read_traces_url(env)?,
            listen_addr,
            site_root: env.get("LEPTOS_SITE_ROOT")?.map(PathBuf::from),
            secret_key: SecretKeySource::read(env, &public_url, &database_url)?,
            mail: mail::read(env, &public_url, sandbox.is_some())?,
            public_url,
            site: SiteIdentity::read(env)?,
            database_url,
            qq,
            sandbox,
            registration: env.choice("REGISTRATION", &registrations, "use form, auto or closed")?,
            email_trust: env.switch("EMAIL_TRUST", false)?,
            session_idle_secs,
            session_max_secs,
            token_notice_secs: env.positive("TOKEN_NOTICE_DAYS", 7, "days")?.saturating_mul(SECS_PER_DAY),
            time_zone: time_zone::read(env)?,
            trusted_proxies: env.small_count("TRUSTED_PROXIES", 0)?,
            rate_limit: read_rate_limit(env)?,
        })
    }

    /// Reads only where the site listens.
    pub fn read_listen_addr(env: &Environment) -> Result<SocketAddr, ConfigError> {
        env.socket_addr("LEPTOS_SITE_ADDR", "127.0.0.1:3000")
    }

    /// Reads the settings of a sandbox that runs without the site.
    pub fn read_sandbox(env: &Environment) -> Result<SandboxConfig, ConfigError> {
        SandboxConfig::read(env, redirect_uri(&PublicUrl::read(env)?))
    }
}

fn redirect_uri(public_url: &PublicUrl) -> String {
    format!("{}{}", public_url.origin(), Config::CALLBACK_PATH)
}

/// Users on other machines could open the site, but not the sandbox it would send them to.
fn check_only_this_machine_connects(listen_addr: SocketAddr) -> Result<(), ConfigError> {
    if listen_addr.ip().is_loopback() {
        return Ok(());
    }
    Err(ConfigError::new(
        "LEPTOS_SITE_ADDR",
        format!("{listen_addr} is open to other machines, which cannot reach the QQ sandbox"),
        "set QQ_APP_ID and QQ_APP_KEY from the QQ Connect console, or use a loopback address such as 127.0.0.1:3000 \
         (in a container: with the network of its host)",
    ))
}

/// Returns the idle and the maximum lifetime of sessions, in seconds.
fn read_session_lifetimes(env: &Environment) -> Result<(i64, i64), ConfigError> {
    const IDLE: &str = "SESSION_IDLE_SECS";
    let max_secs = env.positive("SESSION_MAX_SECS", 7_776_000, "seconds")?;
    let idle_secs = env.positive(IDLE, max_secs.min(1_209_600), "seconds")?;
    if idle_secs > max_secs {
        let problem = format!("{idle_secs} is more than SESSION_MAX_SECS, {max_secs}");
        return Err(ConfigError::new(IDLE, problem, "use at most the value of SESSION_MAX_SECS"));
    }
    Ok((idle_secs, max_secs))
}

/// `on` was the default of earlier versions.
fn read_rate_limit(env: &Environment) -> Result<Option<NonZeroU32>, ConfigError> {
    const DEFAULT: Option<NonZeroU32> = NonZeroU32::new(120);
    match env.get("RATE_LIMIT")?.as_deref() {
        None | Some("on") => Ok(DEFAULT),
        Some("off") => Ok(None),
        Some(value) => value.parse().map(Some).map_err(|_| {
            let problem = format!("{value:?} is neither off nor a positive number of sign-ins per minute");
            ConfigError::new("RATE_LIMIT", problem, "use a whole number, 1 or more, or off")
        }),
    }
}

#[cfg(test)]
mod tests;
