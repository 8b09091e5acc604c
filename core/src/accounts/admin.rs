//! What operators see of users and do to them.

use sqlx::AnyConnection;

use super::{Accounts, ValidUsername};
use crate::database::QueryError;

/// How many users [`Accounts::users_after`] returns at most.
const PAGE_SIZE: i64 = 500;

/// A user, as operators see one. `Debug` is not implemented, since it would show the email address.
pub struct UserSummary {
    /// The row in `users`.
    pub id: i64,
    pub username: String,
    /// When the account was created, in seconds since 1970.
    pub created_at: i64,
    /// When the operator blocked the user, in seconds since 1970.
    pub blocked_at: Option<i64>,
    /// The primary email address, and whether it is verified.
    pub email: Option<(String, bool)>,
    /// How many sessions are stored.
    pub sessions: i64,
    /// When one of them was last used, in seconds since 1970.
    pub last_seen_at: Option<i64>,
}

impl Accounts {
    /// Returns the users with a higher id than `after`, in the order of their ids: as many as fit on a page, none at the end.
    pub async fn users_after(&self, after: i64) -> Result<Vec<UserSummary>, QueryError> {
        self.user_summaries(after, i64::MAX).await
    }

    /// Returns `None` if there is no such user.
    pub async fn user_summary(&self, user_id: i64) -> Result<Option<UserSummary>, QueryError> {
        Ok(self.user_summaries(user_id.saturating_sub(1), user_id).await?.pop())
    }

    /// Returns the ids of the users whom `who` may mean: a username, an email address, an openid, or `#` with an id.
    /// Unverified addresses count only if nobody has verified the address.
    pub async fn find_users(&self, who: &str) -> Result<Vec<i64>, QueryError> {
        let who = who.trim();
        let id: i64 = who.strip_prefix('#').and_then(|id| id.parse().ok()).unwrap_or_default();
        let key = ValidUsername::parse(who).map_or_else(|_| who.to_owned(), |username| username.key().to_owned());
        let rows: Vec<(i64,)> = sqlx::query_as(
            "SELECT id FROM users WHERE id = $1 OR username_key = $2 \
             OR id IN (SELECT user_id FROM open_ids WHERE openid = $3 AND company_id IN (SELECT id FROM companies)) \
             OR id IN (SELECT user_id FROM email_addresses AS mine WHERE email = $4 AND (verified OR NOT EXISTS \
             (SELECT 1 FROM email_addresses AS other WHERE other.email = mine.email AND other.verified))) ORDER BY id",
        )
        .bind(id)
        .bind(key)
        .bind(who)
        .bind(who.to_lowercase())
        .fetch_all(self.database.reader())
        .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Blocks a user and ends all sessions of theirs. A user who is blocked already stays so. `now` is in seconds since
    /// 1970.
    pub async fn block(&self, user_id: i64, now: i64) -> Result<(), QueryError> {
        self.database.write(move |connection| Box::pin(block(connection, user_id, now))).await
    }

    pub async fn unblock(&self, user_id: i64) -> Result<(), QueryError> {
        let unblock = sqlx::query("UPDATE users SET blocked_at = NULL WHERE id = $1").bind(user_id);
        self.database.execute(unblock).await?;
        Ok(())
    }

    /// Ends all sessions of a user.
    pub async fn sign_out(&self, user_id: i64) -> Result<(), QueryError> {
        let delete = sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user_id);
        self.database.execute(delete).await?;
        Ok(())
    }

    /// Returns the users with ids after `after`, up to `last`.
    async fn user_summaries(&self, after: i64, last: i64) -> Result<Vec<UserSummary>, QueryError> {
        type Row = (i64, String, i64, Option<i64>, Option<String>, i64, i64, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT users.id, username, users.created_at, blocked_at, email, \
             CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT), \
             (SELECT COUNT(*) FROM sessions WHERE sessions.user_id = users.id), \
             (SELECT MAX(last_seen_at) FROM sessions WHERE sessions.user_id = users.id) FROM users \
             LEFT JOIN email_addresses ON email_addresses.user_id = users.id AND is_primary \
             WHERE users.id > $1 AND users.id <= $2 ORDER BY users.id LIMIT $3",
        )
        .bind(after)
        .bind(last)
        .bind(PAGE_SIZE)
        .fetch_all(self.database.reader())
        .await?;
        let summary = |(id, username, created_at, blocked_at, email, verified, sessions, last_seen_at): Row| {
            let email = email.map(|address| (address, verified == 1));
            UserSummary { id, username, created_at, blocked_at, email, sessions, last_seen_at }
        };
        Ok(rows.into_iter().map(summary).collect())
    }
}

async fn block(connection: &mut AnyConnection, user_id: i64, now: i64) -> Result<(), QueryError> {
    sqlx::query("UPDATE users SET blocked_at = $1 WHERE id = $2 AND blocked_at IS NULL")
        .bind(now)
        .bind(user_id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user_id).execute(connection).await?;
    Ok(())
}
