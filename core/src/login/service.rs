//! What all steps of the flow share.

use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Shared};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::attempt::Attempts;
use super::avatar::{AvatarTask, MAX_DOWNLOADS};
use super::recent::RecentOutcomes;
use super::{CallbackOutcome, LoginError, ReturnTo};
use crate::accounts::{Accounts, EmailTrust};
use crate::clock::Clock;
use crate::config::Registration;
use crate::database::{Database, QueryError};
use crate::mail;
use crate::qq;
use crate::random::Random;
use crate::sealing::SecretKeys;
use crate::sessions::{NewSession, REGISTRATION_LIFETIME_SECS, SqlSessionStore};

/// The login flow. Cheap to clone: clones share one allocation.
#[derive(Clone)]
pub struct LoginService(Arc<Inner>);

pub struct Inner {
    pub(super) qq: qq::Client,
    pub(super) database: Database,
    pub(super) accounts: Accounts,
    pub(super) attempts: Attempts,
    pub(super) sessions: SqlSessionStore,
    pub(super) policy: LoginPolicy,
    pub(super) clock: Clock,
    pub(super) random: Random,
    /// By a hash of the attempt's state.
    pub(super) recent_callbacks: RecentOutcomes<CallbackTask>,
    /// By a hash of the id that the session had while registering.
    pub(super) recent_registrations: RecentOutcomes<(NewSession, ReturnTo)>,
    /// By the hash of the avatar.
    pub(super) avatar_downloads: RecentOutcomes<AvatarTask>,
    pub(super) avatar_permits: Semaphore,
    pub(super) tasks: TaskTracker,
}

/// A callback that is being completed in a task of its own, or was a moment ago. `None` if it had been before.
pub(super) type CallbackTask = Shared<BoxFuture<'static, Result<Option<CallbackOutcome>, Arc<LoginError>>>>;

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
        database: Database,
        sessions: SqlSessionStore,
        secrets: &SecretKeys,
        policy: LoginPolicy,
        clock: Clock,
        random: Random,
    ) -> LoginService {
        LoginService(Arc::new(Inner {
            accounts: Accounts::new(database.clone()),
            attempts: Attempts::new(secrets, policy.is_https, clock.clone(), random.clone()),
            qq,
            database,
            sessions,
            policy,
            clock,
            random,
            recent_callbacks: RecentOutcomes::default(),
            recent_registrations: RecentOutcomes::default(),
            avatar_downloads: RecentOutcomes::default(),
            avatar_permits: Semaphore::new(MAX_DOWNLOADS),
            tasks: TaskTracker::new(),
        }))
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

    /// What happens to new users.
    pub fn registration(&self) -> Registration {
        self.policy.registration
    }

    pub(super) fn email_trust(&self) -> EmailTrust {
        if self.trusts_email() { EmailTrust::Typed } else { EmailTrust::VerifiedOnly }
    }

    /// Deletes expired sessions, unused avatars, expired mailed links and login attempts. An error in one does not keep the others.
    pub async fn purge(&self) {
        let now = self.now();
        log_purge("sessions", self.sessions.purge().await);
        log_purge("avatars", self.accounts.purge_avatars(now.saturating_sub(REGISTRATION_LIFETIME_SECS)).await);
        log_purge("mail links", self.accounts.purge_mail_links(now).await);
        log_purge("known browsers", self.purge_known_browsers(now).await);
        log_purge("mails", mail::purge(&self.database, now).await);
        log_purge("former usernames", self.accounts.purge_former_usernames(now).await);
        log_purge("attempts", Attempts::purge(&self.database, now).await);
    }

    /// Waits for work that outlives its request.
    pub async fn finish_tasks(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn log_purge(what: &str, result: Result<(), QueryError>) {
    if let Err(error) = result {
        tracing::error!(%error, what, "purging expired data failed");
    }
}
