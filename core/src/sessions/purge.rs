//! Counts sessions, and deletes those that have ended and registrations that have expired.

use super::SqlSessionStore;
use super::data::DRAFT_LIFETIME_SECS;
use crate::database::QueryError;

const IDLE: &str = "DELETE FROM sessions WHERE id_hash IN \
                    (SELECT id_hash FROM sessions WHERE last_seen_at <= $1 LIMIT $2)";
const OLD: &str = "DELETE FROM sessions WHERE id_hash IN \
                   (SELECT id_hash FROM sessions WHERE created_at <= $1 LIMIT $2)";
const UNREGISTERED: &str = "DELETE FROM sessions WHERE id_hash IN \
                            (SELECT id_hash FROM sessions WHERE user_id IS NULL AND created_at < $1 LIMIT $2)";

impl SqlSessionStore {
    /// Returns how many sessions were used lately enough to be alive.
    pub async fn count_alive(&self) -> Result<i64, QueryError> {
        let oldest = self.now().saturating_sub(self.lifetimes.idle_secs);
        let count = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE last_seen_at > $1").bind(oldest);
        Ok(count.fetch_one(self.database.reader()).await?)
    }

    /// Deletes sessions that have ended and registrations that have expired.
    pub async fn purge(&self) -> Result<(), QueryError> {
        // First, or a session that was used a moment ago could seem idle.
        self.write_last_seen().await?;
        let now = self.now();
        self.database.purge(IDLE, now.saturating_sub(self.lifetimes.idle_secs)).await?;
        self.database.purge(OLD, self.oldest_start()).await?;
        self.database.purge(UNREGISTERED, now.saturating_sub(DRAFT_LIFETIME_SECS)).await
    }
}
