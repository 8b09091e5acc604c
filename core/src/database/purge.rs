//! Deletes expired rows in small batches, so that writers never wait for long.

use std::time::Duration;

use sqlx::AnyConnection;
use tokio::time::sleep;

use super::{Database, QueryError};

/// How many rows one transaction deletes.
const BATCH_ROWS: i64 = 500;
/// How long other writers go first, at least.
const PAUSE: Duration = Duration::from_millis(50);
/// Waits for the lock that one machine at a time holds, on PostgreSQL.
const LOCK: &str = "SELECT pg_advisory_xact_lock(3010)";

impl Database {
    /// Deletes rows until none is left. `sql` deletes at most `$2` rows that are older than `$1` (in seconds since 1970).
    /// On PostgreSQL, waits while another machine deletes a batch.
    pub async fn purge(&self, sql: &'static str, before: i64) -> Result<(), QueryError> {
        let is_shared = self.0.writer.is_none();
        let mut has_deleted = false;
        loop {
            let delete = self.write(move |connection| Box::pin(delete_batch(connection, sql, before, is_shared)));
            let deleted = delete.await?;
            has_deleted |= deleted > 0;
            if deleted < BATCH_ROWS.unsigned_abs() {
                break;
            }
            sleep(PAUSE).await;
        }
        if has_deleted {
            self.erase_deleted().await;
        }
        Ok(())
    }
}

async fn delete_batch(
    connection: &mut AnyConnection,
    sql: &'static str,
    before: i64,
    is_shared: bool,
) -> Result<u64, QueryError> {
    if is_shared {
        sqlx::raw_sql(LOCK).execute(&mut *connection).await?;
    }
    Ok(sqlx::query(sql).bind(before).bind(BATCH_ROWS).execute(connection).await?.rows_affected())
}
