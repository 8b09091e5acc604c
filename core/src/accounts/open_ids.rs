//! The openids of a user: listing them, linking another one, unlinking one.
//!
//! What changes them runs in the transaction of its caller.

use sqlx::AnyConnection;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;

use super::{Accounts, COMPANY_QQ, Profile};
use crate::database::QueryError;

/// An openid that belongs to a user. `Debug` is not implemented, since it would show it.
#[derive(Clone)]
pub struct LinkedIdentity {
    /// The row in `open_ids`.
    pub id: i64,
    /// The company that issued it.
    pub company: String,
    /// The user's id there.
    pub openid: String,
    /// The id that all apps of one developer share, if requested and received.
    pub unionid: Option<String>,
    /// The nickname and avatar there.
    pub profile: Profile,
    /// When it was linked, in seconds since 1970.
    pub created_at: i64,
    /// When it was last used to sign in, in seconds since 1970, if known.
    pub last_used_at: Option<i64>,
}

/// The id of a user at a company. `Debug` is not implemented, since it would show it.
#[derive(Clone)]
pub struct OpenId {
    /// A name in the table `companies`.
    pub company: String,
    /// The openid, exactly as received.
    pub openid: String,
    /// The unionid, if requested and received.
    pub unionid: Option<String>,
}

/// The result of [`add_open_id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOutcome {
    Linked,
    /// The user has this openid already.
    AlreadyLinked,
    /// Another user has it. Nothing was changed.
    LinkedElsewhere,
}

/// The result of [`unlink_open_id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlinkOutcome {
    Unlinked,
    /// The user has no other openid and could not sign in any more. Nothing was changed.
    LastOne,
    /// The user has no such openid.
    NotLinked,
}

impl Accounts {
    /// Returns the user's openids, the first linked first.
    pub async fn identities(&self, user_id: i64) -> Result<Vec<LinkedIdentity>, QueryError> {
        type Row = (i64, String, String, Option<String>, Option<String>, Option<String>, i64, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT open_ids.id, companies.company, openid, unionid, nickname, avatar_hash, created_at, last_used_at \
             FROM open_ids JOIN companies ON companies.id = open_ids.company_id WHERE user_id = $1 ORDER BY open_ids.id",
        )
        .bind(user_id)
        .fetch_all(self.database.reader())
        .await?;
        let identity =
            |(id, company, openid, unionid, nickname, avatar_hash, created_at, last_used_at)| LinkedIdentity {
                id,
                company,
                openid,
                unionid,
                profile: Profile { nickname, avatar_hash },
                created_at,
                last_used_at,
            };
        Ok(rows.into_iter().map(identity).collect())
    }

    /// Returns the profiles of a user's QQ accounts, the first linked first.
    pub async fn linked_profiles(&self, user_id: i64) -> Result<Vec<Profile>, QueryError> {
        let rows: Vec<(Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT nickname, avatar_hash FROM open_ids \
             WHERE user_id = $1 AND company_id = (SELECT id FROM companies WHERE company = $2) ORDER BY id",
        )
        .bind(user_id)
        .bind(COMPANY_QQ)
        .fetch_all(self.database.reader())
        .await?;
        Ok(rows.into_iter().map(|(nickname, avatar_hash)| Profile { nickname, avatar_hash }).collect())
    }
}

/// Links an openid to a user, unless a user has it already. As in a sign-in, an openid belongs to the user who has its
/// unionid.
/// `now` is in seconds since 1970.
pub async fn add_open_id(
    connection: &mut AnyConnection,
    user_id: i64,
    open_id: &OpenId,
    profile: &Profile,
    now: i64,
) -> Result<LinkOutcome, QueryError> {
    if let Some(unionid) = &open_id.unionid {
        link_by_unionid(&open_id.openid, unionid, now).execute(&mut *connection).await?;
    }
    if link_open_id(connection, user_id, open_id, profile, now).await? {
        return Ok(LinkOutcome::Linked);
    }
    let owner = find_owner(connection, open_id).await?;
    Ok(if owner == Some(user_id) { LinkOutcome::AlreadyLinked } else { LinkOutcome::LinkedElsewhere })
}

/// Links an openid to a user. Returns false if a user has it already. `now` is in seconds since 1970.
pub async fn link_open_id(
    connection: &mut AnyConnection,
    user_id: i64,
    open_id: &OpenId,
    profile: &Profile,
    now: i64,
) -> Result<bool, QueryError> {
    Ok(insert_open_id(connection, user_id, open_id, profile, now).await?.is_some())
}

