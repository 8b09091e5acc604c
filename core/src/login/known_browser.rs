//! Remembers in which browsers users sign in, and reports a sign-in from another one by mail. It happens in the background:
//! no sign-in waits for it.

use sqlx::AnyConnection;

use super::{LoginError, LoginService};
use crate::database::QueryError;
use crate::mail::{Mail, MailMessage, MailQueue};
use crate::random::{self, Random, RandomError};
use crate::sealing::fingerprint;
use crate::sessions::{NewSession, SignedInUser};
use crate::traces::in_current_span;

const ID_BYTES: usize = 16;
/// A browser that was not used for longer counts as another one. Browsers keep no cookie for longer either (RFC 6265bis).
pub const KNOWN_BROWSER_SECS: i64 = 400 * 24 * 60 * 60;

/// The random id of a browser, in a cookie of its own. It grants nothing: who has it can only avoid a mail. `Debug` is not
/// implemented.
#[derive(Clone)]
pub struct BrowserId(String);

impl BrowserId {
    pub fn generate(random: &Random) -> Result<BrowserId, RandomError> {
        Ok(BrowserId(hex::encode(random::bytes::<ID_BYTES>(random)?)))
    }

    /// Reads a cookie's value.
    pub fn parse(value: &str) -> Option<BrowserId> {
        let is_id = value.len() == 2 * ID_BYTES && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| BrowserId(value.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Differs from user to user, so that the table does not tell who shares a browser.
    fn hash(&self, user_id: i64) -> String {
        fingerprint(&format!("{user_id} {}", self.0))
    }
}

impl LoginService {
    /// Remembers the browser that got `session`, if a user is signed in to it. If the user has signed in before, in other
    /// browsers only, `write` may write a mail to their primary address, provided that it is verified.
    pub fn remember_browser(
        &self,
        session: NewSession,
        browser: BrowserId,
        queue: MailQueue,
        write: impl FnOnce(&SignedInUser, String) -> Option<MailMessage> + Send + 'static,
    ) {
        let login = self.clone();
        let remember = async move {
            if let Err(error) = login.remember_and_report(session, browser, queue, write).await {
                tracing::warn!(%error, "browser of a sign-in not remembered");
            }
        };
        self.tasks.spawn(in_current_span(remember));
    }

    async fn remember_and_report(
        &self,
        session: NewSession,
        browser: BrowserId,
        queue: MailQueue,
        write: impl FnOnce(&SignedInUser, String) -> Option<MailMessage> + Send + 'static,
    ) -> Result<(), LoginError> {
        let found = self.sessions.find(session.id()).await?;
        let Some(user) = found.map(|session| session.user) else { return Ok(()) };
        let (now, sender) = (self.now(), queue.clone());
        let transaction = self.database.write(move |connection| {
            Box::pin(async move {
                if !is_new(connection, &browser, user.user_id, now).await? {
                    return Ok::<_, LoginError>(());
                }
                let address = verified_address(connection, user.user_id).await?;
                if let Some(message) = address.and_then(|address| write(&user, address)) {
                    let lifetime_secs = Mail::MAX_LIFETIME_SECS;
                    queue.queue_in(connection, &Mail { user_id: user.user_id, lifetime_secs, message }).await?;
                }
                Ok(())
            })
        });
        transaction.await?;
        sender.wake();
        Ok(())
    }

    /// Forgets browsers that were not used for long by `now`.
    pub(super) async fn purge_known_browsers(&self, now: i64) -> Result<(), QueryError> {
        const OLD: &str = "DELETE FROM known_browsers WHERE browser_hash IN \
                           (SELECT browser_hash FROM known_browsers WHERE last_seen_at <= $1 LIMIT $2)";
        self.database.purge(OLD, now.saturating_sub(KNOWN_BROWSER_SECS)).await
    }
}

/// Stores that the user has used the browser now. Returns whether it is another one than before: not for the first one.
async fn is_new(
    connection: &mut AnyConnection,
    browser: &BrowserId,
    user_id: i64,
    now: i64,
) -> Result<bool, QueryError> {
    let hash = browser.hash(user_id);
    let update = sqlx::query("UPDATE known_browsers SET last_seen_at = $1 WHERE browser_hash = $2");
    if update.bind(now).bind(&hash).execute(&mut *connection).await?.rows_affected() > 0 {
        return Ok(false);
    }
    let other: Option<(i64,)> = sqlx::query_as("SELECT user_id FROM known_browsers WHERE user_id = $1 LIMIT 1")
        .bind(user_id)
        .fetch_optional(&mut *connection)
        .await?;
    let inserted = sqlx::query(
        "INSERT INTO known_browsers (browser_hash, user_id, last_seen_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    );
    let inserted = inserted.bind(&hash).bind(user_id).bind(now).execute(connection).await?.rows_affected() == 1;
    Ok(inserted && other.is_some())
}

async fn verified_address(connection: &mut AnyConnection, user_id: i64) -> Result<Option<String>, QueryError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT email FROM email_addresses WHERE user_id = $1 AND is_primary AND verified")
            .bind(user_id)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(email,)| email))
}
