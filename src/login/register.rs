//! Registering: a first-time visitor becomes a user, by a form or by one click.

use std::fmt;

use tower_sessions::Session;

use super::{Login, LoginError, Next};
use crate::account::{Email, EmailProblem, UsernameProblem};
use crate::accounts::{ChosenName, Creation, Identity, NewAccount, generate_name};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sessions::{Draft, Pending, Visitor};

/// How many generated names are tried. The later ones are drawn from so many that the second
/// free one is found with near certainty; a limit all the same, since a loop must end.
const MAX_NAMES: u32 = 6;

/// The longest form that is kept for somebody who was too late, in bytes.
const MAX_DRAFT_BYTES: usize = 2048;

/// What was typed into the form. `Debug` does not show it.
#[derive(Clone, Default)]
pub struct TypedForm {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
}

impl fmt::Debug for TypedForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedForm").finish_non_exhaustive()
    }
}

/// What is wrong with the form, field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormProblems {
    /// With the user name.
    pub username: Option<UsernameProblem>,
    /// With the e-mail address.
    pub email: Option<EmailProblem>,
}

/// What came of registering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The account was made, or had been a moment ago; the person is signed in and goes on.
    SignedIn(Next),
    /// Nothing was made: the form needs mending.
    Refused(FormProblems),
    /// They took too long. What they typed is there again once they have passed by QQ, and then
    /// they go on to where they wanted to go.
    Lapsed(Next),
    /// There is nobody to register.
    NobodyPending,
    /// New accounts are not made any more, since a moment ago.
    Closed(Next),
}

impl Login {
    /// Registers the visitor with what they typed.
    pub async fn register(&self, typed: &TypedForm, session: &Session) -> Result<Registered, LoginError> {
        let pending = match self.pending(session).await? {
            Ok(pending) => pending,
            Err(Registered::NobodyPending) => return self.keep_draft(typed, session).await,
            Err(ending) => return Ok(ending),
        };
        let (name, email) = match (ChosenName::parse(&typed.username), Email::parse(&typed.email)) {
            (Ok(name), Ok(email)) => (name, email),
            (name, email) => {
                let mut problems = FormProblems { username: name.as_ref().err().copied(), email: email.err() };
                if let Ok(name) = name {
                    problems.username = self.accounts.is_taken(&name).await?.then_some(UsernameProblem::Taken);
                }
                return Ok(Registered::Refused(problems));
            }
        };
        let next = Next::parse(&pending.next);
        let made = self.accounts.create(self.new_account(&name, Some(&email), &pending), self.now()).await?;
        match made {
            Creation::Created(account) => {
                audit::record(Event::Registered { user_id: account.user_id });
                self.sign_in(account, pending, session).await?;
                Ok(Registered::SignedIn(next))
            }
            Creation::IdentityKnown(account) => {
                self.sign_in(account, pending, session).await?;
                Ok(Registered::SignedIn(next))
            }
            Creation::NameTaken => {
                Ok(Registered::Refused(FormProblems { username: Some(UsernameProblem::Taken), email: None }))
            }
        }
    }

    /// Registers the visitor under a generated name.
    pub async fn register_generated(&self, session: &Session) -> Result<Registered, LoginError> {
        let pending = match self.pending(session).await? {
            Ok(pending) => pending,
            Err(ending) => return Ok(ending),
        };
        let next = Next::parse(&pending.next);
        self.make_generated_account(pending, session).await?;
        Ok(Registered::SignedIn(next))
    }

    pub(super) async fn make_generated_account(&self, pending: Pending, session: &Session) -> Result<(), LoginError> {
        for tries_before in 0..MAX_NAMES {
            let generated = generate_name(&self.random, tries_before)?;
            let Ok(name) = ChosenName::parse(&generated) else { continue };
            match self.accounts.create(self.new_account(&name, None, &pending), self.now()).await? {
                Creation::Created(account) => {
                    audit::record(Event::Registered { user_id: account.user_id });
                    return self.sign_in(account, pending, session).await;
                }
                Creation::IdentityKnown(account) => {
                    return self.sign_in(account, pending, session).await;
                }
                Creation::NameTaken => {}
            }
        }
        Err(LoginError::NoFreeName)
    }

    /// What can be said of a user name while it is typed; `None` if it can be had.
    pub async fn judge_username(&self, typed: &str) -> Result<Option<UsernameProblem>, LoginError> {
        match ChosenName::parse(typed) {
            Err(problem) => Ok(Some(problem)),
            Ok(name) => Ok(self.accounts.is_taken(&name).await?.then_some(UsernameProblem::Taken)),
        }
    }

    /// Keeps what somebody typed who took too long. Not for long, and for nobody but the person who
    /// is the same at QQ.
    async fn keep_draft(&self, typed: &TypedForm, session: &Session) -> Result<Registered, LoginError> {
        let Some(Visitor::Pending(pending)) = Visitor::read_lapsed(session).await? else {
            return Ok(Registered::NobodyPending);
        };
        let next = Next::parse(&pending.next);
        let is_modest = typed.username.len() + typed.email.len() <= MAX_DRAFT_BYTES;
        let draft = is_modest.then(|| Draft { username: typed.username.clone(), email: typed.email.clone() });
        Visitor::Pending(Pending { draft, ..pending }).keep(session).await?;
        Ok(Registered::Lapsed(next))
    }

    /// The visitor who has yet to register, or how else their request ends: a form sent twice
    /// finds the person signed in.
    async fn pending(&self, session: &Session) -> Result<Result<Pending, Registered>, LoginError> {
        Ok(match Visitor::read(session, self.now()).await? {
            Some(Visitor::Pending(pending)) if self.rules.registration == Registration::Closed => {
                Err(Registered::Closed(Next::parse(&pending.next)))
            }
            Some(Visitor::Pending(pending)) => Ok(pending),
            Some(Visitor::SignedIn(_)) => Err(Registered::SignedIn(Next::default())),
            None => Err(Registered::NobodyPending),
        })
    }

    fn new_account<'a>(&self, name: &'a ChosenName, email: Option<&'a Email>, pending: &'a Pending) -> NewAccount<'a> {
        let identity = Identity { openid: &pending.openid, unionid: pending.unionid.as_deref() };
        NewAccount { name, email, trust_email: self.rules.email_trust, identity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_shows_nothing_typed() {
        let typed = TypedForm { username: "CANARY".to_owned(), email: "CANARY@example.com".to_owned() };
        assert!(!format!("{typed:?}").contains("CANARY"));
    }
}
