//! Everything stored about a user, for the data export.

use super::{Accounts, EmailAddress};
use crate::database::QueryError;

/// The contents of the account tables about one user.
pub struct AccountExport {
    /// The username.
    pub username: String,
    /// When the account was created, in seconds since 1970.
    pub created_at: i64,
    /// The email addresses.
    pub email_addresses: Vec<EmailAddress>,
    /// The identities at other companies.
    pub identities: Vec<ExportedIdentity>,
}

/// An identity at another company, with the profile received from it.
pub struct ExportedIdentity {
    /// The company.
    pub company: String,
    /// The user's id there.
    pub openid: String,
    /// The id that all apps of one developer share, if requested and received.
    pub unionid: Option<String>,
    /// The nickname there.
    pub nickname: Option<String>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<String>,
    /// When it was stored, in seconds since 1970.
    pub created_at: i64,
}

impl Accounts {
    /// Returns everything stored about a user, or `None` if there is no such user.
    pub async fn export(&self, user_id: i64) -> Result<Option<AccountExport>, QueryError> {
        let user: Option<(String, i64)> = sqlx::query_as("SELECT username, created_at FROM users WHERE id = $1")
            .bind(user_id)
            .fetch_optional(self.database.reader())
            .await?;
        let Some((username, created_at)) = user else { return Ok(None) };
        let email_addresses = self.email_addresses(user_id).await?;
        let identities = self.identities(user_id).await?;
        Ok(Some(AccountExport { username, created_at, email_addresses, identities }))
    }

    async fn identities(&self, user_id: i64) -> Result<Vec<ExportedIdentity>, QueryError> {
        type Row = (String, String, Option<String>, Option<String>, Option<String>, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT companies.company, openid, unionid, nickname, avatar_hash, created_at FROM open_ids \
             JOIN companies ON companies.id = open_ids.company_id WHERE user_id = $1 ORDER BY open_ids.id",
        )
        .bind(user_id)
        .fetch_all(self.database.reader())
        .await?;
        let identity = |(company, openid, unionid, nickname, avatar_hash, created_at)| ExportedIdentity {
            company,
            openid,
            unionid,
            nickname,
            avatar_hash,
            created_at,
        };
        Ok(rows.into_iter().map(identity).collect())
    }
}
