//! The session rows.
//!
//! A row is found by a hash of the id, so that a stolen copy of the database signs nobody in; its
//! data is sealed and bound to that hash, so that a row copied over another is worth nothing.
//! Saving never makes a row: a request that was in flight while its person signed out cannot
//! bring the session back.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::AnyPool;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

use super::data::{KEY, LAPSED_SECS, SessionData, SessionError};
use crate::clock::Clock;
use crate::database;
use crate::sealing::{Sealer, fingerprint};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetimes {
    /// Without being used, in seconds.
    pub idle_secs: i64,
    /// In all, in seconds.
    pub max_secs: i64,
}

/// `last_seen_at` is moved at most this often, in seconds, or reading would mean writing.
const TOUCH_SECS: i64 = 60;

/// How often an id is drawn again if it is in use. Once is already unheard of.
const MAX_DRAWS: u32 = 3;

/// What an error begins with if the database is not to be had: errors of the session library carry
/// words and nothing else.
const UNAVAILABLE: &str = "the database is unavailable: ";

/// Sessions in the table `sessions`.
#[derive(Clone)]
pub struct SqlSessionStore {
    pub(super) pool: AnyPool,
    sealer: Sealer,
    clock: Clock,
    lifetimes: SessionLifetimes,
}

/// What a row holds beside its record.
pub(super) struct Row {
    /// The record as it stands in the row.
    pub(super) sealed: Vec<u8>,
    /// Until when its token is being renewed, in seconds since 1970.
    pub(super) renewing_until: i64,
    /// When the session ends at the latest.
    pub(super) expires_at: OffsetDateTime,
}

impl std::fmt::Debug for SqlSessionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlSessionStore").field("lifetimes", &self.lifetimes).finish_non_exhaustive()
    }
}

impl SqlSessionStore {
    /// Works on an opened database.
    pub fn new(pool: AnyPool, sealer: Sealer, clock: Clock, lifetimes: SessionLifetimes) -> SqlSessionStore {
        SqlSessionStore { pool, sealer, clock, lifetimes }
    }

    /// When the oldest session that can still be alive began, in seconds since 1970.
    pub fn oldest_start(&self) -> i64 {
        self.now().saturating_sub(self.lifetimes.max_secs)
    }

    /// Removes the rows that are past their time.
    pub async fn purge(&self) -> std::result::Result<(), sqlx::Error> {
        let now = (self.clock)();
        sqlx::query(
            "DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2 \
             OR (user_id IS NULL AND created_at < $3)",
        )
        .bind(now.saturating_sub(self.lifetimes.idle_secs))
        .bind(now.saturating_sub(self.lifetimes.max_secs))
        .bind(now.saturating_sub(LAPSED_SECS))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn seal(&self, id_hash: &str, record: &Record) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        self.sealer.seal(id_hash.as_bytes(), &plain).map_err(|error| Error::Encode(error.to_string()))
    }

