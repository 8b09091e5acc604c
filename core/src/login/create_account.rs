//! The transaction of a registration: user, email address, openid and session, or nothing.

use sqlx::AnyConnection;
use tower_sessions::session::Id;

use super::email_addresses::AddressMails;
use super::session::QqLogin;
use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{
    self, Account, CreateOutcome, KnownAccount, NewAccount, ValidUsername, find_known, generate_username,
    update_profile,
};
use crate::database::QueryError;
use crate::sealing::fingerprint;
use crate::sessions::NewSession;
use crate::validation::Email;

/// Later tries draw from so many usernames that a second collision is next to impossible.
const MAX_GENERATED_USERNAMES: u32 = 6;

/// The transaction of a registration.
pub(super) struct RegistrationTransaction {
    pub(super) login: LoginService,
    pub(super) qq_login: QqLogin,
    /// `None` for a generated username.
    pub(super) typed: Option<(ValidUsername, Email)>,
    /// The mails about the typed address.
    pub(super) mails: Option<AddressMails>,
    pub(super) return_to: ReturnTo,
    pub(super) previous: Id,
    pub(super) session: NewSession,
}

impl RegistrationTransaction {
    /// Returns the user and whether the account is new; `None` if the username is taken.
    pub(super) async fn run(self, connection: &mut AnyConnection) -> Result<Option<(i64, bool)>, LoginError> {
        let RegistrationTransaction { login, qq_login, typed, mails, return_to, previous, session } = self;
        let email = typed.as_ref().map(|(_, email)| email.as_str().to_owned());
        let created = match typed {
            Some((username, email)) => login.create_with_username(connection, username, Some(email), &qq_login).await?,
            None => Some(login.create_with_generated_username(connection, &qq_login).await?),
        };
        let Some((known, is_new)) = created else { return Ok(None) };
        if known.is_blocked {
            return Err(LoginError::Blocked);
        }
        let user_id = known.account.user_id;
        // A form that was sent twice makes one session.
        if !login.sessions.replace_in(connection, previous, session.id(), &qq_login.signed_in(known)).await? {
            return Err(LoginError::SessionReplaced);
        }
        if let (Some(email), Some(mails), true) = (email, mails, is_new) {
            mails.queue_in(connection, user_id, &email, login.now()).await?;
        }
        // Before the commit: the form's second copy may be next in the queue.
        let outcome = (session, return_to);
        login.recent_registrations.get_or_insert_with(registration_key(previous), login.now(), || outcome);
        Ok(Some((user_id, is_new)))
    }
}

pub(super) fn registration_key(previous: Id) -> String {
    fingerprint(&previous.to_string())
}

impl LoginService {
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
        let open_id = qq_login.open_id();
        let account = NewAccount {
            username,
            email,
            email_trust: self.email_trust(),
            open_id: open_id.clone(),
            profile: profile.clone().into(),
        };
        let now = self.now();
        match accounts::create(connection, &account, now).await? {
            CreateOutcome::Created { user_id, identity_id } => {
                let NewAccount { username, profile, .. } = account;
                let known = KnownAccount {
                    account: Account { user_id, username: username.shown().to_owned() },
                    identity_id,
                    profile,
                    unionid: open_id.unionid,
                    is_blocked: false,
                    last_used_at: Some(now),
                    has_picture: false,
                };
                Ok(Some((known, true)))
            }
            CreateOutcome::AlreadyRegistered => {
                // Not found if the account was deleted a moment ago.
                let known = find_known(&mut *connection, &open_id.company, &open_id.openid).await?;
                let mut known = known.ok_or(LoginError::SessionReplaced)?;
                if known.apply(identity.unionid.as_deref(), profile) {
                    let update = update_profile(&open_id.company, &open_id.openid, &known);
                    update.execute(connection).await.map_err(QueryError::from)?;
                }
                Ok(Some((known, false)))
            }
            CreateOutcome::UsernameTaken => Ok(None),
        }
    }
}
