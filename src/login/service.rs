//! What all steps of the flow share.

use std::ops::Deref;
use std::sync::Arc;

use sqlx::AnyPool;

use super::attempt::Attempts;
use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::Registration;
use crate::qq;
use crate::random::Random;
use crate::sealing::SecretKeys;
use crate::sessions::SqlSessionStore;

/// The login flow. Cheap to clone: clones share one allocation.
#[derive(Clone)]
pub struct LoginService(Arc<Inner>);

pub struct Inner {
    pub(super) qq: qq::Client,
    pub(super) accounts: Accounts,
    pub(super) attempts: Attempts,
    pub(super) sessions: SqlSessionStore,
    pub(super) policy: LoginPolicy,
    pub(super) clock: Clock,
    pub(super) random: Random,
}

/// The operator's decisions about logins.
#[derive(Clone, Copy, Debug)]
pub struct LoginPolicy {
    pub registration: Registration,
    /// Whether an email address counts as verified as soon as it is entered.
    pub email_trust: bool,
    /// Whether cookies are `Secure`.
    pub is_https: bool,
}

impl Deref for LoginService {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl LoginService {
    pub fn new(
        qq: qq::Client,
        pool: AnyPool,
        sessions: SqlSessionStore,
        secrets: &SecretKeys,
        policy: LoginPolicy,
        clock: Clock,
        random: Random,
    ) -> LoginService {
        let accounts = Accounts::new(pool.clone());
        let attempts = Attempts::new(pool, secrets, policy.is_https, clock.clone(), random.clone());
        LoginService(Arc::new(Inner { qq, accounts, attempts, sessions, policy, clock, random }))
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The current time in seconds since 1970.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Whether an email address counts as verified as soon as it is entered.
    pub fn trusts_email(&self) -> bool {
        self.policy.email_trust
    }

    /// Deletes expired sessions, unused avatars and expired login attempts.
    pub async fn purge(&self) -> Result<(), sqlx::Error> {
        self.sessions.purge().await?;
        self.accounts.purge_avatars(self.sessions.oldest_start()).await?;
        self.attempts.purge().await
    }
}
