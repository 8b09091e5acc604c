//! Ends sessions in the transaction that takes away the reason for them.

use sqlx::AnyConnection;

use super::SqlSessionStore;
use crate::database::QueryError;

impl SqlSessionStore {
    /// Ends all sessions of a user, in the transaction of `connection`.
    pub async fn end_all_in(&self, connection: &mut AnyConnection, user_id: i64) -> Result<(), QueryError> {
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user_id).execute(connection).await?;
        Ok(())
    }
}
