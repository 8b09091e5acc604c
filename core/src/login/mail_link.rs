//! Opens a mailed link, and verifies the address it was sent to.

use tower_sessions::Session;

use super::link_account::{LinkSides, browser_hash};
use super::{LoginError, LoginService};
use crate::accounts::{
    COMPANY_QQ, LinkPurpose, MailLink, MailToken, VerifyEmailOutcome, find_known, find_mail_link,
    find_user_by_verified_email, spend_mail_link, verify_email,
};
use crate::audit::{self, Event};
use crate::sessions::SessionData;

/// What the page of a mailed link shows.
#[derive(Clone)]
pub enum OpenedLink {
    /// The address can be verified.
    VerifyEmail { email: String, username: String },
    /// The address is verified, by this link or otherwise.
    EmailVerified { email: String },
    /// Another user has verified the address.
    EmailTaken { email: String },
    /// The QQ account that is registering in this browser can be linked to an account.
    LinkQq(Box<LinkSides>),
    /// The link works in the browser that asked for it only.
    OtherBrowser,
    /// The QQ account got an account in another way.
    QqTaken,
    /// It is unknown, has expired, was used, or is about something that does not exist anymore.
    Unusable,
}

impl LoginService {
    /// Looks at a link. Changes nothing: programs that scan mails open all links.
    pub async fn open_mail_link(&self, token: &MailToken, session: &Session) -> Result<OpenedLink, LoginError> {
        let Some(link) = self.accounts.find_mail_link(token).await? else { return Ok(OpenedLink::Unusable) };
        match link.purpose {
            LinkPurpose::VerifyEmail => self.open_verification(link).await,
            LinkPurpose::LinkQq if !link.is_current(self.now()) => Ok(OpenedLink::Unusable),
            LinkPurpose::LinkQq => self.open_account_link(link, session).await,
        }
    }

    async fn open_verification(&self, link: MailLink) -> Result<OpenedLink, LoginError> {
        let is_current = link.is_current(self.now());
        let MailLink { user_id: Some(user_id), email, .. } = link else { return Ok(OpenedLink::Unusable) };
        let addresses = self.accounts.email_addresses(user_id).await?;
        let address = addresses.into_iter().find(|address| address.email == email);
        Ok(match address {
            Some(address) if address.is_verified => OpenedLink::EmailVerified { email },
            _ if !is_current => OpenedLink::Unusable,
            None => match find_user_by_verified_email(self.database.reader(), &email).await? {
                Some(_) => OpenedLink::EmailTaken { email },
                None => OpenedLink::Unusable,
            },
            Some(_) => match self.accounts.username(user_id).await? {
                Some(username) => OpenedLink::VerifyEmail { email, username },
                None => OpenedLink::Unusable,
            },
        })
    }

    async fn open_account_link(&self, link: MailLink, session: &Session) -> Result<OpenedLink, LoginError> {
        let Some(SessionData::Pending(pending)) = SessionData::read(session, self.now()).await? else {
            return Ok(OpenedLink::OtherBrowser);
        };
        if session.id().map(browser_hash) != link.browser_hash {
            return Ok(OpenedLink::OtherBrowser);
        }
        let company = pending.company.as_deref().unwrap_or(COMPANY_QQ);
        if find_known(self.database.reader(), company, &pending.openid).await?.is_some() {
            return Ok(OpenedLink::QqTaken);
        }
        let sides = self.link_sides(link, pending).await?;
        Ok(sides.map_or(OpenedLink::Unusable, |sides| OpenedLink::LinkQq(Box::new(sides))))
    }

    /// Verifies the address that a link was mailed to, once. Returns the user whose address is verified now. Why it is not is
    /// what [`LoginService::open_mail_link`] says.
    pub async fn verify_email(&self, token: MailToken) -> Result<Option<i64>, LoginError> {
        let now = self.now();
        let verifying = self.database.write(move |connection| {
            Box::pin(async move {
                let link = find_mail_link(&mut *connection, &token).await?;
                let link = link.filter(|link| link.purpose == LinkPurpose::VerifyEmail && link.is_current(now));
                let Some(MailLink { user_id: Some(user_id), email, .. }) = link else { return Ok(None) };
                if !spend_mail_link(&mut *connection, &token, now).await? {
                    return Ok(None);
                }
                let outcome = verify_email(connection, user_id, &email).await?;
                Ok::<_, LoginError>((outcome == VerifyEmailOutcome::Verified).then_some(user_id))
            })
        });
        let user_id = verifying.await?;
        if let Some(user_id) = user_id {
            audit::record(Event::EmailVerified { user_id });
        }
        Ok(user_id)
    }
}
