//! Registering: a first-time visitor becomes a user, by a form or by one click.

use std::fmt;

use tower_sessions::Session;

use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{CreateOutcome, Identity, NewAccount, ValidUsername, generate_username};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sessions::{FormDraft, PendingRegistration, SessionData};
use crate::validation::{Email, EmailError, UsernameError};

/// How many generated names are tried. The later ones are drawn from so many that the second
/// free one is found with near certainty; a limit all the same, since a loop must end.
const MAX_NAMES: u32 = 6;

/// The longest form that is kept for somebody who was too late, in bytes.
const MAX_DRAFT_BYTES: usize = 2048;

/// What was typed into the form. `Debug` does not show it.
#[derive(Clone, Default)]
pub struct RegistrationForm {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
}

impl fmt::Debug for RegistrationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrationForm").finish_non_exhaustive()
    }
}

/// What is wrong with the form, field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// With the user name.
    pub username: Option<UsernameError>,
    /// With the e-mail address.
    pub email: Option<EmailError>,
}

/// What came of registering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// The account was made, or had been a moment ago; the person is signed in and goes on.
    SignedIn(ReturnTo),
    /// Nothing was made: the form needs mending.
    Invalid(FormErrors),
    /// They took too long. What they typed is there again once they have passed by QQ, and then
    /// they go on to where they wanted to go.
    Expired(ReturnTo),
    /// There is nobody to register.
    NothingPending,
    /// New accounts are not made any more, since a moment ago.
    Closed(ReturnTo),
}

impl LoginService {
    /// Registers the visitor with what they typed.
    pub async fn register(&self, typed: &RegistrationForm, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let pending = match self.pending(session).await? {
            Ok(pending) => pending,
            Err(RegisterOutcome::NothingPending) => return self.keep_draft(typed, session).await,
            Err(ending) => return Ok(ending),
        };
        let (name, email) = match (ValidUsername::parse(&typed.username), Email::parse(&typed.email)) {
            (Ok(name), Ok(email)) => (name, email),
            (name, email) => {
                let mut problems = FormErrors { username: name.as_ref().err().copied(), email: email.err() };
                if let Ok(name) = name {
                    problems.username = self.accounts.is_username_taken(&name).await?.then_some(UsernameError::Taken);
                }
                return Ok(RegisterOutcome::Invalid(problems));
            }
        };
        let next = ReturnTo::parse(&pending.next);
        let made = self.accounts.create(self.new_account(&name, Some(&email), &pending), self.now()).await?;
        match made {
            CreateOutcome::Created(account) => {
                audit::record(Event::Registered { user_id: account.user_id });
                self.sign_in_new_user(account, pending, session).await?;
                Ok(RegisterOutcome::SignedIn(next))
            }
            CreateOutcome::AlreadyRegistered(account) => {
                self.sign_in_new_user(account, pending, session).await?;
                Ok(RegisterOutcome::SignedIn(next))
            }
            CreateOutcome::UsernameTaken => {
                Ok(RegisterOutcome::Invalid(FormErrors { username: Some(UsernameError::Taken), email: None }))
            }
        }
    }

    /// Registers the visitor under a generated name.
    pub async fn register_generated(&self, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let pending = match self.pending(session).await? {
            Ok(pending) => pending,
            Err(ending) => return Ok(ending),
        };
        let next = ReturnTo::parse(&pending.next);
        self.create_generated_account(pending, session).await?;
        Ok(RegisterOutcome::SignedIn(next))
    }

    pub(super) async fn create_generated_account(
        &self,
        pending: PendingRegistration,
        session: &Session,
    ) -> Result<(), LoginError> {
        for tries_before in 0..MAX_NAMES {
            let generated = generate_username(&self.random, tries_before)?;
            let Ok(name) = ValidUsername::parse(&generated) else { continue };
            match self.accounts.create(self.new_account(&name, None, &pending), self.now()).await? {
                CreateOutcome::Created(account) => {
                    audit::record(Event::Registered { user_id: account.user_id });
                    return self.sign_in_new_user(account, pending, session).await;
                }
                CreateOutcome::AlreadyRegistered(account) => {
                    return self.sign_in_new_user(account, pending, session).await;
                }
                CreateOutcome::UsernameTaken => {}
            }
        }
        Err(LoginError::NoFreeName)
    }

    /// What can be said of a user name while it is typed; `None` if it can be had.
    pub async fn check_username(&self, typed: &str) -> Result<Option<UsernameError>, LoginError> {
        match ValidUsername::parse(typed) {
            Err(problem) => Ok(Some(problem)),
            Ok(name) => Ok(self.accounts.is_username_taken(&name).await?.then_some(UsernameError::Taken)),
        }
    }

    /// Keeps what somebody typed who took too long. Not for long, and for nobody but the person who
    /// is the same at QQ.
    async fn keep_draft(&self, typed: &RegistrationForm, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let Some(SessionData::Pending(pending)) = SessionData::read_including_expired(session).await? else {
            return Ok(RegisterOutcome::NothingPending);
        };
        let next = ReturnTo::parse(&pending.next);
        let is_modest = typed.username.len() + typed.email.len() <= MAX_DRAFT_BYTES;
        let draft = is_modest.then(|| FormDraft { username: typed.username.clone(), email: typed.email.clone() });
        SessionData::Pending(PendingRegistration { draft, ..pending }).keep(session).await?;
        Ok(RegisterOutcome::Expired(next))
    }

    /// The visitor who has yet to register, or how else their request ends: a form sent twice
    /// finds the person signed in.
    async fn pending(&self, session: &Session) -> Result<Result<PendingRegistration, RegisterOutcome>, LoginError> {
        Ok(match SessionData::read(session, self.now()).await? {
            Some(SessionData::Pending(pending)) if self.rules.registration == Registration::Closed => {
                Err(RegisterOutcome::Closed(ReturnTo::parse(&pending.next)))
            }
            Some(SessionData::Pending(pending)) => Ok(pending),
            Some(SessionData::SignedIn(_)) => Err(RegisterOutcome::SignedIn(ReturnTo::default())),
            None => Err(RegisterOutcome::NothingPending),
        })
    }

    fn new_account<'a>(
        &self,
        name: &'a ValidUsername,
        email: Option<&'a Email>,
        pending: &'a PendingRegistration,
    ) -> NewAccount<'a> {
        let identity = Identity { openid: &pending.openid, unionid: pending.unionid.as_deref() };
        NewAccount { name, email, trust_email: self.rules.email_trust, identity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_shows_nothing_typed() {
        let typed = RegistrationForm { username: "CANARY".to_owned(), email: "CANARY@example.com".to_owned() };
        assert!(!format!("{typed:?}").contains("CANARY"));
    }
}
