//! Changes a user's email addresses, in one commit with the mails about it.

use sqlx::AnyConnection;

use super::{LoginError, LoginService};
use crate::accounts::{
    AddEmailOutcome, EmailAddress, LinkPurpose, MailLink, MailToken, PrimaryEmailOutcome, add_email,
    find_unverified_email, find_user_by_verified_email, insert_mail_link, make_email_primary, remove_email,
};
use crate::audit::{self, Event};
use crate::mail::{Mail, MailMessage, MailQueue};
use crate::validation::Email;

/// How long the link of a verification mail works.
pub const VERIFICATION_LIFETIME_SECS: i64 = 24 * 60 * 60;
/// How long a user waits before another verification mail to the same address.
pub const VERIFICATION_PAUSE_SECS: i64 = 60;

/// The mails about an address that a user typed, of which one is sent. The page does not tell which.
pub struct AddressMails {
    pub queue: MailQueue,
    pub token: MailToken,
    /// Has the link with the token.
    pub verification: MailMessage,
    /// Tells a user who has verified the address that another one has typed it.
    pub already_verified: MailMessage,
}

/// A mail that tells a user about a change.
pub struct Notice {
    pub queue: MailQueue,
    pub mail: Mail,
}

impl AddressMails {
    pub(super) async fn queue_in(
        self,
        connection: &mut AnyConnection,
        user_id: i64,
        email: &str,
        now: i64,
    ) -> Result<(), LoginError> {
        let link = MailLink {
            purpose: LinkPurpose::VerifyEmail,
            user_id: Some(user_id),
            email: email.to_owned(),
            browser_hash: None,
            created_at: now,
            expires_at: now.saturating_add(VERIFICATION_LIFETIME_SECS),
            is_used: false,
        };
        // Stored in either case, since the page shows when the last mail was sent.
        insert_mail_link(&mut *connection, &self.token, &link).await?;
        let lifetime_secs = VERIFICATION_LIFETIME_SECS;
        let mail = match find_user_by_verified_email(&mut *connection, email).await? {
            Some(user_id) => Mail { user_id, lifetime_secs, message: self.already_verified },
            None => Mail { user_id, lifetime_secs, message: self.verification },
        };
        Ok(self.queue.queue_in(connection, &mail).await?)
    }
}

impl LoginService {
    /// Adds an address to a user's account. Without `mails`, none is sent.
    pub async fn add_email(
        &self,
        user_id: i64,
        email: Email,
        mails: Option<AddressMails>,
    ) -> Result<AddEmailOutcome, LoginError> {
        let (trust, now) = (self.email_trust(), self.now());
        let queue = mails.as_ref().map(|mails| mails.queue.clone());
        let adding = self.database.write(move |connection| {
            Box::pin(async move {
                let outcome = add_email(&mut *connection, user_id, &email, trust, now).await?;
                if let (AddEmailOutcome::Added, Some(mails)) = (outcome, mails) {
                    mails.queue_in(connection, user_id, email.as_str(), now).await?;
                }
                Ok::<_, LoginError>(outcome)
            })
        });
        let outcome = adding.await?;
        if outcome == AddEmailOutcome::Added {
            audit::record(Event::EmailAdded { user_id });
            queue.inspect(MailQueue::wake);
        }
        Ok(outcome)
    }

    /// Sends a verification mail, unless the address is verified or got one a moment ago. Returns whether it is sent.
    pub async fn send_verification(
        &self,
        user_id: i64,
        email: String,
        mails: AddressMails,
    ) -> Result<bool, LoginError> {
        let (queue, now) = (mails.queue.clone(), self.now());
        let sending = self.database.write(move |connection| {
            Box::pin(async move {
                let found = find_unverified_email(&mut *connection, user_id, &email).await?;
                if !found.is_some_and(|address| may_send_verification(&address, now)) {
                    return Ok(false);
                }
                mails.queue_in(connection, user_id, &email, now).await?;
                Ok::<_, LoginError>(true)
            })
        });
        let is_sent = sending.await?;
        if is_sent {
            queue.wake();
        }
        Ok(is_sent)
    }

    /// Removes an address. Sends `notice` to it if it was the primary one. Returns `None` if the user does not have it.
    pub async fn remove_email(
        &self,
        user_id: i64,
        id: i64,
        notice: Option<Notice>,
    ) -> Result<Option<EmailAddress>, LoginError> {
        let trust = self.email_trust();
        let queue = notice.as_ref().map(|notice| notice.queue.clone());
        let removing = self.database.write(move |connection| {
            Box::pin(async move {
                let removed = remove_email(&mut *connection, user_id, id, trust).await?;
                notify(connection, removed.as_ref().filter(|removed| removed.is_primary), notice).await?;
                Ok::<_, LoginError>(removed)
            })
        });
        let removed = removing.await?;
        if removed.is_some() {
            audit::record(Event::EmailRemoved { user_id });
            queue.inspect(MailQueue::wake);
        }
        Ok(removed)
    }

    /// Makes an address the primary one. Sends `notice` to the one that was it.
    pub async fn make_email_primary(
        &self,
        user_id: i64,
        id: i64,
        notice: Option<Notice>,
    ) -> Result<PrimaryEmailOutcome, LoginError> {
        let trust = self.email_trust();
        let queue = notice.as_ref().map(|notice| notice.queue.clone());
        let changing = self.database.write(move |connection| {
            Box::pin(async move {
                let outcome = make_email_primary(&mut *connection, user_id, id, trust).await?;
                if let PrimaryEmailOutcome::Changed { previous } = &outcome {
                    notify(connection, previous.as_ref(), notice).await?;
                }
                Ok::<_, LoginError>(outcome)
            })
        });
        let outcome = changing.await?;
        if matches!(outcome, PrimaryEmailOutcome::Changed { .. }) {
            audit::record(Event::PrimaryEmailChanged { user_id });
            queue.inspect(MailQueue::wake);
        }
        Ok(outcome)
    }
}

/// Whether the last verification mail to an address was long enough ago. `now` is in seconds since 1970.
pub fn may_send_verification(address: &EmailAddress, now: i64) -> bool {
    let is_recent = |sent_at| now.saturating_sub(sent_at) < VERIFICATION_PAUSE_SECS;
    !address.verification_sent_at.is_some_and(is_recent)
}

/// Queues a notice to the verified address that it was written for.
async fn notify(
    connection: &mut AnyConnection,
    previous: Option<&EmailAddress>,
    notice: Option<Notice>,
) -> Result<(), LoginError> {
    let Some(Notice { queue, mail }) = notice else { return Ok(()) };
    if previous.is_some_and(|previous| previous.is_verified && previous.email == mail.message.to) {
        queue.queue_in(connection, &mail).await?;
    }
    Ok(())
}
