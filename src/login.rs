//! Signing in with QQ, one file a step: [`begin`](Login::begin), [`finish`](Login::finish),
//! [`register`](Login::register), and [`keep_token`](Login::keep_token) afterwards.

mod attempt;
mod begin;
mod callback;
mod finish;
mod keep_token;
mod next;
mod register;

use std::sync::Arc;

use sqlx::AnyPool;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::Registration;
use crate::qq;
use crate::random::Random;
use crate::sealing::{SealError, SecretKey};
use crate::sessions::{SessionError, Store};

use attempt::Attempts;
use keep_token::Renewals;

pub use finish::{Ending, Failure};
pub use keep_token::TokenState;
pub use next::Next;
pub use register::{FormProblems, Registered, TypedForm};

/// What the steps of signing in work with.
#[derive(Clone)]
pub struct Login {
    qq: qq::Client,
    accounts: Accounts,
    attempts: Attempts,
    sessions: Store,
    rules: Rules,
    clock: Clock,
    random: Random,
    renewals: Arc<Renewals>,
}

/// What the operator decided about signing in.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
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

impl Login {
    /// Puts the parts together.
    pub fn new(
        qq: qq::Client,
        pool: AnyPool,
        sessions: Store,
        secret: &SecretKey,
        rules: Rules,
        clock: Clock,
        random: Random,
    ) -> Login {
        Login {
            qq,
            accounts: Accounts::new(pool.clone()),
            attempts: Attempts::new(pool, secret, rules.is_https, clock.clone(), random.clone()),
            sessions,
            rules,
            clock,
            random,
            renewals: Arc::default(),
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

    /// Who may make an account.
    pub fn registration(&self) -> Registration {
        self.rules.registration
    }

    /// Removes what is past its time: sessions, and the traces of attempts.
    pub async fn purge(&self) -> Result<(), sqlx::Error> {
        self.sessions.purge().await?;
        self.attempts.purge().await
    }
}