    /// Reads a row, if its session is alive.
    pub(super) async fn read(&self, id: &Id) -> Result<Option<(Record, Row)>> {
        let id_hash = hash(id);
        let row: Option<(Vec<u8>, i64, i64, i64)> =
            sqlx::query_as("SELECT data, created_at, last_seen_at, renewing_until FROM sessions WHERE id_hash = $1")
                .bind(&id_hash)
                .fetch_optional(&self.pool)
                .await
                .map_err(backend)?;
        let Some((sealed, created_at, last_seen_at, renewing_until)) = row else { return Ok(None) };
        let now = self.now();
        if self.has_ended(created_at, last_seen_at, now) {
            self.remove_ended(&id_hash, last_seen_at).await?;
            return Ok(None);
        }
        if is_from_future(created_at, last_seen_at, now) {
            return Ok(None);
        }
        // A row sealed with another key is from before the key was changed: a session no more.
        let Some(plain) = self.sealer.open(id_hash.as_bytes(), &sealed) else { return Ok(None) };
        let Ok(data) = serde_json::from_slice::<HashMap<String, serde_json::Value>>(&plain) else { return Ok(None) };
        if now.saturating_sub(last_seen_at) >= TOUCH_SECS.min(self.lifetimes.idle_secs / 4) {
            // Who only reads is served even while nothing can be written.
            if let Err(error) = self.touch(&id_hash, now).await {
                if !database::is_unavailable(&error) {
                    return Err(backend(error));
                }
                tracing::warn!(%error, "that a session is in use could not be noted");
            }
        }
        let expires_at = created_at.saturating_add(self.lifetimes.max_secs);
        let expires_at = OffsetDateTime::from_unix_timestamp(expires_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let record = Record { id: *id, data, expiry_date: expires_at };
        Ok(Some((record, Row { sealed, renewing_until, expires_at })))
    }

    async fn touch(&self, id_hash: &str, now: i64) -> std::result::Result<(), sqlx::Error> {
        sqlx::query("UPDATE sessions SET last_seen_at = $1 WHERE id_hash = $2")
            .bind(now)
            .bind(id_hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(super) fn has_ended(&self, created_at: i64, last_seen_at: i64, now: i64) -> bool {
        now.saturating_sub(last_seen_at) >= self.lifetimes.idle_secs
            || now.saturating_sub(created_at) >= self.lifetimes.max_secs
    }

    /// What has ended stays so: were the row left for the next purge, a clock that is set back would
    /// revive it. Unless it was used meanwhile, by a request that was a moment earlier.
    async fn remove_ended(&self, id_hash: &str, last_seen_at: i64) -> Result<()> {
        let removed = sqlx::query("DELETE FROM sessions WHERE id_hash = $1 AND last_seen_at = $2")
            .bind(id_hash)
            .bind(last_seen_at)
            .execute(&self.pool)
            .await;
        match removed {
            Err(error) if !database::is_unavailable(&error) => Err(backend(error)),
            _ => Ok(()),
        }
    }

    /// Whether the row holds this record already.
    async fn holds(&self, record: &Record) -> Result<bool> {
        Ok(self.read(&record.id).await?.is_some_and(|(held, _)| held.data == record.data))
    }
}

/// A session from the future is one from before the clock was set back; it does not count. A little
/// ahead is another machine's clock.
fn is_from_future(created_at: i64, last_seen_at: i64, now: i64) -> bool {
    now.saturating_sub(created_at.max(last_seen_at)) < -TOUCH_SECS
}

#[async_trait]
impl SessionStore for SqlSessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = (self.clock)();
        for _ in 0..MAX_DRAWS {
            let id_hash = hash(&record.id);
            let made = sqlx::query(
                "INSERT INTO sessions (id_hash, user_id, data, created_at, last_seen_at) \
                 VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
            )
            .bind(&id_hash)
            .bind(user_id(record))
            .bind(self.seal(&id_hash, record)?)
            .bind(now)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
            if made.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id was found".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // The session layer saves once more what `SessionData::start` has saved.
        if self.holds(record).await? {
            return Ok(());
        }
        let id_hash = hash(&record.id);
        sqlx::query("UPDATE sessions SET user_id = $1, data = $2 WHERE id_hash = $3")
            .bind(user_id(record))
            .bind(self.seal(&id_hash, record)?)
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
        let found = self.read(id).await?.map(|(record, _)| record);
        let empty = || Record { id: *id, data: HashMap::new(), expiry_date: OffsetDateTime::UNIX_EPOCH };
        Ok(Some(found.unwrap_or_else(empty)))
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

/// The user beside the row, so that a user's sessions can be found without opening any.
fn user_id(record: &Record) -> Option<i64> {
    let visitor = record.data.get(KEY).cloned()?;
    serde_json::from_value::<SessionData>(visitor).ok()?.signed_in().map(|signed_in| signed_in.user_id)
}

pub(super) fn backend(error: sqlx::Error) -> Error {
    let is_unavailable = database::is_unavailable(&error);
    Error::Backend(if is_unavailable { format!("{UNAVAILABLE}{error}") } else { error.to_string() })
}

/// Whether a session could not be had because the database is not to be had.
pub fn is_unavailable(error: &SessionError) -> bool {
    matches!(error, SessionError::Store(Error::Backend(words)) if words.starts_with(UNAVAILABLE))
}
