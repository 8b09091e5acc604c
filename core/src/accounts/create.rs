//! Creates an account: user, email address and openid in one transaction.
//!
//! Unique constraints decide races between requests; nothing relies on an earlier lookup.

use sqlx::AnyConnection;

use super::change_username::reserved_since;
use super::email_addresses::{EmailTrust, insert_email};
use super::open_ids::{OpenId, find_owner, insert_open_id, link_by_unionid};
use super::{Profile, ValidUsername};
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
    /// The user's id at the company that identified them.
    pub open_id: OpenId,
    /// The nickname and avatar at QQ.
    pub profile: Profile,
}

/// The result of [`create`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The account was created. `identity_id` is the row in `open_ids`.
    Created { user_id: i64, identity_id: i64 },
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
    let OpenId { openid, unionid, .. } = &account.open_id;
    if let Some(unionid) = unionid {
        let linked = link_by_unionid(openid, unionid, now).execute(&mut *connection).await?;
        if linked.rows_affected() == 1 {
            return Ok(CreateOutcome::AlreadyRegistered);
        }
    }
    let Some(user_id) = insert_user(connection, &account.username, now).await? else {
        // The same user may have taken the name, by sending the form twice.
        let owner = find_owner(connection, &account.open_id).await?;
        return Ok(if owner.is_some() { CreateOutcome::AlreadyRegistered } else { CreateOutcome::UsernameTaken });
    };
    let linked = insert_open_id(connection, user_id, &account.open_id, &account.profile, now).await?;
    let Some(identity_id) = linked else {
        sqlx::query("DELETE FROM users WHERE id = $1").bind(user_id).execute(connection).await?;
        return Ok(CreateOutcome::AlreadyRegistered);
    };
    if let Some(email) = &account.email {
        insert_email(connection, user_id, email, account.email_trust, true, now).await?;
    }
    Ok(CreateOutcome::Created { user_id, identity_id })
}

/// Returns the new user's id, or `None` if the username is taken, or reserved for the user who had it.
async fn insert_user(
    connection: &mut AnyConnection,
    username: &ValidUsername,
    now: i64,
) -> Result<Option<i64>, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO users (username, username_key, lookalike_key, created_at) SELECT $1, $2, $3, $4 \
         WHERE NOT EXISTS (SELECT 1 FROM former_usernames WHERE (username_key = $2 OR lookalike_key = $3) \
         AND given_up_at > $5) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(username.shown())
    .bind(username.key())
    .bind(username.skeleton())
    .bind(now)
    .bind(reserved_since(now))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id,)| id))
}
