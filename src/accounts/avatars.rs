//! Avatars, stored under their hash: equal pictures share a row, and browsers may cache them forever.

use sha2::{Digest, Sha256};

use super::Accounts;
use crate::database::QueryError;

impl Accounts {
    /// Stores a JPEG and returns its hash (SHA-256 in hexadecimal). `now` is in seconds since 1970.
    pub async fn store_avatar(&self, jpeg: Vec<u8>, now: i64) -> Result<String, QueryError> {
        let hash = hex::encode(Sha256::digest(&jpeg));
        let store = sqlx::query(
            "INSERT INTO avatars (hash, picture, kept_at) VALUES ($1, $2, $3) \
             ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at",
        );
        self.database.execute(store.bind(hash.clone()).bind(jpeg).bind(now)).await?;
        Ok(hash)
    }

    /// Returns the JPEG with this hash.
    pub async fn avatar(&self, hash: &str) -> Result<Option<Vec<u8>>, QueryError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT picture FROM avatars WHERE hash = $1")
            .bind(hash)
            .fetch_optional(self.database.reader())
            .await?;
        Ok(row.map(|(picture,)| picture))
    }

    /// Deletes unused avatars that were last stored before `before` (in seconds since 1970). Younger ones may belong to
    /// a session.
    pub async fn purge_avatars(&self, before: i64) -> Result<(), QueryError> {
        self.database
            .purge(
                "DELETE FROM avatars WHERE hash IN (SELECT hash FROM avatars WHERE kept_at < $1 AND NOT EXISTS \
                 (SELECT 1 FROM open_ids WHERE open_ids.avatar_hash = avatars.hash) LIMIT $2)",
                before,
            )
            .await
    }
}
