//! Queues mails in the database.
//! Entry points are [`MailQueue`], for whoever has something to tell a user, and [`MailSettings`].
//! It must not know what mails are about.

mod content;
mod queue;
mod settings;

pub use content::{MailContent, MailLink};
pub use queue::{Mail, MailError, MailMessage, MailQueue};
pub use settings::{MailServer, MailSettings, SmtpServer};
