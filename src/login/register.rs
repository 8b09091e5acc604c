//! Step 6: creates the account of a new user, from a form or with a generated username.

use std::fmt;

use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::session::QqLogin;
use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{Account, CreateOutcome, Identity, NewAccount, ValidUsername, generate_username};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sessions::{FormDraft, PendingRegistration, SessionData};
use crate::validation::{Email, EmailError, UsernameError};

/// Later tries draw from so many usernames that a second collision is next to impossible.
const MAX_GENERATED_USERNAMES: u32 = 6;

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
    /// The account was created, now or by an earlier submission.
    SignedIn(ReturnTo),
    /// No account was created.
    Invalid(FormErrors),
    /// The pending registration has expired. The form is kept and shown again after the next login.
    Expired(ReturnTo),
    /// There is no pending registration.
    NothingPending,
    /// Registration was closed after this one had started.
    Closed(ReturnTo),
}

impl LoginService {
    /// Creates an account from the registration form and signs the user in.
    pub async fn register(&self, form: &RegistrationForm, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let pending = match self.find_pending(session).await? {
            Ok(pending) => pending,
            Err(RegisterOutcome::NothingPending) => return self.keep_draft(form, session).await,
            Err(outcome) => return Ok(outcome),
        };
        let (username, email) = match (ValidUsername::parse(&form.username), Email::parse(&form.email)) {
            (Ok(username), Ok(email)) => (username, email),
            (_, email) => {
                let username = self.check_username(&form.username).await?;
                return Ok(RegisterOutcome::Invalid(FormErrors { username, email: email.err() }));
            }
        };
        let return_to = ReturnTo::parse(&pending.next);
        let qq_login = QqLogin::from(pending);
        let Some(account) = self.create_account(&username, Some(&email), &qq_login).await? else {
            return Ok(RegisterOutcome::Invalid(FormErrors { username: Some(UsernameError::Taken), email: None }));
        };
        self.start_session(account, qq_login, session).await?;
        Ok(RegisterOutcome::SignedIn(return_to))
    }

    /// Creates an account with a generated username and signs the user in.
    pub async fn register_generated(&self, session: &Session) -> Result<RegisterOutcome, LoginError> {
        let pending = match self.find_pending(session).await? {
            Ok(pending) => pending,
            Err(outcome) => return Ok(outcome),
        };
        let return_to = ReturnTo::parse(&pending.next);
        self.register_with_generated_username(pending.into(), session).await?;
        Ok(RegisterOutcome::SignedIn(return_to))
    }

    pub(super) async fn register_with_generated_username(
        &self,
        qq_login: QqLogin,
        session: &Session,
    ) -> Result<(), LoginError> {
        for tries_before in 0..MAX_GENERATED_USERNAMES {
            let generated = generate_username(&self.random, tries_before)?;
            let Ok(username) = ValidUsername::parse(&generated) else { continue };
            if let Some(account) = self.create_account(&username, None, &qq_login).await? {
                return self.start_session(account, qq_login, session).await;
            }
        }
        Err(LoginError::NoFreeUsername)
    }

    /// Returns `None` if the username is valid and available.
    pub async fn check_username(&self, username: &str) -> Result<Option<UsernameError>, LoginError> {
        match ValidUsername::parse(username) {
            Err(error) => Ok(Some(error)),
            Ok(username) => Ok(self.accounts.is_username_taken(&username).await?.then_some(UsernameError::Taken)),
        }
    }

    /// Returns `None` if the username is taken.
    async fn create_account(
        &self,
        username: &ValidUsername,
        email: Option<&Email>,
        qq_login: &QqLogin,
    ) -> Result<Option<Account>, LoginError> {
        let identity = Identity { openid: &qq_login.identity.openid, unionid: qq_login.identity.unionid.as_deref() };
        let account = NewAccount { username, email, trust_email: self.policy.email_trust, identity };
        Ok(match self.accounts.create(account, self.now()).await? {
            CreateOutcome::Created(account) => {
                audit::record(Event::Registered { user_id: account.user_id });
                Some(account)
            }
            CreateOutcome::AlreadyRegistered(account) => Some(account),
            CreateOutcome::UsernameTaken => None,
        })
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

    /// Returns the pending registration, or the outcome if there is none. A form submitted twice finds the user signed
    /// in.
    async fn find_pending(
        &self,
        session: &Session,
    ) -> Result<Result<PendingRegistration, RegisterOutcome>, LoginError> {
        let is_closed = self.policy.registration == Registration::Closed;
        Ok(match SessionData::read(session, self.now()).await? {
            Some(SessionData::Pending(pending)) if is_closed => {
                Err(RegisterOutcome::Closed(ReturnTo::parse(&pending.next)))
            }
            Some(SessionData::Pending(pending)) => Ok(pending),
            Some(SessionData::SignedIn(_)) => Err(RegisterOutcome::SignedIn(ReturnTo::default())),
            None => Err(RegisterOutcome::NothingPending),
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
