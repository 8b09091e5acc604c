//! Everything stored about a user, for the data export.

use super::{Accounts, EmailAddress, FormerUsername, LinkedIdentity};
use crate::database::QueryError;

/// The contents of the account tables about one user.
pub struct AccountExport {
    /// The username.
    pub username: String,
    /// The former usernames that are reserved for the user.
    pub former_usernames: Vec<FormerUsername>,
    /// When the account was created, in seconds since 1970.
    pub created_at: i64,
    /// The email addresses.
    pub email_addresses: Vec<EmailAddress>,
    /// The identities at other companies.
    pub identities: Vec<LinkedIdentity>,
    /// When each browser that the user signed in with was last used, in seconds since 1970.
    pub known_browsers: Vec<i64>,
}

impl Accounts {
    /// Returns everything stored about a user, or `None` if there is no such user.
    pub async fn export(&self, user_id: i64) -> Result<Option<AccountExport>, QueryError> {
        let user: Option<(String, i64)> = sqlx::query_as("SELECT username, created_at FROM users WHERE id = $1")
            .bind(user_id)
            .fetch_optional(self.database.reader())
            .await?;
        let Some((username, created_at)) = user else { return Ok(None) };
        let former_usernames = self.former_usernames(user_id).await?;
        let email_addresses = self.email_addresses(user_id).await?;
        let identities = self.identities(user_id).await?;
        let known_browsers =
            sqlx::query_scalar("SELECT last_seen_at FROM known_browsers WHERE user_id = $1 ORDER BY last_seen_at")
                .bind(user_id)
                .fetch_all(self.database.reader())
                .await?;
        Ok(Some(AccountExport { username, former_usernames, created_at, email_addresses, identities, known_browsers }))
    }
}
