//! Step 6: creates the account of a new user, from a form or with a generated username.

use std::fmt;

use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::create_account::{RegistrationTransaction, registration_key};
use super::email_addresses::AddressMails;
use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{ValidUsername, username_candidates};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::mail::MailQueue;
use crate::sessions::{FormDraft, NewSession, PendingRegistration, SessionData};
use crate::validation::{Email, EmailError, UsernameError};

const MAX_DRAFT_BYTES: usize = 2048;

/// The submitted form. `Debug` hides its content.
#[derive(Clone, Default)]
pub struct RegistrationForm {
    pub username: String,
    pub email: String,
}

impl fmt::Debug for RegistrationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrationForm").finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormErrors {
    pub username: Option<UsernameError>,
    pub email: Option<EmailError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// The account was created, now or by an earlier submission. The browser gets the session, if there is one.
    SignedIn(ReturnTo, Option<NewSession>),
    /// No account was created.
    Invalid(FormErrors),
    /// The pending registration has expired. The form is kept and shown again after the next login.
    Expired(ReturnTo),
    /// There is no pending registration.
    NothingPending,
    /// New users get no account: registration was closed since then, or the user wanted to link one that exists.
    Closed(ReturnTo),
    /// The user has got an account since then, and the operator has blocked it.
    Blocked(ReturnTo),
}

impl LoginService {
    /// Creates an account from the registration form and signs the user in.
    /// Without `mails`, none is sent.
    pub async fn register(
        &self,
        form: &RegistrationForm,
        session: &Session,
        mails: Option<AddressMails>,
    ) -> Result<RegisterOutcome, LoginError> {
        let pending = match self.find_admitted(session).await? {
            Ok(pending) => pending,
            Err(RegisterOutcome::NothingPending) => return self.keep_draft(form, session).await,
            Err(outcome) => return Ok(outcome),
        };
        let (username, email) = match (ValidUsername::parse(&form.username), Email::parse(&form.email)) {
            (Ok(username), Ok(email)) => (username, email),
            (_, email) => {
                let username = self.check_username(&form.username, None).await?;
                return Ok(RegisterOutcome::Invalid(FormErrors { username, email: email.err() }));
            }
        };
        self.create_account(pending, Some((username, email)), mails, session).await
    }

    /// Creates an account with a generated username and signs the user in.
    pub async fn register_generated(&self, session: &Session) -> Result<RegisterOutcome, LoginError> {
        match self.find_admitted(session).await? {
            Ok(pending) => self.create_account(pending, None, None, session).await,
            Err(outcome) => Ok(outcome),
        }
    }

    /// Returns `None` if the username is valid and available to `owner`, or to a new user.
    pub async fn check_username(
        &self,
        username: &str,
        owner: Option<i64>,
    ) -> Result<Option<UsernameError>, LoginError> {
        match ValidUsername::parse(username) {
            Err(error) => Ok(Some(error)),
            Ok(username) => {
                let is_taken = self.accounts.is_username_taken(&username, owner, self.now()).await?;
                Ok(is_taken.then_some(UsernameError::Taken))
            }
        }
    }

    /// Suggests two free usernames in place of one that `owner`, or a new user, cannot have.
    pub async fn suggest_usernames(
        &self,
        typed: &str,
        nickname: Option<&str>,
        owner: Option<i64>,
    ) -> Result<Vec<String>, LoginError> {
        let candidates = username_candidates(typed, nickname, &self.random)?;
        Ok(self.accounts.free_usernames(candidates, owner, self.now()).await?)
    }

