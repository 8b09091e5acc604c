//! Writes in the background what reads find out: when sessions were used, and which have ended. No read waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::AnyConnection;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::SqlSessionStore;
use crate::database::QueryError;

/// How long a batch is collected, at least.
const PAUSE: Duration = Duration::from_millis(100);
/// More are dropped, which matters only if the database is unavailable for long.
const MAX_NOTES: usize = 100_000;

/// What has not been written yet, by the hash of the session's id.
#[derive(Default)]
pub(super) struct LastSeen {
    notes: Mutex<HashMap<String, Note>>,
    has_notes: Notify,
}

#[derive(Clone, Copy)]
pub(super) enum Note {
    /// When the session was used, in seconds since 1970.
    Used(i64),
    /// The session has ended. Contains when it was last used.
    Ended(i64),
}

impl Note {
    /// Returns when the session was last used; `stored` is what the database says. Returns `None` if it has ended.
    pub(super) fn apply(note: Option<Note>, stored: i64) -> Option<i64> {
        match note {
            Some(Note::Used(at)) => Some(stored.max(at)),
            // Another machine may have seen it used since then.
            Some(Note::Ended(last_seen_at)) => (stored > last_seen_at).then_some(stored),
            None => Some(stored),
        }
    }
}

impl LastSeen {
    pub(super) fn get(&self, id_hash: &str) -> Option<Note> {
        self.notes().get(id_hash).copied()
    }

    pub(super) fn note_used(&self, id_hash: String, now: i64) {
        self.note(id_hash, Note::Used(now));
    }

    /// Deletes an ended session soon, or setting back the clock would revive it.
    pub(super) fn note_ended(&self, id_hash: String, last_seen_at: i64) {
        self.note(id_hash, Note::Ended(last_seen_at));
    }

    fn note(&self, id_hash: String, note: Note) {
        let mut notes = self.notes();
        if notes.len() < MAX_NOTES {
            notes.insert(id_hash, note);
            self.has_notes.notify_one();
        }
    }

    fn notes(&self) -> MutexGuard<'_, HashMap<String, Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SqlSessionStore {
    /// Writes the first notes at once and later ones in batches.
    pub async fn write_last_seen_regularly(self) {
        loop {
            self.last_seen.has_notes.notified().await;
            if let Err(error) = self.write_last_seen().await {
                tracing::warn!(%error, "sessions not updated");
            }
            sleep(PAUSE).await;
        }
    }

    /// Writes what has been noted. After an error, the notes are kept.
    pub async fn write_last_seen(&self) -> Result<(), QueryError> {
        let notes = self.last_seen.notes().clone();
        if notes.is_empty() {
            return Ok(());
        }
        let written = notes.clone();
        self.database.write(move |connection| Box::pin(write_notes(connection, notes))).await?;
        self.last_seen.notes().retain(|id_hash, note| match (written.get(id_hash), note) {
            (Some(Note::Used(written)), Note::Used(at)) => *at > *written,
            (Some(Note::Ended(_)), Note::Ended(_)) => false,
            _ => true,
        });
        Ok(())
    }
}

async fn write_notes(connection: &mut AnyConnection, notes: HashMap<String, Note>) -> Result<(), QueryError> {
    for (id_hash, note) in notes {
        let (statement, at) = match note {
            Note::Used(at) => ("UPDATE sessions SET last_seen_at = $2 WHERE id_hash = $1 AND last_seen_at < $2", at),
            // Not if another machine has seen it used since then.
            Note::Ended(at) => ("DELETE FROM sessions WHERE id_hash = $1 AND last_seen_at <= $2", at),
        };
        sqlx::query(statement).bind(id_hash).bind(at).execute(&mut *connection).await?;
    }
    Ok(())
}
