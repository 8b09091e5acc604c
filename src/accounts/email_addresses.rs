//! The email addresses of a user.

use sqlx::AnyConnection;

use super::Accounts;
use crate::database::QueryError;
use crate::validation::Email;

/// A stored email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    /// The address, trimmed and in lower case.
    pub email: String,
    /// Whether it is known to be the user's.
    pub is_verified: bool,
    /// When it was stored, in seconds since 1970.
    pub created_at: i64,
}

impl Accounts {
    /// Returns the user's addresses, the primary one first.
    pub async fn email_addresses(&self, user_id: i64) -> Result<Vec<EmailAddress>, QueryError> {
        // As a number, since SQLite has no booleans.
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT email, CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT), created_at FROM email_addresses \
             WHERE user_id = $1 ORDER BY is_primary DESC, id",
        )
        .bind(user_id)
        .fetch_all(self.database.reader())
        .await?;
        let address = |(email, verified, created_at)| EmailAddress { email, is_verified: verified == 1, created_at };
        Ok(rows.into_iter().map(address).collect())
    }
}

/// Stores the first address of a user, as verified if `is_trusted` and no other user has verified
/// it. Otherwise it is stored unverified, and the result is the same, so that it does not reveal
/// who has an account. Verifying an address deletes the unverified rows that other users have of it.
pub(super) async fn insert_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    is_trusted: bool,
    now: i64,
) -> Result<(), QueryError> {
    if is_trusted && insert_row(connection, user_id, email, true, now).await? {
        sqlx::query("DELETE FROM email_addresses WHERE email = $1 AND user_id <> $2 AND NOT verified")
            .bind(email.as_str())
            .bind(user_id)
            .execute(connection)
            .await?;
    } else {
        insert_row(connection, user_id, email, false, now).await?;
    }
    Ok(())
}

/// Returns false if a unique constraint prevented it.
async fn insert_row(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    is_verified: bool,
    now: i64,
) -> Result<bool, QueryError> {
    let inserted = sqlx::query(
        "INSERT INTO email_addresses (user_id, email, verified, is_primary, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(user_id)
    .bind(email.as_str())
    .bind(is_verified)
    .bind(true)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
