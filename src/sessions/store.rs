//! The table `sessions`.
//!
//! Rows are found by a hash of the session id, so a stolen copy of the database signs nobody in.
//! Their data is encrypted and bound to that hash, so a row copied over another is useless.
//! Saving never inserts a row, so a request in flight during a sign-out cannot restore the session.

use std::collections::HashMap;

use async_trait::async_trait;
use serde_json::Value;
use sqlx::AnyPool;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

use super::data::{DRAFT_LIFETIME_SECS, KEY, SessionData, SessionError};
use crate::clock::Clock;
use crate::database;
use crate::sealing::{Sealer, fingerprint};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetimes {
    /// Without being used, in seconds.
    pub idle_secs: i64,
    /// In total, in seconds.
    pub max_secs: i64,
}

/// `last_seen_at` is updated at most this often, so that most reads do not write.
const TOUCH_INTERVAL_SECS: i64 = 60;

const MAX_ID_ATTEMPTS: u32 = 3;

/// Marks errors of an unavailable database, since the session library's errors contain only text.
const UNAVAILABLE: &str = "the database is unavailable: ";

/// Stores sessions in the database.
#[derive(Clone)]
pub struct SqlSessionStore {
    pub(super) pool: AnyPool,
    sealer: Sealer,
    clock: Clock,
    lifetimes: SessionLifetimes,
}

/// A row of a session that has not ended.
pub(super) struct Row {
    pub(super) data: HashMap<String, Value>,
    /// `data` as it is stored, encrypted.
    pub(super) sealed: Vec<u8>,
    /// Until when a request may refresh the token, in seconds since 1970.
    pub(super) lease_ends_at: i64,
}

impl std::fmt::Debug for SqlSessionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlSessionStore").field("lifetimes", &self.lifetimes).finish_non_exhaustive()
    }
}

impl SqlSessionStore {
    /// Uses the connections of `pool`.
    pub fn new(pool: AnyPool, sealer: Sealer, clock: Clock, lifetimes: SessionLifetimes) -> SqlSessionStore {
        SqlSessionStore { pool, sealer, clock, lifetimes }
    }

    /// When the oldest session that may not have ended began, in seconds since 1970.
    pub fn oldest_start(&self) -> i64 {
        self.now().saturating_sub(self.lifetimes.max_secs)
    }

    /// Deletes sessions that have ended and registrations that have expired.
    pub async fn purge(&self) -> std::result::Result<(), sqlx::Error> {
        let now = self.now();
        sqlx::query(
            "DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2 \
             OR (user_id IS NULL AND created_at < $3)",
        )
        .bind(now.saturating_sub(self.lifetimes.idle_secs))
        .bind(self.oldest_start())
        .bind(now.saturating_sub(DRAFT_LIFETIME_SECS))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn seal(&self, id_hash: &str, data: &HashMap<String, Value>) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(data).map_err(|error| Error::Encode(error.to_string()))?;
        self.sealer.seal(id_hash.as_bytes(), &plain).map_err(|error| Error::Encode(error.to_string()))
    }

    /// Returns `None` for data that was encrypted with an unknown key or that is no JSON object.
    fn open(&self, id_hash: &str, sealed: &[u8]) -> Option<HashMap<String, Value>> {
        serde_json::from_slice(&self.sealer.open(id_hash.as_bytes(), sealed)?).ok()
    }

    /// Reads a row and updates its `last_seen_at`. Returns `None` if the session has ended.
    pub(super) async fn read(&self, id: &Id) -> Result<Option<Row>> {
        let id_hash = hash(id);
        let row: Option<(Vec<u8>, i64, i64, i64)> =
            sqlx::query_as("SELECT data, created_at, last_seen_at, renewing_until FROM sessions WHERE id_hash = $1")
                .bind(&id_hash)
                .fetch_optional(&self.pool)
                .await
                .map_err(backend)?;
        let Some((sealed, created_at, last_seen_at, lease_ends_at)) = row else { return Ok(None) };
        let now = self.now();
        if self.has_ended(created_at, last_seen_at, now) {
            self.delete_ended(&id_hash, last_seen_at).await?;
            return Ok(None);
        }
        if is_from_future(created_at, last_seen_at, now) {
            return Ok(None);
        }
        let Some(data) = self.open(&id_hash, &sealed) else { return Ok(None) };
        if now.saturating_sub(last_seen_at) >= TOUCH_INTERVAL_SECS.min(self.lifetimes.idle_secs / 4) {
            self.touch(&id_hash, now).await?;
        }
        Ok(Some(Row { data, sealed, lease_ends_at }))
    }

