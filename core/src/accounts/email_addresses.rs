//! The email addresses of a user.

use sqlx::AnyConnection;

use super::Accounts;
use crate::database::QueryError;
use crate::validation::Email;

/// How many addresses a user can have.
pub const MAX_EMAIL_ADDRESSES: usize = 5;

/// A stored email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    /// The row in `email_addresses`.
    pub id: i64,
    /// The address, trimmed and in lower case.
    pub email: String,
    /// Whether it is known to be the user's.
    pub is_verified: bool,
    /// Whether it is the one that the site uses.
    pub is_primary: bool,
    /// When it was stored, in seconds since 1970.
    pub created_at: i64,
    /// When a verification mail was last sent to it, in seconds since 1970, if that was not long ago.
    pub verification_sent_at: Option<i64>,
}

/// Whether typed addresses count as verified (`EMAIL_TRUST`). If they do, an address that is not verified belongs to
/// another user, which nothing may reveal: then no address is preferred because it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailTrust {
    Typed,
    VerifiedOnly,
}

impl Accounts {
    /// Returns the user's addresses, the primary one first.
    pub async fn email_addresses(&self, user_id: i64) -> Result<Vec<EmailAddress>, QueryError> {
        list(self.database.reader(), user_id).await
    }
}

/// Returns the user's addresses, the primary one first.
pub(super) async fn list(
    executor: impl sqlx::Executor<'_, Database = sqlx::Any>,
    user_id: i64,
) -> Result<Vec<EmailAddress>, QueryError> {
    // As numbers, since SQLite has no booleans.
    type Row = (i64, String, i64, i64, i64, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, email, CAST(CASE WHEN verified THEN 1 ELSE 0 END AS BIGINT), \
         CAST(CASE WHEN is_primary THEN 1 ELSE 0 END AS BIGINT), created_at, \
         (SELECT MAX(mail_links.created_at) FROM mail_links WHERE mail_links.user_id = email_addresses.user_id \
         AND mail_links.email = email_addresses.email AND purpose = 'verify_email') FROM email_addresses \
         WHERE user_id = $1 ORDER BY is_primary DESC, id",
    )
    .bind(user_id)
    .fetch_all(executor)
    .await?;
    let address = |(id, email, verified, primary, created_at, verification_sent_at)| EmailAddress {
        id,
        email,
        is_verified: verified == 1,
        is_primary: primary == 1,
        created_at,
        verification_sent_at,
    };
    Ok(rows.into_iter().map(address).collect())
}

/// Stores an address of a user, as verified if `is_trusted` and no other user has verified it. Otherwise it is stored
/// unverified, and the result is the same, so that it does not reveal who has an account. The first one is the primary one.
pub(super) async fn insert_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    trust: EmailTrust,
    is_first: bool,
    now: i64,
) -> Result<(), QueryError> {
    let mut row = NewRow { user_id, email: email.as_str(), is_verified: true, is_primary: is_first, created_at: now };
    if trust == EmailTrust::Typed && insert_row(connection, &row).await? {
        delete_claims(connection, email.as_str(), trust).await?;
    } else {
        row.is_verified = false;
        insert_row(connection, &row).await?;
    }
    Ok(())
}

pub(super) struct NewRow<'a> {
    pub(super) user_id: i64,
    pub(super) email: &'a str,
    pub(super) is_verified: bool,
    pub(super) is_primary: bool,
    pub(super) created_at: i64,
}

/// Returns false if a unique constraint prevented it.
pub(super) async fn insert_row(connection: &mut AnyConnection, row: &NewRow<'_>) -> Result<bool, QueryError> {
    let inserted = sqlx::query(
        "INSERT INTO email_addresses (user_id, email, verified, is_primary, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(row.user_id)
    .bind(row.email)
    .bind(row.is_verified)
    .bind(row.is_primary)
    .bind(row.created_at)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Deletes all unverified rows of an address: a user has verified it.
pub(super) async fn delete_claims(
    connection: &mut AnyConnection,
    email: &str,
    trust: EmailTrust,
) -> Result<(), QueryError> {
    let users: Vec<(i64,)> =
        sqlx::query_as("DELETE FROM email_addresses WHERE email = $1 AND NOT verified RETURNING user_id")
            .bind(email)
            .fetch_all(&mut *connection)
            .await?;
    for (user_id,) in users {
        ensure_primary(connection, user_id, trust).await?;
    }
    Ok(())
}

/// Makes an address of the user the primary one if none is: the oldest verified one, if addresses are verified.
pub(super) async fn ensure_primary(
    connection: &mut AnyConnection,
    user_id: i64,
    trust: EmailTrust,
) -> Result<(), QueryError> {
    let next = match trust {
        EmailTrust::VerifiedOnly => {
            "UPDATE email_addresses SET is_primary = TRUE WHERE id = \
             (SELECT id FROM email_addresses WHERE user_id = $1 ORDER BY verified DESC, id LIMIT 1) \
             AND NOT EXISTS (SELECT 1 FROM email_addresses WHERE user_id = $1 AND is_primary)"
        }
        EmailTrust::Typed => {
            "UPDATE email_addresses SET is_primary = TRUE WHERE id = \
             (SELECT id FROM email_addresses WHERE user_id = $1 ORDER BY id LIMIT 1) \
             AND NOT EXISTS (SELECT 1 FROM email_addresses WHERE user_id = $1 AND is_primary)"
        }
    };
    sqlx::query(next).bind(user_id).execute(connection).await?;
    Ok(())
}
