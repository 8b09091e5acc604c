//! What is known of a person, for that person to take along or to have deleted.

use super::Accounts;

/// Everything that the tables of people hold of one.
pub struct AccountExport {
    /// The user name.
    pub username: String,
    /// When the account was made, in seconds since 1970.
    pub created_at: i64,
    /// Their e-mail addresses.
    pub email_addresses: Vec<ExportedEmail>,
    /// Who they are elsewhere.
    pub identities: Vec<ExportedIdentity>,
}

/// One e-mail address.
pub struct ExportedEmail {
    /// The address.
    pub email: String,
    /// Whether it is known to be theirs.
    pub is_verified: bool,
    /// Since when it is known, in seconds since 1970.
    pub created_at: i64,
}

/// Who somebody is at one company, with what it told of them.
pub struct ExportedIdentity {
    /// The company.
    pub company: String,
    /// Who they are there.
    pub openid: String,
    /// The same across the apps of one developer, if asked for and given.
    pub unionid: Option<String>,
    /// The nickname there.
    pub nickname: Option<String>,
    /// The hash under which the avatar is kept.
    pub avatar_hash: Option<String>,
    /// Since when it is known, in seconds since 1970.
    pub created_at: i64,
}

impl Accounts {
    /// Gathers what is known of a user; `None` if there is no such user.
    pub async fn export(&self, user_id: i64) -> Result<Option<AccountExport>, sqlx::Error> {
        let user: Option<(String, i64)> = sqlx::query_as("SELECT username, created_at FROM users WHERE id = $1")
            .bind(user_id)
            .fetch_optional(&self.pool)
            .await?;
        let Some((username, created_at)) = user else { return Ok(None) };
        let (email_addresses, identities) = (self.own_emails(user_id).await?, self.own_identities(user_id).await?);
        Ok(Some(AccountExport { username, created_at, email_addresses, identities }))
    }

    async fn own_emails(&self, user_id: i64) -> Result<Vec<ExportedEmail>, sqlx::Error> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT email, CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT), created_at FROM email_addresses \
             WHERE user_id = $1 ORDER BY id",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await?;
        let emails = rows.into_iter();
        Ok(emails
            .map(|(email, verified, created_at)| ExportedEmail { email, is_verified: verified == 1, created_at })
            .collect())
    }

    async fn own_identities(&self, user_id: i64) -> Result<Vec<ExportedIdentity>, sqlx::Error> {
        type Row = (String, String, Option<String>, Option<String>, Option<String>, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT companies.company, openid, unionid, nickname, avatar_hash, created_at FROM open_ids \
             JOIN companies ON companies.id = open_ids.company_id WHERE user_id = $1 ORDER BY open_ids.id",
        )
        .bind(user_id)
        .fetch_all(&self.pool)
        .await?;
        let identity = |(company, openid, unionid, nickname, avatar_hash, created_at): Row| ExportedIdentity {
            company,
            openid,
            unionid,
            nickname,
            avatar_hash,
            created_at,
        };
        Ok(rows.into_iter().map(identity).collect())
    }

    /// Deletes a user with all that is theirs: addresses, openids, sessions, and their avatars unless
    /// somebody else has the same picture. All of it or nothing.
    pub async fn delete(&self, user_id: i64) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "DELETE FROM avatars WHERE hash IN (SELECT avatar_hash FROM open_ids WHERE user_id = $1) AND NOT EXISTS \
             (SELECT 1 FROM open_ids WHERE open_ids.avatar_hash = avatars.hash AND open_ids.user_id <> $1)",
        )
        .bind(user_id)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM users WHERE id = $1").bind(user_id).execute(&mut *transaction).await?;
        transaction.commit().await
    }
}