    async fn touch(&self, id_hash: &str, now: i64) -> Result<()> {
        let updated = sqlx::query("UPDATE sessions SET last_seen_at = $1 WHERE id_hash = $2")
            .bind(now)
            .bind(id_hash)
            .execute(&self.pool)
            .await;
        ignore_unavailable(updated.map(drop))
    }

    pub(super) fn has_ended(&self, created_at: i64, last_seen_at: i64, now: i64) -> bool {
        now.saturating_sub(last_seen_at) >= self.lifetimes.idle_secs
            || now.saturating_sub(created_at) >= self.lifetimes.max_secs
    }

    /// Deletes an ended session at once, or setting back the clock would revive it. Keeps it if a
    /// concurrent request has touched it.
    async fn delete_ended(&self, id_hash: &str, last_seen_at: i64) -> Result<()> {
        let deleted = sqlx::query("DELETE FROM sessions WHERE id_hash = $1 AND last_seen_at = $2")
            .bind(id_hash)
            .bind(last_seen_at)
            .execute(&self.pool)
            .await;
        ignore_unavailable(deleted.map(drop))
    }
}

/// Whether a session was used before the clock was set back. A minute is tolerated: another
/// server's clock may be ahead.
fn is_from_future(created_at: i64, last_seen_at: i64, now: i64) -> bool {
    created_at.max(last_seen_at) > now.saturating_add(TOUCH_INTERVAL_SECS)
}

/// Lets reads succeed while the database cannot be written.
fn ignore_unavailable(written: std::result::Result<(), sqlx::Error>) -> Result<()> {
    match written {
        Err(error) if database::is_unavailable(&error) => {
            tracing::warn!(%error, "session not updated on read");
            Ok(())
        }
        other => other.map_err(backend),
    }
}

#[async_trait]
impl SessionStore for SqlSessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..MAX_ID_ATTEMPTS {
            let id_hash = hash(&record.id);
            let inserted = sqlx::query(
                "INSERT INTO sessions (id_hash, user_id, data, created_at, last_seen_at) \
                 VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
            )
            .bind(&id_hash)
            .bind(user_id(record))
            .bind(self.seal(&id_hash, &record.data)?)
            .bind(self.now())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
            if inserted.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no unused session id found".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // At the end of a request, the session layer saves again what `SessionData::start` has saved.
        if self.read(&record.id).await?.is_some_and(|row| row.data == record.data) {
            return Ok(());
        }
        let id_hash = hash(&record.id);
        sqlx::query("UPDATE sessions SET user_id = $1, data = $2 WHERE id_hash = $3")
            .bind(user_id(record))
            .bind(self.seal(&id_hash, &record.data)?)
            .bind(&id_hash)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    /// Returns an empty record for an id that is unknown or has ended. For `None`, tower-sessions
    /// would remove the cookie, and its response may arrive after the one that set the next cookie
    /// (two tabs, or a fetch while a form is sent). Saving an empty record creates no row.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let data = self.read(id).await?.map(|row| row.data).unwrap_or_default();
        // tower-sessions does not read the expiry date of a loaded record.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(hash(id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

pub(super) fn hash(id: &Id) -> String {
    fingerprint(&id.to_string())
}

/// The value of the column `user_id`, by which a user's sessions are found without decrypting them.
fn user_id(record: &Record) -> Option<i64> {
    let data = record.data.get(KEY).cloned().and_then(SessionData::parse)?;
    data.signed_in().map(|signed_in| signed_in.user_id)
}

pub(super) fn backend(error: sqlx::Error) -> Error {
    let is_unavailable = database::is_unavailable(&error);
    Error::Backend(if is_unavailable { format!("{UNAVAILABLE}{error}") } else { error.to_string() })
}

/// Whether the session could not be read or written because the database is unavailable.
pub fn is_unavailable(error: &SessionError) -> bool {
    matches!(error, SessionError::Store(Error::Backend(message)) if message.starts_with(UNAVAILABLE))
}
