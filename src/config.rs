//! What the operator decides, read once from the environment at the start.
//!
//! Nothing is guessed: a value that cannot be right ends the program with the variable's name,
//! what is wrong and what would be right.

mod parse;
mod public_url;
mod qq;
mod secret_key;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use parse::{ConfigError, Environment};
pub use public_url::{PublicUrl, resolve_with_system};
pub use qq::SandboxConfig;
pub use secret_key::{KeptKey, SecretKeyError, SecretKeySource};

/// Who may make an account (`REGISTRATION`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// A first-time visitor chooses: a form, or one click.
    Form,
    /// A first-time visitor gets an account at once.
    Auto,
    /// Only people who have an account get in.
    Closed,
}

const SECS_PER_DAY: i64 = 86_400;

/// How log lines look (`LOG_FORMAT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl LogFormat {
    /// Reads the variable.
    pub fn read(env: &Environment) -> Result<LogFormat, ConfigError> {
        match env.text("LOG_FORMAT").as_deref() {
            None | Some("text") => Ok(LogFormat::Text),
            Some("json") => Ok(LogFormat::Json),
            Some(other) => Err(ConfigError::new("LOG_FORMAT", format!("{other:?} is unknown"), "use text or json")),
        }
    }
}

/// Everything the site needs to know to start. `Debug` does not show the database's address, which
/// may hold a password.
#[derive(Clone)]
pub struct Config {
    /// Where to listen (`LEPTOS_SITE_ADDR`).
    pub listen_addr: SocketAddr,
    /// The folder of static files (`LEPTOS_SITE_ROOT`).
    pub site_root: PathBuf,
    /// The origin people see (`PUBLIC_URL`).
    pub public_url: PublicUrl,
    /// `sqlite://…` or `postgres://…` (`DATABASE_URL`).
    pub database_url: String,
    /// How QQ is reached: QQ itself or the sandbox.
    pub qq: crate::qq::ClientConfig,
    /// The sandbox the site starts by itself, when it has no credentials for QQ.
    pub sandbox: Option<SandboxConfig>,
    /// Who may make an account.
    pub registration: Registration,
    /// Whether a typed e-mail address counts as verified (`EMAIL_TRUST`).
    pub email_trust: bool,
    /// Where the secret key comes from (`SECRET_KEY`).
    pub secret_key: SecretKeySource,
    /// How long a session lives without being used, in seconds (`SESSION_IDLE_SECS`).
    pub session_idle_secs: i64,
    /// How long a session lives at most, in seconds (`SESSION_MAX_SECS`).
    pub session_max_secs: i64,
    /// How long before its end people are told that their permission ends, in seconds
    /// (`TOKEN_NOTICE_DAYS`).
    pub token_notice_secs: i64,
    /// How many proxies' `X-Forwarded-For` entries to believe (`TRUSTED_PROXIES`).
    pub trusted_proxies: usize,
    /// Whether requests are limited (`RATE_LIMIT`).
    pub rate_limit: bool,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Config");
        shown.field("listen_addr", &self.listen_addr).field("public_url", &self.public_url);
        shown.field("qq", &self.qq).finish_non_exhaustive()
    }
}

impl Config {
    /// The path under `PUBLIC_URL` to which QQ sends people back.
    pub const CALLBACK_PATH: &str = "/login/qq/callback";

    /// Reads and checks every variable.
    pub fn read(env: &Environment) -> Result<Config, ConfigError> {
        let public_url = PublicUrl::read(env)?;
        let callback = format!("{}{}", public_url.origin(), Self::CALLBACK_PATH);
        let database_url = read_database_url(env)?;
        let (qq, sandbox) = qq::read(env, &public_url, callback)?;
        refuse_what_is_not_built_yet(env)?;
        Ok(Config {
            listen_addr: env.address("LEPTOS_SITE_ADDR", "127.0.0.1:3000")?,
            site_root: PathBuf::from(env.text_or("LEPTOS_SITE_ROOT", "target/site")),
            secret_key: SecretKeySource::read(env, &public_url, &database_url)?,
            public_url,
            database_url,
            qq,
            sandbox,
            registration: read_registration(env)?,
            email_trust: env.switch("EMAIL_TRUST", false)?,
            session_idle_secs: env.positive("SESSION_IDLE_SECS", 1_209_600, "seconds")?,
            session_max_secs: env.positive("SESSION_MAX_SECS", 7_776_000, "seconds")?,
            token_notice_secs: env.positive("TOKEN_NOTICE_DAYS", 7, "days")?.saturating_mul(SECS_PER_DAY),
            trusted_proxies: env.small_count("TRUSTED_PROXIES", 0)?,
            rate_limit: env.switch("RATE_LIMIT", true)?,
        })
    }

    /// Reads what the sandbox alone needs.
    pub fn read_sandbox(env: &Environment) -> Result<SandboxConfig, ConfigError> {
        let public_url = PublicUrl::read(env)?;
        SandboxConfig::read(env, format!("{}{}", public_url.origin(), Self::CALLBACK_PATH))
    }
}

fn read_registration(env: &Environment) -> Result<Registration, ConfigError> {
    match env.text("REGISTRATION").as_deref() {
        None | Some("form") => Ok(Registration::Form),
        Some("auto") => Ok(Registration::Auto),
        Some("closed") => Ok(Registration::Closed),
        Some(other) => {
            Err(ConfigError::new("REGISTRATION", format!("{other:?} is unknown"), "use form, auto or closed"))
        }
    }
}

fn read_database_url(env: &Environment) -> Result<String, ConfigError> {
    let url = env.text_or("DATABASE_URL", "sqlite://data/qq-login.db");
    let has_path = url.split_once("://").is_some_and(|(_, path)| !path.is_empty());
    let is_known = ["sqlite", "postgres", "postgresql"].iter().any(|scheme| url.starts_with(&format!("{scheme}://")));
    if is_known && has_path {
        return Ok(url);
    }
    // The address may hold a password, so it is not repeated.
    Err(ConfigError::new(
        "DATABASE_URL",
        "is not the address of a database".to_owned(),
        "use sqlite://path/to/file.db or postgres://user:password@host/name",
    ))
}

/// Mail and metrics are named in the configuration but not built yet. Saying so beats ignoring
/// them: an operator who sets them relies on them.
fn refuse_what_is_not_built_yet(env: &Environment) -> Result<(), ConfigError> {
    if env.text("SMTP_URL").is_some() != env.text("MAIL_FROM").is_some() {
        let (missing, present) =
            if env.text("SMTP_URL").is_none() { ("SMTP_URL", "MAIL_FROM") } else { ("MAIL_FROM", "SMTP_URL") };
        return Err(ConfigError::new(missing, format!("is unset though {present} is set"), "set both, or neither"));
    }
    for (variable, thing) in [("SMTP_URL", "mail"), ("METRICS_ADDR", "metrics")] {
        if env.text(variable).is_some() {
            return Err(ConfigError::new(
                variable,
                format!("is set, but this version has no {thing} yet"),
                "leave it unset",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
