//! Creates an account: user, email address and openid in one transaction.
//!
//! Unique constraints decide races between requests; nothing relies on an earlier lookup.

use sqlx::AnyConnection;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;

use super::email_addresses::{EmailTrust, insert_email};
use super::open_ids::{OpenId, link_open_id};
use super::{COMPANY_QQ, Profile, ValidUsername};
use crate::database::QueryError;
use crate::validation::Email;

/// The account to create. `Debug` is not implemented, since it would show the email address.
#[derive(Clone)]
pub struct NewAccount {
    pub username: ValidUsername,
    /// The email address, if one was typed.
    pub email: Option<Email>,
    /// Whether to store the address as verified, unless another user has verified it.
    pub email_trust: EmailTrust,
    /// The user's id at QQ.
    pub open_id: OpenId,
    /// The nickname and avatar at QQ.
    pub profile: Profile,
}

/// The result of [`create`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The account was created.
    Created { user_id: i64 },
    /// Another user has the username; nothing was created.
    UsernameTaken,
    /// The openid already has an account, perhaps since a moment ago; nothing was created.
    AlreadyRegistered,
}

/// Creates an account, or nothing, in the transaction of `connection`. `now` is in seconds since 1970.
pub async fn create(
    connection: &mut AnyConnection,
    account: &NewAccount,
    now: i64,
) -> Result<CreateOutcome, QueryError> {
    let OpenId { openid, unionid } = &account.open_id;
    if let Some(unionid) = unionid {
        let linked = link_by_unionid(openid, unionid, now).execute(&mut *connection).await?;
        if linked.rows_affected() == 1 {
            return Ok(CreateOutcome::AlreadyRegistered);
        }
    }
    let Some(user_id) = insert_user(connection, &account.username, now).await? else {
        // The same user may have taken the name, by sending the form twice.
        let is_registered = is_registered(connection, openid).await?;
        return Ok(if is_registered { CreateOutcome::AlreadyRegistered } else { CreateOutcome::UsernameTaken });
    };
    if !link_open_id(connection, user_id, &account.open_id, &account.profile, now).await? {
        sqlx::query("DELETE FROM users WHERE id = $1").bind(user_id).execute(connection).await?;
        return Ok(CreateOutcome::AlreadyRegistered);
    }
    if let Some(email) = &account.email {
        insert_email(connection, user_id, email, account.email_trust, true, now).await?;
    }
    Ok(CreateOutcome::Created { user_id })
}

/// The statement that adds an unknown openid to the account that has the unionid: the site has another App ID than when
/// the user registered. It changes no row if there is no such account. If there are several, the oldest openid counts.
/// `now` is in seconds since 1970.
pub(super) fn link_by_unionid(openid: &str, unionid: &str, now: i64) -> Query<'static, Any, AnyArguments> {
    sqlx::query(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, created_at) \
         SELECT user_id, company_id, $1, unionid, $2 FROM open_ids \
         WHERE unionid = $3 AND company_id = (SELECT id FROM companies WHERE company = $4) ORDER BY id LIMIT 1 \
         ON CONFLICT DO NOTHING",
    )
    .bind(openid.to_owned())
    .bind(now)
    .bind(unionid.to_owned())
    .bind(COMPANY_QQ)
}

async fn is_registered(connection: &mut AnyConnection, openid: &str) -> Result<bool, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "SELECT user_id FROM open_ids \
         WHERE openid = $1 AND company_id = (SELECT id FROM companies WHERE company = $2)",
    )
    .bind(openid)
    .bind(COMPANY_QQ)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Returns the new user's id, or `None` if the username is taken.
async fn insert_user(
    connection: &mut AnyConnection,
    username: &ValidUsername,
    now: i64,
) -> Result<Option<i64>, QueryError> {
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
