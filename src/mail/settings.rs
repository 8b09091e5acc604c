//! Where mails are sent, and from whom.

use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

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
}

impl SmtpServer {
    /// `url` is one that [`AsyncSmtpTransport::from_url`] reads. The site calls itself `hello_name`, a host name.
    ///
    /// # Errors
    /// Returns an error if the URL is invalid. It may contain parts of the URL.
    pub fn new(url: String, hello_name: String) -> Result<SmtpServer, smtp::Error> {
        let server = SmtpServer { url: url.into(), hello_name };
        server.transport()?;
        Ok(server)
    }

    pub(super) fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(self.url.expose_secret())?;
        Ok(builder.hello_name(ClientId::Domain(self.hello_name.clone())).build())
    }
}
