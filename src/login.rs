//! Signing in with QQ, one file a step: [`begin`](LoginService::start_login), [`finish`](LoginService::handle_callback),
//! [`register`](LoginService::register); afterwards [`ensure_valid_token`](LoginService::ensure_valid_token), and
//! [`refresh_profile`](LoginService::refresh_profile), which asks QQ for something with it.

mod api_call;
mod attempt;
mod callback;
mod callback_params;
mod failure;
mod profile;
mod register;
mod return_to;
mod sign_in;
mod start;
mod token_refresh;

use sqlx::AnyPool;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::Registration;
use crate::database;
use crate::qq;
use crate::random::Random;
use crate::sealing::{SealError, SecretKeys};
use crate::sessions::{self, SessionError, SqlSessionStore};

use attempt::Attempts;

pub use api_call::{ApiOutcome, ProfileFetch};
pub use callback::{CallbackOutcome, LoginOutcome};
#[cfg(fuzzing)]
pub use callback_params::read_for_fuzzing;
pub use failure::LoginFailure;
pub use register::{FormErrors, RegisterOutcome, RegistrationForm};
pub use return_to::ReturnTo;
pub use token_refresh::TokenState;

/// What the steps of signing in work with.
#[derive(Clone)]
pub struct LoginService {
    qq: qq::Client,
    accounts: Accounts,
    attempts: Attempts,
    sessions: SqlSessionStore,
    rules: LoginPolicy,
    clock: Clock,
    random: Random,
}

/// What the operator decided about signing in.
#[derive(Clone, Copy, Debug)]
pub struct LoginPolicy {
    /// Who may make an account.
    pub registration: Registration,
    /// Whether a typed e-mail address counts as verified.
    pub email_trust: bool,
    /// Whether cookies are `Secure`.
    pub is_https: bool,
}

/// Something of ours broke: not the person's fault, not QQ's, and nothing was half-made.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The database did not do its part.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The session could not be read or written.
    #[error("the session failed: {0}")]
    Session(#[from] SessionError),
    /// The attempt could not be sealed.
    #[error("sealing failed: {0}")]
    Seal(#[from] SealError),
    /// Randomness ran out.
    #[error(transparent)]
    Random(#[from] crate::random::NoRandomness),
    /// The renewal of a token was interrupted.
    #[error("the renewal was interrupted: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
    /// Every generated user name was taken.
    #[error("no free user name was found")]
    NoFreeName,
}

impl LoginError {
    /// Whether the database is not to be had just now, and everything else is in order.
    pub fn is_unavailable(&self) -> bool {
        match self {
            LoginError::Database(error) => database::is_unavailable(error),
            LoginError::Session(error) => sessions::is_unavailable(error),
            LoginError::Seal(_) | LoginError::Random(_) | LoginError::Interrupted(_) | LoginError::NoFreeName => false,
        }
    }
}

impl LoginService {
    /// Puts the parts together.
    pub fn new(
        qq: qq::Client,
        pool: AnyPool,
        sessions: SqlSessionStore,
        secrets: &SecretKeys,
        rules: LoginPolicy,
        clock: Clock,
        random: Random,
    ) -> LoginService {
        LoginService {
            qq,
            accounts: Accounts::new(pool.clone()),
            attempts: Attempts::new(pool, secrets, rules.is_https, clock.clone(), random.clone()),
            sessions,
            rules,
            clock,
            random,
        }
    }

    /// The tables of people.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The present moment in seconds since 1970.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Whether a typed e-mail address counts as verified.
    pub fn trusts_email(&self) -> bool {
        self.rules.email_trust
    }

    /// Who may make an account.
    pub fn registration(&self) -> Registration {
        self.rules.registration
    }

    /// Removes what is past its time: sessions, avatars that nobody has any more, and the traces of attempts.
    pub async fn purge(&self) -> Result<(), sqlx::Error> {
        self.sessions.purge().await?;
        self.accounts.purge_avatars(self.sessions.oldest_start()).await?;
        self.attempts.purge().await
    }
}
