//! Sends the mails of the queue by SMTP, one after the other, in a background task.
//!
//! Several machines may run: a mail is leased before it is sent, by the clock of the database. A mail is deleted as soon as
//! the server has accepted it, so it is sent twice only if the process dies between the two.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::transport::smtp::response::Category;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::envelope::{self, EnvelopeError};
use super::queue::{MailQueue, QueuedMail};
use super::settings::SmtpServer;
use crate::database::QueryError;

/// How often to look for mails that other machines have queued and for retries that are due.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Less than the lease, which ends when the process has died.
const SEND_TIMEOUT: Duration = Duration::from_secs(120);
/// How long to wait before the database is asked again to record that a mail has been sent.
const RECORD_RETRY_DELAY: Duration = Duration::from_secs(1);
/// The delays between attempts, in seconds. The last one repeats until the mail expires.
const RETRY_DELAYS_SECS: [i64; 6] = [60, 5 * 60, 15 * 60, 60 * 60, 3 * 60 * 60, 6 * 60 * 60];

/// Sends the mails of a queue.
pub struct MailSender {
    queue: MailQueue,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error("{}", describe(.0))]
    Smtp(#[from] smtp::Error),
    #[error("no answer within {} s", SEND_TIMEOUT.as_secs())]
    Timeout,
}

impl SendError {
    /// Whether further attempts would fail too. The server refuses the recipient or the message with 55x; other permanent
    /// errors, such as a wrong password, are for the operator to correct.
    fn is_final(&self) -> bool {
        match self {
            SendError::Envelope(_) => true,
            SendError::Smtp(error) => error.is_permanent() && is_about_recipient(error),
            SendError::Timeout => false,
        }
    }
}

fn is_about_recipient(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| code.category == Category::MailSystem)
}

/// Servers repeat the recipient's address, which must not be logged.
pub(super) fn describe(error: &smtp::Error) -> String {
    match error.status() {
        Some(code) if is_about_recipient(error) => format!("the mail server answered {code}"),
        _ => error.to_string(),
    }
}

impl MailSender {
    /// # Errors
    /// Returns an error if TLS cannot be set up.
    pub fn new(queue: MailQueue, server: &SmtpServer, from: Mailbox) -> Result<MailSender, smtp::Error> {
        Ok(MailSender { queue, transport: server.transport()?, from })
    }

    /// Sends mails until `stop`. Then it finishes the one in progress and returns.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match self.send_due(&stop).await {
                // The health check logs that the database is unavailable.
                Err(error) if !error.is_unavailable() => tracing::warn!(%error, "mails not sent"),
                _ => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.queue.mail_queued() => {}
                () = sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// Sends the mails that are due, until `stop`.
    pub async fn send_due(&self, stop: &CancellationToken) -> Result<(), QueryError> {
        while !stop.is_cancelled() {
            let Some(mail) = self.queue.lease_next().await? else { return Ok(()) };
            self.process(mail).await?;
        }
        Ok(())
    }

    async fn process(&self, mail: QueuedMail) -> Result<(), QueryError> {
        let (mail_id, attempt) = (&mail.id, mail.attempt);
        let error = match self.send(&mail).await {
            Ok(()) => {
                tracing::info!(mail_id, attempt, "mail sent");
                self.record_sent(&mail).await;
                return Ok(());
            }
            Err(error) => error,
        };
        let retry_at = self.queue.now().saturating_add(retry_delay_secs(attempt));
        if error.is_final() || retry_at >= mail.expires_at {
            tracing::error!(mail_id, attempt, %error, "mail given up");
            return self.queue.delete(&mail).await;
        }
        tracing::warn!(mail_id, attempt, %error, retry_at, "mail not sent; another attempt follows");
        self.queue.postpone(&mail, retry_at).await
    }

    async fn send(&self, mail: &QueuedMail) -> Result<(), SendError> {
        let message = envelope::build(mail, &self.from)?;
        let sent = timeout(SEND_TIMEOUT, self.transport.send(message)).await;
        sent.map_err(|_| SendError::Timeout)??;
        Ok(())
    }

    /// Tries until the database is available again: otherwise the mail would be sent once more.
    async fn record_sent(&self, mail: &QueuedMail) {
        while let Err(error) = self.queue.delete(mail).await {
            tracing::warn!(mail_id = mail.id, %error, "mail sent, but still queued");
            sleep(RECORD_RETRY_DELAY).await;
        }
    }
}

/// `attempt` counts from 1.
fn retry_delay_secs(attempt: i64) -> i64 {
    let index = usize::try_from(attempt).unwrap_or(usize::MAX).saturating_sub(1);
    RETRY_DELAYS_SECS.get(index).or(RETRY_DELAYS_SECS.last()).copied().unwrap_or_default()
}
