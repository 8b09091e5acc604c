//! Links the QQ account of a pending registration to an account that exists, by a link mailed to the account's address. So
//! do users sign in again who have lost their QQ.

use sqlx::AnyConnection;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::create_account::registration_key;
use super::session::QqLogin;
use super::{LoginError, LoginService, RegisterOutcome, ReturnTo};
use crate::accounts::{
    LinkPurpose, MailLink, MailToken, Profile, find_known, find_mail_link, find_user_by_verified_email,
    insert_mail_link, link_open_id, spend_mail_link, unlink_other_open_ids,
};
use crate::audit::{self, Event};
use crate::mail::{Mail, MailMessage, MailQueue};
use crate::sessions::{NewSession, PendingRegistration, REGISTRATION_LIFETIME_SECS};
use crate::validation::Email;

/// How long the link works, in seconds.
pub const ACCOUNT_LINK_LIFETIME_SECS: i64 = 15 * 60;

/// The mail with the link, which is sent if a user has verified the address.
pub struct AccountLinkMail {
    pub queue: MailQueue,
    pub token: MailToken,
    pub message: MailMessage,
}

/// What would be linked: the QQ account of the pending registration, and the account of the user who has the address.
#[derive(Clone)]
pub struct LinkSides {
    /// The nickname and avatar of the QQ account.
    pub qq: Profile,
    /// The account's row in `users`.
    pub user_id: i64,
    pub username: String,
    /// The address that the link was mailed to.
    pub email: String,
    /// The QQ accounts that are linked to the account already.
    pub linked: Vec<Profile>,
}

/// What the user chose on the page of the link, and the mails about it.
pub struct LinkChoice {
    /// Whether to unlink the QQ accounts that were linked before, and to end all sessions.
    pub unlinks_others: bool,
    pub queue: MailQueue,
    pub notices: Vec<Mail>,
}

/// How the link ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountLinkOutcome {
    /// The QQ account is linked. The browser gets the session, if there is one.
    SignedIn(ReturnTo, Option<NewSession>),
    /// The operator has blocked the user.
    Blocked(ReturnTo),
    /// Nothing was changed. [`LoginService::open_mail_link`] says why.
    Refused,
}

impl LoginService {
    /// Mails a link that links the pending registration's QQ account to the account that has `email`. The result is the same
    /// if there is none.
    pub async fn request_account_link(
        &self,
        email: Email,
        session: &Session,
        mail: AccountLinkMail,
    ) -> Result<Result<(), RegisterOutcome>, LoginError> {
        let pending = match self.find_pending(session).await? {
            Ok(pending) => pending,
            Err(outcome) => return Ok(Err(outcome)),
        };
        let Some(id) = session.id() else { return Ok(Err(RegisterOutcome::NothingPending)) };
        let now = self.now();
        let registration_end = pending.started_at.saturating_add(REGISTRATION_LIFETIME_SECS);
        let mut link = MailLink {
            purpose: LinkPurpose::LinkQq,
            user_id: None,
            email: email.as_str().to_owned(),
            browser_hash: Some(browser_hash(id)),
            created_at: now,
            expires_at: now.saturating_add(ACCOUNT_LINK_LIFETIME_SECS).min(registration_end),
            is_used: false,
        };
        let queue = mail.queue.clone();
        let requesting = self.database.write(move |connection| {
            Box::pin(async move {
                link.user_id = find_user_by_verified_email(&mut *connection, &link.email).await?;
                // Stored in either case, so that the answer takes the same time.
                insert_mail_link(&mut *connection, &mail.token, &link).await?;
                if let Some(user_id) = link.user_id {
                    let mail_to_user =
                        Mail { user_id, lifetime_secs: ACCOUNT_LINK_LIFETIME_SECS, message: mail.message };
                    mail.queue.queue_in(connection, &mail_to_user).await?;
                }
                Ok::<_, LoginError>(())
            })
        });
        requesting.await?;
        queue.wake();
        Ok(Ok(()))
    }

    pub(super) async fn link_sides(
        &self,
        link: MailLink,
        pending: PendingRegistration,
    ) -> Result<Option<LinkSides>, LoginError> {
        let Some(user_id) = link.user_id else { return Ok(None) };
        if find_user_by_verified_email(self.database.reader(), &link.email).await? != Some(user_id) {
            return Ok(None);
        }
        let Some(username) = self.accounts.username(user_id).await? else { return Ok(None) };
        let qq = Profile { nickname: pending.nickname, avatar_hash: pending.avatar_hash };
        let linked = self.accounts.linked_profiles(user_id).await?;
        Ok(Some(LinkSides { qq, user_id, username, email: link.email, linked }))
    }

