//! Builds the message that is sent: headers, and the text in two forms.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::queue::QueuedMail;

#[derive(Debug, thiserror::Error)]
pub(super) enum EnvelopeError {
    #[error("the mail cannot be decrypted; the key it was queued with is missing from SECRET_KEY")]
    Sealed,
    // The error does not contain the address.
    #[error("the recipient's address is invalid: {0}")]
    Recipient(#[from] AddressError),
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Date and `Message-ID` are the same at each attempt, so that mail programs recognize a mail that was sent twice.
pub(super) fn build(mail: &QueuedMail, from: &Mailbox) -> Result<Message, EnvelopeError> {
    let message = mail.message.as_ref().ok_or(EnvelopeError::Sealed)?;
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(mail.created_at.unsigned_abs());
    Ok(Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, message.to.parse()?))
        .subject(&*message.subject)
        .date(date)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        // RFC 3834: no vacation notes in return.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))?)
}
