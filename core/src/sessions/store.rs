//! The table `sessions`, as the store of tower-sessions.
//!
//! A row's key is a hash of the session id, so that the database alone does not grant access. Data is encrypted. Reads
//! write nothing: what they find out is written later, in batches.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Result, SessionStore};

use super::data::{EMAIL_KEY, KEY, PrimaryEmail, SessionData};
use super::error::{SessionError, store_error};
use super::last_seen::{LastSeen, Note};
use crate::clock::{Clock, MAX_SKEW_SECS};
use crate::database::{Database, QueryError};
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

/// Stores sessions in the database. Cheap to clone.
#[derive(Clone)]
pub struct SqlSessionStore(Arc<StoreInner>);

pub struct StoreInner {
    pub(super) database: Database,
    pub(super) sealer: Sealer,
    pub(super) clock: Clock,
    pub(super) lifetimes: SessionLifetimes,
    pub(super) last_seen: LastSeen,
}

/// A row of a session that has not ended.
pub(super) struct Row {
    pub(super) data: HashMap<String, Value>,
    /// The user's, read along because each query is a trip to the database.
    email: Option<PrimaryEmail>,
    /// `data` as it is stored, encrypted.
    pub(super) sealed: Vec<u8>,
    /// The seconds until the lease of a token refresh ends; negative after that. `None` without a lease.
    pub(super) lease_remaining_secs: Option<i64>,
}

impl Deref for SqlSessionStore {
    type Target = StoreInner;

    fn deref(&self) -> &StoreInner {
        &self.0
    }
}

impl std::fmt::Debug for SqlSessionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlSessionStore").field("lifetimes", &self.lifetimes).finish_non_exhaustive()
    }
}

impl SqlSessionStore {
    pub fn new(database: Database, sealer: Sealer, clock: Clock, lifetimes: SessionLifetimes) -> SqlSessionStore {
        SqlSessionStore(Arc::new(StoreInner { database, sealer, clock, lifetimes, last_seen: LastSeen::default() }))
    }

    /// When the oldest session that may not have ended began, in seconds since 1970.
    pub fn oldest_start(&self) -> i64 {
        self.now().saturating_sub(self.lifetimes.max_secs)
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    pub(super) fn seal(&self, id_hash: &str, data: &SessionData) -> std::result::Result<Vec<u8>, SessionError> {
        let plain = serde_json::to_vec(&HashMap::from([(KEY, data)]))?;
        Ok(self.sealer.seal(id_hash.as_bytes(), &plain)?)
    }

    /// Returns `None` for data that was encrypted with an unknown key or that is no JSON object.
    pub(super) fn open(&self, id_hash: &str, sealed: &[u8]) -> Option<HashMap<String, Value>> {
        serde_json::from_slice(&self.sealer.open(id_hash.as_bytes(), sealed)?).ok()
    }

    /// Whether the session has not ended.
    pub async fn exists(&self, id: Id) -> std::result::Result<bool, QueryError> {
        Ok(self.read(&id).await?.is_some())
    }

    /// Reads a row and notes that it was used. Returns `None` if the session has ended, or if its user is blocked: a sign-in
    /// that began before may store a session afterwards.
    pub(super) async fn read(&self, id: &Id) -> std::result::Result<Option<Row>, QueryError> {
        let id_hash = hash(id);
        // Both before and after the query, since a note is dropped as soon as it is written.
        let note_before = self.last_seen.get(&id_hash);
        type Columns = (Vec<u8>, i64, i64, Option<i64>, Option<String>, Option<String>, i64);
        let row: Option<Columns> = sqlx::query_as(
            "SELECT data, sessions.created_at, last_seen_at, NULLIF(renewing_until, 0) - unixepoch(), \
             username, email, CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT) FROM sessions \
             LEFT JOIN email_addresses ON email_addresses.user_id = sessions.user_id AND is_primary \
             LEFT JOIN users ON users.id = sessions.user_id WHERE id_hash = $1 AND blocked_at IS NULL",
        )
        .bind(&id_hash)
        .fetch_optional(self.database.reader())
        .await?;
        let Some((sealed, created_at, last_seen_at, lease_remaining_secs, username, email, verified)) = row else {
            return Ok(None);
        };
        let now = self.now();
        let note = self.last_seen.get(&id_hash).or(note_before);
        let Some(last_seen_at) = Note::apply(note, last_seen_at) else { return Ok(None) };
        if self.has_ended(created_at, last_seen_at, now) {
            self.last_seen.note_ended(id_hash, last_seen_at);
            return Ok(None);
        }
        if is_from_future(created_at, last_seen_at, now) {
            return Ok(None);
        }
        let Some(mut data) = self.open(&id_hash, &sealed) else { return Ok(None) };
        if let (Some(data), Some(username)) = (data.get_mut(KEY), username) {
            SessionData::set_username(data, username);
        }
        if now.saturating_sub(last_seen_at) >= TOUCH_INTERVAL_SECS.min(self.lifetimes.idle_secs / 4) {
            self.last_seen.note_used(id_hash, now);
        }
        let email = email.map(|address| PrimaryEmail { address, is_verified: verified == 1 });
        Ok(Some(Row { data, email, sealed, lease_remaining_secs }))
    }

    pub(super) fn has_ended(&self, created_at: i64, last_seen_at: i64, now: i64) -> bool {
        now.saturating_sub(last_seen_at) >= self.lifetimes.idle_secs
            || now.saturating_sub(created_at) >= self.lifetimes.max_secs
    }
}

/// Whether a session was used before the clock was set back.
fn is_from_future(created_at: i64, last_seen_at: i64, now: i64) -> bool {
    created_at.max(last_seen_at) > now.saturating_add(MAX_SKEW_SECS)
}

#[async_trait]
impl SessionStore for SqlSessionStore {
    /// Logins create sessions with [`SqlSessionStore::start`].
    async fn create(&self, record: &mut Record) -> Result<()> {
        let Some(data) = record.data.get(KEY).cloned().and_then(SessionData::parse) else { return Ok(()) };
        self.start(None, record.id, &data).await.map_err(store_error)
    }

    /// Replaces the data of a session that has not ended.
    async fn save(&self, record: &Record) -> Result<()> {
        let Some(data) = record.data.get(KEY).cloned().and_then(SessionData::parse) else { return Ok(()) };
        let id_hash = hash(&record.id);
        let sealed = self.seal(&id_hash, &data).map_err(store_error)?;
        let update = sqlx::query("UPDATE sessions SET user_id = $1, data = $2 WHERE id_hash = $3");
        let update = update.bind(data.user_id()).bind(sealed).bind(id_hash);
        self.database.execute(update).await.map_err(|error| store_error(error.into()))?;
        Ok(())
    }

    /// Returns an empty record for an id that is unknown or has ended. For `None`, tower-sessions
    /// would remove the cookie, and its response may arrive after the one that set the next cookie
    /// (two tabs, or a fetch while a form is sent). Saving an empty record creates no row.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = self.read(id).await.map_err(|error| store_error(error.into()))?;
        let mut data = HashMap::new();
        if let Some(row) = row {
            data = row.data;
            if let Some(email) = row.email {
                let email = serde_json::to_value(email).map_err(|error| store_error(error.into()))?;
                data.insert(EMAIL_KEY.to_owned(), email);
            }
        }
        // tower-sessions does not read the expiry date of a loaded record.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.remove(*id).await.map_err(|error| store_error(error.into()))
    }
}

pub(super) fn hash(id: &Id) -> String {
    fingerprint(&id.to_string())
}