    /// Links the pending registration's QQ account as the mailed link says, once, and signs the user in.
    pub async fn link_account(
        &self,
        token: MailToken,
        session: &Session,
        choice: LinkChoice,
    ) -> Result<AccountLinkOutcome, LoginError> {
        let Ok(pending) = self.find_pending(session).await? else { return Ok(AccountLinkOutcome::Refused) };
        let Some(previous) = session.id() else { return Ok(AccountLinkOutcome::Refused) };
        let return_to = ReturnTo::parse(&pending.next);
        let (new_session, queue) = (NewSession::generate(&self.random)?, choice.queue.clone());
        let unlinks_others = choice.unlinks_others;
        let transaction = LinkTransaction {
            login: self.clone(),
            token,
            qq_login: pending.into(),
            choice,
            return_to: return_to.clone(),
            previous,
            session: new_session,
        };
        let linked = self.database.write(move |connection| Box::pin(transaction.run(connection))).await;
        match linked {
            Ok(Some(user_id)) => {
                queue.wake();
                audit::record(Event::QqLinked { user_id });
                if unlinks_others {
                    audit::record(Event::QqUnlinked { user_id });
                }
                audit::record(Event::SignedIn { user_id });
                Ok(AccountLinkOutcome::SignedIn(return_to, Some(new_session)))
            }
            Err(LoginError::Blocked) => Ok(AccountLinkOutcome::Blocked(return_to)),
            Ok(None) | Err(LoginError::SessionReplaced) => self.repeated_account_link(session).await,
            Err(error) => Err(error),
        }
    }

    /// How the link ended that was confirmed with this session less than a minute ago: a form that is sent twice ends like
    /// the first one.
    pub async fn repeated_account_link(&self, session: &Session) -> Result<AccountLinkOutcome, LoginError> {
        let Some(previous) = session.id() else { return Ok(AccountLinkOutcome::Refused) };
        Ok(match self.repeated_registration(previous).await? {
            Some(RegisterOutcome::SignedIn(return_to, session)) => AccountLinkOutcome::SignedIn(return_to, session),
            _ => AccountLinkOutcome::Refused,
        })
    }
}

/// Identifies the browser that may use a link: by the session of its pending registration.
pub(super) fn browser_hash(session: Id) -> String {
    registration_key(session)
}

/// The transaction that links a QQ account and signs its user in, or does nothing.
struct LinkTransaction {
    login: LoginService,
    token: MailToken,
    qq_login: QqLogin,
    choice: LinkChoice,
    return_to: ReturnTo,
    previous: Id,
    session: NewSession,
}

impl LinkTransaction {
    /// Returns the user, or `None` if the link does not work.
    async fn run(self, connection: &mut AnyConnection) -> Result<Option<i64>, LoginError> {
        let now = self.login.now();
        let Some(user_id) = self.find_user(&mut *connection, now).await? else { return Ok(None) };
        let LinkTransaction { login, token, qq_login, choice, return_to, previous, session } = self;
        let (open_id, profile) = (qq_login.open_id(), qq_login.profile.clone().into());
        let is_first = spend_mail_link(&mut *connection, &token, now).await?;
        if !is_first || !link_open_id(&mut *connection, user_id, &open_id, &profile, now).await? {
            return Err(LoginError::SessionReplaced);
        }
        let known = find_known(&mut *connection, &open_id.company, &open_id.openid)
            .await?
            .ok_or(LoginError::SessionReplaced)?;
        if known.is_blocked {
            return Err(LoginError::Blocked);
        }
        if choice.unlinks_others {
            unlink_other_open_ids(&mut *connection, user_id, &open_id.openid).await?;
            login.sessions.end_all_in(&mut *connection, user_id).await?;
        }
        if !login.sessions.replace_in(&mut *connection, previous, session.id(), &qq_login.signed_in(known)).await? {
            return Err(LoginError::SessionReplaced);
        }
        for mail in &choice.notices {
            choice.queue.queue_in(&mut *connection, mail).await?;
        }
        // Before the commit: the form's second copy may be next in the queue.
        let outcome = (session, return_to);
        login.recent_registrations.get_or_insert_with(registration_key(previous), now, || outcome);
        Ok(Some(user_id))
    }

    /// Returns the user whose account the link is about, if it works in this browser and the address is still theirs.
    async fn find_user(&self, connection: &mut AnyConnection, now: i64) -> Result<Option<i64>, LoginError> {
        let Some(link) = find_mail_link(&mut *connection, &self.token).await? else { return Ok(None) };
        let is_own = link.purpose == LinkPurpose::LinkQq && link.browser_hash == Some(browser_hash(self.previous));
        if !is_own || !link.is_current(now) {
            return Ok(None);
        }
        let owner = find_user_by_verified_email(connection, &link.email).await?;
        Ok(owner.filter(|owner| link.user_id == Some(*owner)))
    }
}
