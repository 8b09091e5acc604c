//! Queues mails in the database and sends them by SMTP.
//! Entry points are [`MailQueue`], for whoever has something to tell a user, [`MailSender`] and
//! [`MailSettings`].
//! It must not know what mails are about.

mod content;
mod envelope;
mod purge;
mod queue;
mod sender;
mod settings;

pub use content::{MailContent, MailLink};
pub use purge::purge;
pub use queue::{Mail, MailError, MailMessage, MailQueue};
pub use sender::MailSender;
pub use settings::{CheckError, MailServer, MailSettings, SmtpServer};