    /// Creates the account and replaces the session in one transaction. `typed` is `None` for a generated username.
    async fn create_account(
        &self,
        pending: PendingRegistration,
        typed: Option<(ValidUsername, Email)>,
        mails: Option<AddressMails>,
        session: &Session,
    ) -> Result<RegisterOutcome, LoginError> {
        let Some(previous) = session.id() else { return Ok(RegisterOutcome::NothingPending) };
        let return_to = ReturnTo::parse(&pending.next);
        let new_session = NewSession::generate(&self.random)?;
        let queue = mails.as_ref().map(|mails| mails.queue.clone());
        let registration = RegistrationTransaction {
            login: self.clone(),
            qq_login: pending.into(),
            typed,
            mails,
            return_to: return_to.clone(),
            previous,
            session: new_session,
        };
        let created = self.database.write(move |connection| Box::pin(registration.run(connection))).await;
        match created {
            Ok(Some((user_id, is_new))) => {
                if is_new {
                    audit::record(Event::Registered { user_id });
                    queue.inspect(MailQueue::wake);
                }
                audit::record(Event::SignedIn { user_id });
                Ok(RegisterOutcome::SignedIn(return_to, Some(new_session)))
            }
            Ok(None) => Ok(RegisterOutcome::Invalid(FormErrors { username: Some(UsernameError::Taken), email: None })),
            Err(LoginError::Blocked) => Ok(RegisterOutcome::Blocked(return_to)),
            Err(LoginError::SessionReplaced) => {
                let repeated = self.repeated_registration(previous).await?;
                Ok(repeated.unwrap_or(RegisterOutcome::SignedIn(return_to, None)))
            }
            Err(error) => Err(error),
        }
    }

    /// How the registration of the session `previous` ended, if that was less than a minute ago and the user has not
    /// signed out since then.
    pub(super) async fn repeated_registration(&self, previous: Id) -> Result<Option<RegisterOutcome>, LoginError> {
        let recent = self.recent_registrations.get(&registration_key(previous), self.now());
        let Some((session, return_to)) = recent else { return Ok(None) };
        let exists = self.sessions.exists(session.id()).await?;
        Ok(exists.then_some(RegisterOutcome::SignedIn(return_to, Some(session))))
    }

    /// Keeps a form that was submitted after the pending registration had expired. Only the same QQ user sees it again.
    async fn keep_draft(&self, form: &RegistrationForm, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let Some(SessionData::Pending(pending)) = SessionData::read_including_expired(session).await? else {
            return Ok(RegisterOutcome::NothingPending);
        };
        let return_to = ReturnTo::parse(&pending.next);
        let is_small = form.username.len() + form.email.len() <= MAX_DRAFT_BYTES;
        let draft = is_small.then(|| FormDraft { username: form.username.clone(), email: form.email.clone() });
        SessionData::Pending(PendingRegistration { draft, ..pending }).replace(session).await?;
        Ok(RegisterOutcome::Expired(return_to))
    }

    /// Returns the pending registration if it may end in a new account, or the outcome.
    async fn find_admitted(
        &self,
        session: &Session,
    ) -> Result<Result<PendingRegistration, RegisterOutcome>, LoginError> {
        let pending = self.find_pending(session).await?;
        Ok(pending.and_then(|pending| match self.policy.registration {
            Registration::Closed => Err(RegisterOutcome::Closed(ReturnTo::parse(&pending.next))),
            Registration::Form | Registration::Auto => Ok(pending),
        }))
    }

    /// Returns the pending registration, or the outcome if there is none. A form submitted twice finds the user signed
    /// in.
    pub(super) async fn find_pending(
        &self,
        session: &Session,
    ) -> Result<Result<PendingRegistration, RegisterOutcome>, LoginError> {
        Ok(match SessionData::read(session, self.now()).await? {
            Some(SessionData::Pending(pending)) => Ok(pending),
            Some(SessionData::SignedIn(_)) => Err(RegisterOutcome::SignedIn(ReturnTo::default(), None)),
            None => {
                let repeated = match session.id() {
                    Some(id) => self.repeated_registration(id).await?,
                    None => None,
                };
                Err(repeated.unwrap_or(RegisterOutcome::NothingPending))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_hides_the_form() {
        let form = RegistrationForm { username: "CANARY".to_owned(), email: "CANARY@example.com".to_owned() };
        assert!(!format!("{form:?}").contains("CANARY"));
    }
}
