//! The table `mails`: what waits to be sent. Content and recipient are encrypted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::database::{Database, QueryError};
use crate::random::{self, Random, RandomError};
use crate::sealing::{SealError, Sealer, SecretKeys};

const ID_BYTES: usize = 16;

/// A mail to a user. `Debug` is not implemented, since it would show an address and links that are secrets.
pub struct Mail {
    /// The user that the mail belongs to: deleting the account deletes it.
    pub user_id: i64,
    /// How long it is worth sending, in seconds. At most [`Mail::MAX_LIFETIME_SECS`].
    pub lifetime_secs: i64,
    pub message: MailMessage,
}

/// What is sent.
#[derive(Serialize, Deserialize)]
pub struct MailMessage {
    /// The recipient's address.
    pub to: String,
    pub subject: String,
    /// The message as plain text.
    pub text: String,
    /// The same message as an HTML document.
    pub html: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("cannot seal the mail: {0}")]
    Seal(#[from] SealError),
    #[error("cannot write the mail as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl MailError {
    /// Whether the cause is a database that is temporarily unavailable.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, MailError::Query(error) if error.is_unavailable())
    }
}

impl Mail {
    /// After two days, a user no longer expects a mail.
    pub const MAX_LIFETIME_SECS: i64 = 2 * 24 * 60 * 60;
}

/// A mail that this process sends, until the lease ends.
pub(super) struct QueuedMail {
    pub(super) id: String,
    /// `None` if it cannot be decrypted.
    pub(super) message: Option<MailMessage>,
    /// When it was queued, in seconds since 1970.
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    /// The number of this attempt, from 1. Whoever holds a later lease has a larger one.
    pub(super) attempt: i64,
}

/// How long one machine has the right to send a mail.
const LEASE_SECS: i64 = 300;

/// Accepts mails, which a task sends in the background. Cheap to clone.
#[derive(Clone)]
pub struct MailQueue(Arc<QueueInner>);

struct QueueInner {
    database: Database,
    sealer: Sealer,
    clock: Clock,
    random: Random,
    has_mail: Notify,
}

impl MailQueue {
    pub fn new(database: Database, secrets: &SecretKeys, clock: Clock, random: Random) -> MailQueue {
        let sealer = Sealer::new(secrets, "mail", random.clone());
        MailQueue(Arc::new(QueueInner { database, sealer, clock, random, has_mail: Notify::new() }))
    }

    /// Queues a mail in a transaction of its own. It will be sent even if the program ends now.
    pub async fn queue(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.database.execute(self.insert(mail)?).await?;
        self.wake();
        Ok(())
    }

    /// Queues a mail in the transaction of `connection`. Call [`MailQueue::wake`] after its commit.
    pub async fn queue_in(&self, connection: &mut AnyConnection, mail: &Mail) -> Result<(), MailError> {
        self.insert(mail)?.execute(connection).await.map_err(QueryError::from)?;
        Ok(())
    }

    /// The statement that queues a mail. Call [`MailQueue::wake`] after its commit.
    pub fn insert(&self, mail: &Mail) -> Result<Query<'static, Any, AnyArguments>, MailError> {
        let QueueInner { sealer, clock, random, .. } = &*self.0;
        let id = hex::encode(random::bytes::<ID_BYTES>(random)?);
        let sealed = sealer.seal(id.as_bytes(), &serde_json::to_vec(&mail.message)?)?;
        let now = clock();
        let expires_at = now.saturating_add(mail.lifetime_secs.min(Mail::MAX_LIFETIME_SECS));
        let insert = sqlx::query(
            "INSERT INTO mails (id, user_id, message, created_at, expires_at, next_attempt_at) \
             VALUES ($1, $2, $3, $4, $5, $4)",
        );
        Ok(insert.bind(id).bind(mail.user_id).bind(sealed).bind(now).bind(expires_at))
    }

    /// Returns how many mails wait to be sent.
    pub async fn count_waiting(&self) -> Result<i64, QueryError> {
        let count = sqlx::query_scalar("SELECT count(*) FROM mails WHERE expires_at > $1").bind(self.now());
        Ok(count.fetch_one(self.0.database.reader()).await?)
    }

    /// Sends at once what is queued.
    pub fn wake(&self) {
        self.0.has_mail.notify_one();
    }

    /// Returns when a mail has been queued since the last call.
    pub(super) async fn mail_queued(&self) {
        self.0.has_mail.notified().await;
    }

    pub(super) fn now(&self) -> i64 {
        (self.0.clock)()
    }

    /// Leases a mail that is due. Returns `None` if there is none.
    pub(super) async fn lease_next(&self) -> Result<Option<QueuedMail>, QueryError> {
        loop {
            type Columns = (String, Vec<u8>, i64, i64, i64);
            let due: Option<Columns> = sqlx::query_as(
                "SELECT id, message, created_at, expires_at, attempts FROM mails \
                 WHERE next_attempt_at <= $1 AND leased_until <= unixepoch() ORDER BY next_attempt_at LIMIT 1",
            )
            .bind(self.now())
            .fetch_optional(self.0.database.reader())
            .await?;
            let Some((id, sealed, created_at, expires_at, attempts)) = due else { return Ok(None) };
            let lease = sqlx::query(
                "UPDATE mails SET leased_until = unixepoch() + $1, attempts = attempts + 1 \
                 WHERE id = $2 AND attempts = $3 AND leased_until <= unixepoch()",
            );
            // Not changed if another machine was faster.
            if self.0.database.execute(lease.bind(LEASE_SECS).bind(id.clone()).bind(attempts)).await? == 1 {
                let message = self.0.sealer.open(id.as_bytes(), &sealed);
                let message = message.and_then(|plain| serde_json::from_slice(&plain).ok());
                return Ok(Some(QueuedMail { id, message, created_at, expires_at, attempt: attempts + 1 }));
            }
        }
    }

    /// Ends the lease. The next attempt follows at `retry_at`.
    pub(super) async fn postpone(&self, mail: &QueuedMail, retry_at: i64) -> Result<(), QueryError> {
        let update =
            sqlx::query("UPDATE mails SET next_attempt_at = $1, leased_until = 0 WHERE id = $2 AND attempts = $3");
        self.0.database.execute(update.bind(retry_at).bind(mail.id.clone()).bind(mail.attempt)).await?;
        Ok(())
    }

    pub(super) async fn delete(&self, mail: &QueuedMail) -> Result<(), QueryError> {
        self.0.database.execute(sqlx::query("DELETE FROM mails WHERE id = $1").bind(mail.id.clone())).await?;
        Ok(())
    }
}
