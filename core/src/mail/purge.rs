//! Deletes mails that nothing has sent, because the operator has switched mail off.

use crate::database::{Database, QueryError};

/// Deletes the mails that expired before `now`, in seconds since 1970.
pub async fn purge(database: &Database, now: i64) -> Result<(), QueryError> {
    const EXPIRED: &str = "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE expires_at <= $1 LIMIT $2)";
    database.purge(EXPIRED, now).await
}
