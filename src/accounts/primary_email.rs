//! A person's e-mail address.

use super::Accounts;

/// The address that is used for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryEmail {
    /// The address.
    pub email: String,
    /// Whether it is known to be theirs.
    pub is_verified: bool,
}

impl Accounts {
    /// Finds a user's primary address, if they have one.
    pub async fn primary_email(&self, user_id: i64) -> Result<Option<PrimaryEmail>, sqlx::Error> {
        // As a number, since the two databases do not agree on what a boolean is.
        let row: Option<(String, i64)> = sqlx::query_as(
            "SELECT email, CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT) FROM email_addresses \
             WHERE user_id = $1 AND is_primary LIMIT 1",
        )
        .bind(user_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(email, verified)| PrimaryEmail { email, is_verified: verified == 1 }))
    }
}
