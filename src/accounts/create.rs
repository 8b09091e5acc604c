//! Creates an account: user, email address and openid in one transaction.
//!
//! Unique constraints decide races between requests; nothing relies on an earlier lookup.

use sqlx::AnyConnection;

use super::email_addresses::insert_email;
use super::{Account, Accounts, COMPANY_QQ, ValidUsername};
use crate::validation::Email;

/// A user's identity at QQ.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// The openid exactly as received.
    pub openid: &'a str,
    /// The unionid, if requested and received.
    pub unionid: Option<&'a str>,
}

/// The account to create.
#[derive(Clone, Copy)]
pub struct NewAccount<'a> {
    /// The username.
    pub username: &'a ValidUsername,
    /// The email address, if one was typed.
    pub email: Option<&'a Email>,
    /// Whether to store the address as verified, unless another user has verified it.
    pub trust_email: bool,
    /// The identity that signs in to the account.
    pub identity: Identity<'a>,
}

/// The result of [`Accounts::create`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The account was created.
    Created(Account),
    /// Another user has the username; nothing was created.
    UsernameTaken,
    /// The identity already has an account, perhaps since a moment ago; nothing was created.
    AlreadyRegistered(Account),
}

impl Accounts {
    /// Creates an account, or nothing. `now` is in seconds since 1970.
    pub async fn create(&self, account: NewAccount<'_>, now: i64) -> Result<CreateOutcome, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let Some(user_id) = insert_user(&mut transaction, account.username, now).await? else {
            transaction.rollback().await?;
            // The same user may have taken the name, by sending the form twice.
            let existing = self.find_by_openid(COMPANY_QQ, account.identity.openid).await?;
            return Ok(existing.map_or(CreateOutcome::UsernameTaken, CreateOutcome::AlreadyRegistered));
        };
        if let Some(email) = account.email {
            insert_email(&mut transaction, user_id, email, account.trust_email, now).await?;
        }
        if !insert_identity(&mut transaction, user_id, account.identity, now).await? {
            transaction.rollback().await?;
            let existing = self.find_by_openid(COMPANY_QQ, account.identity.openid).await?;
            // Not found if the existing account was deleted a moment ago.
            return existing.map(CreateOutcome::AlreadyRegistered).ok_or(sqlx::Error::RowNotFound);
        }
        transaction.commit().await?;
        Ok(CreateOutcome::Created(Account { user_id, username: account.username.shown().to_owned() }))
    }
}

/// Returns the new user's id, or `None` if the username is taken.
async fn insert_user(
    connection: &mut AnyConnection,
    username: &ValidUsername,
    now: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO users (username, username_key, lookalike_key, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(username.shown())
    .bind(username.key())
    .bind(username.skeleton())
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// Returns false if the openid has an account.
async fn insert_identity(
    connection: &mut AnyConnection,
    user_id: i64,
    identity: Identity<'_>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, created_at) \
         SELECT $1, id, $2, $3, $4 FROM companies WHERE company = $5 \
         ON CONFLICT DO NOTHING",
    )
    .bind(user_id)
    .bind(identity.openid)
    .bind(identity.unionid)
    .bind(now)
    .bind(COMPANY_QQ)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