/// Unlinks an openid (a row in `open_ids`) from a user and ends the sessions that were signed in with it, but never the
/// last one: an email address alone does not sign in.
pub async fn unlink_open_id(
    connection: &mut AnyConnection,
    user_id: i64,
    identity_id: i64,
) -> Result<UnlinkOutcome, QueryError> {
    // Locks the user: of two requests at once, the second has to see what the first has left.
    sqlx::query("UPDATE users SET created_at = created_at WHERE id = $1")
        .bind(user_id)
        .execute(&mut *connection)
        .await?;
    // A foreign key deletes the sessions.
    let deleted = sqlx::query(
        "DELETE FROM open_ids WHERE id = $1 AND user_id = $2 AND EXISTS \
         (SELECT 1 FROM open_ids AS other WHERE other.user_id = $2 AND other.id <> $1)",
    )
    .bind(identity_id)
    .bind(user_id)
    .execute(&mut *connection)
    .await?;
    if deleted.rows_affected() == 0 {
        let row: Option<(i64,)> = sqlx::query_as("SELECT id FROM open_ids WHERE id = $1 AND user_id = $2")
            .bind(identity_id)
            .bind(user_id)
            .fetch_optional(connection)
            .await?;
        return Ok(if row.is_some() { UnlinkOutcome::LastOne } else { UnlinkOutcome::NotLinked });
    }
    // Sessions of earlier versions do not say which openid they belong to.
    sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND identity_id IS NULL")
        .bind(user_id)
        .execute(connection)
        .await?;
    Ok(UnlinkOutcome::Unlinked)
}

/// Unlinks all of a user's QQ accounts but the openid `kept`, in the transaction of `connection`. The caller ends their
/// sessions. Returns how many were unlinked.
pub async fn unlink_other_open_ids(
    connection: &mut AnyConnection,
    user_id: i64,
    kept: &str,
) -> Result<u64, QueryError> {
    let deleted = sqlx::query(
        "DELETE FROM open_ids WHERE user_id = $1 AND openid <> $2 \
         AND company_id = (SELECT id FROM companies WHERE company = $3)",
    )
    .bind(user_id)
    .bind(kept)
    .bind(COMPANY_QQ)
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

/// The statement that adds an unknown openid to the account that has the unionid: the site has another App ID than when
/// the user registered. It changes no row if there is no such account. If there are several, the oldest openid counts.
/// `now` is in seconds since 1970.
pub(super) fn link_by_unionid(openid: &str, unionid: &str, now: i64) -> Query<'static, Any, AnyArguments> {
    sqlx::query(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, created_at, last_used_at) \
         SELECT user_id, company_id, $1, unionid, $2, $2 FROM open_ids \
         WHERE unionid = $3 AND company_id = (SELECT id FROM companies WHERE company = $4) ORDER BY id LIMIT 1 \
         ON CONFLICT DO NOTHING",
    )
    .bind(openid.to_owned())
    .bind(now)
    .bind(unionid.to_owned())
    .bind(COMPANY_QQ)
}

/// Links an openid to a user. Returns the row in `open_ids`, or `None` if a user has the openid already.
pub(super) async fn insert_open_id(
    connection: &mut AnyConnection,
    user_id: i64,
    open_id: &OpenId,
    profile: &Profile,
    now: i64,
) -> Result<Option<i64>, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, nickname, avatar_hash, created_at, last_used_at) \
         SELECT $1, id, $2, $3, $4, $5, $6, $6 FROM companies WHERE company = $7 \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(user_id)
    .bind(&open_id.openid)
    .bind(open_id.unionid.as_deref())
    .bind(profile.nickname.as_deref())
    .bind(profile.avatar_hash.as_deref())
    .bind(now)
    .bind(&open_id.company)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id,)| id))
}

/// Returns the user who has an openid.
pub(super) async fn find_owner(connection: &mut AnyConnection, open_id: &OpenId) -> Result<Option<i64>, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "SELECT user_id FROM open_ids \
         WHERE openid = $1 AND company_id = (SELECT id FROM companies WHERE company = $2)",
    )
    .bind(&open_id.openid)
    .bind(&open_id.company)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(user_id,)| user_id))
}
