//! Where mails are sent, and from whom.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use url::Url;

/// How long a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(20);

/// How mails leave the site.
#[derive(Clone)]
pub struct MailSettings {
    pub server: MailServer,
    /// The sender.
    pub from: Mailbox,
}

#[derive(Clone)]
pub enum MailServer {
    Smtp(SmtpServer),
    /// The sandbox's mailbox page shows all mails.
    Sandbox,
}

/// An SMTP server, and the credentials for it.
#[derive(Clone)]
pub struct SmtpServer {
    url: SecretString,
    hello_name: String,
    /// A certificate to trust besides those of the public authorities.
    extra_root: Option<Certificate>,
}

/// Why a server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Smtp(#[from] smtp::Error),
    #[error("the connection was closed")]
    Interrupted,
    #[error("no answer within {} s", CHECK_TIMEOUT.as_secs())]
    Timeout,
}

impl CheckError {
    /// Whether the server rejected user or password.
    pub fn is_rejected_login(&self) -> bool {
        matches!(self, CheckError::Smtp(error) if error.is_permanent())
    }

    /// Whether the certificate is not trusted, or TLS is not available.
    pub fn is_tls(&self) -> bool {
        let CheckError::Smtp(error) = self else { return false };
        // lettre reports a rejected certificate as a connection error.
        error.is_tls() || error.to_string().contains("certificate") || error.to_string().contains("STARTTLS")
    }
}

impl SmtpServer {
    /// `url` is one that [`AsyncSmtpTransport::from_url`] reads. The site calls itself `hello_name`, a host name.
    ///
    /// # Errors
    /// Returns an error if the URL is invalid. It may contain parts of the URL.
    pub fn new(url: String, hello_name: String) -> Result<SmtpServer, smtp::Error> {
        let server = SmtpServer { url: url.into(), hello_name, extra_root: None };
        server.transport()?;
        Ok(server)
    }

    /// Trusts servers with a certificate by this authority, in PEM. For tests: their server has no other.
    pub fn trust(self, authority: &str) -> Result<SmtpServer, smtp::Error> {
        Ok(SmtpServer { extra_root: Some(Certificate::from_pem(authority.as_bytes())?), ..self })
    }

    /// Connects and authenticates. Sends no mail.
    pub async fn check(&self) -> Result<(), CheckError> {
        let connected = timeout(CHECK_TIMEOUT, self.transport()?.test_connection()).await;
        if connected.map_err(|_| CheckError::Timeout)?? { Ok(()) } else { Err(CheckError::Interrupted) }
    }

    /// The host name, without user and password.
    pub fn host(&self) -> String {
        Url::parse(self.url.expose_secret()).ok().and_then(|url| Some(url.host_str()?.to_owned())).unwrap_or_default()
    }

    pub(super) fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
        let url = self.url.expose_secret();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?;
        if let Some(certificate) = &self.extra_root {
            let tls = TlsParameters::builder(self.host()).add_root_certificate(certificate.clone()).build_rustls()?;
            builder = builder.tls(if url.starts_with("smtps:") { Tls::Wrapper(tls) } else { Tls::Required(tls) });
        }
        Ok(builder.hello_name(ClientId::Domain(self.hello_name.clone())).build())
    }
}
