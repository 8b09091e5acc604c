//! Making an account: user, e-mail address and openid in one transaction.
//!
//! The unique constraints decide races. Nothing is looked up first and believed later.

use sqlx::AnyConnection;

use super::{Account, Accounts, COMPANY_QQ, ValidUsername};
use crate::validation::Email;

/// Who somebody proved to be at QQ.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// The openid exactly as received.
    pub openid: &'a str,
    /// The unionid, if it was asked for and given.
    pub unionid: Option<&'a str>,
}

/// An account to be made.
#[derive(Clone, Copy)]
pub struct NewAccount<'a> {
    /// The user name.
    pub name: &'a ValidUsername,
    /// The e-mail address, if one was typed.
    pub email: Option<&'a Email>,
    /// Whether that address counts as verified, unless somebody else has verified it.
    pub trust_email: bool,
    /// Whom the account belongs to.
    pub identity: Identity<'a>,
}

/// What came of making an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The account was made.
    Created(Account),
    /// Somebody else has the user name; nothing was made.
    UsernameTaken,
    /// This identity has an account already, perhaps since a moment ago; nothing was made.
    AlreadyRegistered(Account),
}

impl Accounts {
    /// Makes an account, whole or not at all. `now` is in seconds since 1970.
    pub async fn create(&self, account: NewAccount<'_>, now: i64) -> Result<CreateOutcome, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let Some(user_id) = insert_user(&mut transaction, account.name, now).await? else {
            transaction.rollback().await?;
            // The name may be taken by this very person's other click.
            return Ok(match self.find_by_openid(COMPANY_QQ, account.identity.openid).await? {
                Some(known) => CreateOutcome::AlreadyRegistered(known),
                None => CreateOutcome::UsernameTaken,
            });
        };
        if let Some(email) = account.email {
            insert_email(&mut transaction, user_id, email, account.trust_email, now).await?;
        }
        if !insert_identity(&mut transaction, user_id, account.identity, now).await? {
            transaction.rollback().await?;
            return match self.find_by_openid(COMPANY_QQ, account.identity.openid).await? {
                Some(known) => Ok(CreateOutcome::AlreadyRegistered(known)),
                // The other account was deleted between the two statements.
                None => Err(sqlx::Error::RowNotFound),
            };
        }
        transaction.commit().await?;
        Ok(CreateOutcome::Created(Account { user_id, username: account.name.shown().to_owned() }))
    }
}

async fn insert_user(
    connection: &mut AnyConnection,
    name: &ValidUsername,
    now: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO users (username, username_key, lookalike_key, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(name.shown())
    .bind(name.key())
    .bind(name.skeleton())
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// Stores a person's first address. One that somebody else has verified is stored unverified,
/// without a word: the answer must not tell who has an account. Once an address is verified,
/// unverified claims of others to it are dropped, so that they can never grow into anything.
async fn insert_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    trusted: bool,
    now: i64,
) -> Result<(), sqlx::Error> {
    let is_verified = trusted && insert_email_row(connection, user_id, email, true, now).await?;
    if is_verified {
        sqlx::query("DELETE FROM email_addresses WHERE email = $1 AND user_id <> $2 AND NOT verified")
            .bind(email.as_str())
            .bind(user_id)
            .execute(connection)
            .await?;
    } else {
        insert_email_row(connection, user_id, email, false, now).await?;
    }
    Ok(())
}

async fn insert_email_row(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    verified: bool,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO email_addresses (user_id, email, verified, is_primary, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(user_id)
    .bind(email.as_str())
    .bind(verified)
    .bind(true)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

async fn insert_identity(
    connection: &mut AnyConnection,
    user_id: i64,
    identity: Identity<'_>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, created_at) \
         SELECT $1, id, $2, $3, $4 FROM companies WHERE company = $5 \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(user_id)
    .bind(identity.openid)
    .bind(identity.unionid)
    .bind(now)
    .bind(COMPANY_QQ)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
