//! Step 6: creates the account of a new user, from a form or with a generated username.

use std::fmt;

use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::session::QqLogin;
use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{
    self, CreateOutcome, KnownAccount, NewAccount, ValidUsername, generate_username, update_profile,
};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sealing::fingerprint;
use crate::sessions::{FormDraft, NewSession, PendingRegistration, SessionData};
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
    /// The account was created, now or by an earlier submission. The browser gets the session, if there is one.
    SignedIn(ReturnTo, Option<NewSession>),
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
        self.create_account(pending, Some((username, email)), session).await
    }

    /// Creates an account with a generated username and signs the user in.
    pub async fn register_generated(&self, session: &Session) -> Result<RegisterOutcome, LoginError> {
        match self.find_pending(session).await? {
            Ok(pending) => self.create_account(pending, None, session).await,
            Err(outcome) => Ok(outcome),
        }
    }

    /// Returns `None` if the username is valid and available.
    pub async fn check_username(&self, username: &str) -> Result<Option<UsernameError>, LoginError> {
        match ValidUsername::parse(username) {
            Err(error) => Ok(Some(error)),
            Ok(username) => Ok(self.accounts.is_username_taken(&username).await?.then_some(UsernameError::Taken)),
        }
    }

    /// Creates the account and replaces the session in one transaction. `typed` is `None` for a generated username.
    async fn create_account(
        &self,
        pending: PendingRegistration,
        typed: Option<(ValidUsername, Email)>,
        session: &Session,
    ) -> Result<RegisterOutcome, LoginError> {
        let Some(previous) = session.id() else { return Ok(RegisterOutcome::NothingPending) };
        let return_to = ReturnTo::parse(&pending.next);
        let new_session = NewSession::generate(&self.random)?;
        let registration = RegistrationTransaction {
            login: self.clone(),
            qq_login: pending.into(),
            typed,
            return_to: return_to.clone(),
            previous,
            session: new_session,
        };
        let created = self.database.write(move |connection| Box::pin(registration.run(connection))).await;
        match created {
            Ok(Some((user_id, is_new))) => {
                if is_new {
                    audit::record(Event::Registered { user_id });
                }
                audit::record(Event::SignedIn { user_id });
                Ok(RegisterOutcome::SignedIn(return_to, Some(new_session)))
            }
            Ok(None) => Ok(RegisterOutcome::Invalid(FormErrors { username: Some(UsernameError::Taken), email: None })),
            Err(LoginError::SessionReplaced) => {
                Ok(self.repeated_registration(previous).unwrap_or(RegisterOutcome::SignedIn(return_to, None)))
            }
            Err(error) => {
                self.recent_registrations.remove(&registration_key(previous));
                Err(error)
            }
        }
    }

    /// How the registration of the session `previous` ended, if that was less than a minute ago.
    fn repeated_registration(&self, previous: Id) -> Option<RegisterOutcome> {
        let (session, return_to) = self.recent_registrations.get(&registration_key(previous), self.now())?;
        Some(RegisterOutcome::SignedIn(return_to, Some(session)))
    }

    /// Creates the account of a new user with a generated username, in the transaction of `connection`. Returns false
    /// if another request was faster.
    pub(super) async fn create_with_generated_username(
        &self,
        connection: &mut AnyConnection,
        qq_login: &QqLogin,
    ) -> Result<(KnownAccount, bool), LoginError> {
        for tries_before in 0..MAX_GENERATED_USERNAMES {
            let generated = generate_username(&self.random, tries_before)?;
            let Ok(username) = ValidUsername::parse(&generated) else { continue };
            if let Some(created) = self.create_with_username(connection, username, None, qq_login).await? {
                return Ok(created);
            }
        }
        Err(LoginError::NoFreeUsername)
    }

    /// Returns `None` if the username is taken, and false if the user has an account already.
    async fn create_with_username(
        &self,
        connection: &mut AnyConnection,
        username: ValidUsername,
        email: Option<Email>,
        qq_login: &QqLogin,
    ) -> Result<Option<(KnownAccount, bool)>, LoginError> {
        let QqLogin { identity, profile, .. } = qq_login;
        let account = NewAccount {
            username,
            email,
            trust_email: self.policy.email_trust,
            openid: identity.openid.clone(),
            unionid: identity.unionid.clone(),
        };
        let is_new = match accounts::create(connection, &account, self.now()).await? {
            CreateOutcome::Created(_) => true,
            CreateOutcome::AlreadyRegistered => false,
            CreateOutcome::UsernameTaken => return Ok(None),
        };
        let known = update_profile(connection, &identity.openid, identity.unionid.as_deref(), profile).await?;
        // Not found if the account was deleted a moment ago.
        known.map(|known| Some((known, is_new))).ok_or(LoginError::SessionReplaced)
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
            Some(SessionData::SignedIn(_)) => Err(RegisterOutcome::SignedIn(ReturnTo::default(), None)),
            None => {
                let repeated = session.id().and_then(|id| self.repeated_registration(id));
                Err(repeated.unwrap_or(RegisterOutcome::NothingPending))
            }
        })
    }
}

/// The transaction of a registration.
struct RegistrationTransaction {
    login: LoginService,
    qq_login: QqLogin,
    typed: Option<(ValidUsername, Email)>,
    return_to: ReturnTo,
    previous: Id,
    session: NewSession,
}

impl RegistrationTransaction {
    /// Returns the user and whether the account is new; `None` if the username is taken.
    async fn run(self, connection: &mut AnyConnection) -> Result<Option<(i64, bool)>, LoginError> {
        let RegistrationTransaction { login, qq_login, typed, return_to, previous, session } = self;
        let created = match typed {
            Some((username, email)) => login.create_with_username(connection, username, Some(email), &qq_login).await?,
            None => Some(login.create_with_generated_username(connection, &qq_login).await?),
        };
        let Some((known, is_new)) = created else { return Ok(None) };
        // A form that was sent twice makes one session.
        if !login.sessions.remove(connection, previous).await? {
            return Err(LoginError::SessionReplaced);
        }
        let user_id = known.account.user_id;
        login.sessions.insert(connection, session.id(), &qq_login.signed_in(known)).await?;
        // Before the commit: the form's second copy may come next.
        let outcome = (session, return_to);
        login.recent_registrations.get_or_insert_with(registration_key(previous), login.now(), || outcome);
        Ok(Some((user_id, is_new)))
    }
}

fn registration_key(previous: Id) -> String {
    fingerprint(&previous.to_string())
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
