//! Checks that the mail server accepts the site's user. Sends no mail.

use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;
use crate::mail::{MailServer, MailSettings};

pub(super) async fn check(settings: Option<&MailSettings>, messages: &Messages) -> Finding {
    let Some(settings) = settings else { return messages.mail_unused.ok(&[]) };
    let MailServer::Smtp(server) = &settings.server else { return messages.mail_sandbox.ok(&[]) };
    let (host, from) = (server.host(), settings.from.email.to_string());
    let error = match server.check().await {
        Ok(()) => return messages.mail_ok.ok(&[&host, &from]),
        Err(error) => error,
    };
    let message = if error.is_rejected_login() {
        messages.mail_login_rejected
    } else if error.is_tls() {
        messages.mail_tls
    } else {
        messages.mail_unreachable
    };
    message.error(&[&host, &error.to_string()])
}
