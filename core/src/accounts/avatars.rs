//! Avatars, stored under a hash of their URL at QQ. QQ changes the URL with the picture (avatar notice of 2023-11-14), so
//! browsers may cache them forever. The URL itself may contain the openid.

use super::Accounts;
use crate::database::QueryError;

/// `kept_at` is at most this much out of date.
const KEEP_INTERVAL_SECS: i64 = 300;

impl Accounts {
    /// Stores a JPEG under the hash of its URL. `now` is in seconds since 1970.
    pub async fn store_avatar(&self, hash: &str, jpeg: Vec<u8>, now: i64) -> Result<(), QueryError> {
        let store = sqlx::query(
            "INSERT INTO avatars (hash, picture, kept_at) VALUES ($1, $2, $3) \
             ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at",
        );
        self.database.execute(store.bind(hash.to_owned()).bind(jpeg).bind(now)).await?;
        Ok(())
    }

    /// Keeps an avatar as if it had been stored now. Returns whether it is stored.
    pub async fn keep_avatar(&self, hash: &str, now: i64) -> Result<bool, QueryError> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT kept_at FROM avatars WHERE hash = $1")
            .bind(hash)
            .fetch_optional(self.database.reader())
            .await?;
        match row {
            // Many users may share QQ's default picture, and each write would wait for the one before.
            Some((kept_at,)) if now.saturating_sub(kept_at) < KEEP_INTERVAL_SECS => Ok(true),
            Some(_) => {
                let keep = sqlx::query("UPDATE avatars SET kept_at = $1 WHERE hash = $2");
                Ok(self.database.execute(keep.bind(now).bind(hash.to_owned())).await? == 1)
            }
            None => Ok(false),
        }
    }

    /// Returns the JPEG with this hash.
    pub async fn avatar(&self, hash: &str) -> Result<Option<Vec<u8>>, QueryError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT picture FROM avatars WHERE hash = $1")
            .bind(hash)
            .fetch_optional(self.database.reader())
            .await?;
        Ok(row.map(|(picture,)| picture))
    }

    /// Deletes avatars that no account has and that were last kept before `before` (in seconds since 1970). Younger ones
    /// may belong to a pending registration.
    pub async fn purge_avatars(&self, before: i64) -> Result<(), QueryError> {
        let before = before.saturating_sub(KEEP_INTERVAL_SECS);
        self.database
            .purge(
                "DELETE FROM avatars WHERE hash IN (SELECT hash FROM avatars WHERE kept_at < $1 AND NOT EXISTS \
                 (SELECT 1 FROM open_ids WHERE open_ids.avatar_hash = avatars.hash) LIMIT $2)",
                before,
            )
            .await
    }
}
