//! Settings for mail.

use lettre::message::Mailbox;
use url::Url;

use super::public_url::{PublicUrl, is_loopback};
use super::{ConfigError, Environment};
use crate::mail::{MailServer, MailSettings, SmtpServer};

const URL: &str = "SMTP_URL";
const FROM: &str = "MAIL_FROM";
const URL_REMEDY: &str = "use smtps://user:password@smtp.example.com, or smtp://user:password@smtp.example.com?tls=required \
                          for STARTTLS, with special characters percent-encoded (@ is %40)";

/// Returns `None` if mail is not configured.
pub(super) fn read(
    env: &Environment,
    public_url: &PublicUrl,
    is_sandbox: bool,
) -> Result<Option<MailSettings>, ConfigError> {
    let (url, from) = match (env.get(URL)?, env.get(FROM)?) {
        (Some(url), Some(from)) => (url, from),
        (Some(_), None) => return Err(missing(FROM, URL)),
        (None, Some(_)) => return Err(missing(URL, FROM)),
        (None, None) => return Ok(None),
    };
    let server = if url == "sandbox" {
        if !is_sandbox {
            let problem = "is sandbox, but the QQ sandbox is not used";
            return Err(ConfigError::new(URL, problem, "use the address of an SMTP server"));
        }
        MailServer::Sandbox
    } else {
        // The message does not repeat the value, which may contain a password.
        MailServer::Smtp(
            read_server(&url, env, public_url).map_err(|problem| ConfigError::new(URL, problem, URL_REMEDY))?,
        )
    };
    Ok(Some(MailSettings { server, from: read_from(&from)? }))
}

fn missing(missing: &'static str, present: &str) -> ConfigError {
    ConfigError::new(missing, format!("is not set, but {present} is"), "set both, or neither")
}

fn read_from(from: &str) -> Result<Mailbox, ConfigError> {
    from.parse().map_err(|_| {
        let remedy = "use an address such as login@example.com, or a name too: Example <login@example.com>";
        ConfigError::new(FROM, format!("{from:?} is not an email address"), remedy)
    })
}

fn read_server(value: &str, env: &Environment, public_url: &PublicUrl) -> Result<SmtpServer, &'static str> {
    const INVALID: &str = "is not the URL of an SMTP server";
    let url = Url::parse(value).map_err(|_| INVALID)?;
    let is_encrypted = match (url.scheme(), url.query()) {
        ("smtps", None) | ("smtp", Some("tls=required")) => true,
        ("smtp", None) => false,
        ("smtp" | "smtps", Some(_)) => return Err("has a parameter other than tls=required"),
        _ => return Err("does not start with smtps:// or smtp://"),
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("has more than user, password, host, port and tls=required");
    }
    if url.username().is_empty() != url.password().is_none() {
        return Err("has a user without a password, or a password without a user");
    }
    // As an http URL, since only those have host names that are parsed.
    let as_http = value.split_once("://").and_then(|(_, rest)| Url::parse(&format!("http://{rest}")).ok());
    let as_http = as_http.ok_or(INVALID)?;
    if !is_encrypted && !is_loopback(&as_http, env) {
        return Err(
            "does not encrypt the connection, which is allowed only for host names that resolve to this machine",
        );
    }
    SmtpServer::new(value.to_owned(), public_url.host().to_owned()).map_err(|_| INVALID)
}
