//! The QQ accounts of a user.

use sqlx::AnyConnection;

use super::{Accounts, COMPANY_QQ, Profile};
use crate::database::QueryError;

/// The id of a user at QQ. `Debug` is not implemented, since it would show it.
#[derive(Clone)]
pub struct OpenId {
    /// The openid, exactly as received.
    pub openid: String,
    /// The unionid, if requested and received.
    pub unionid: Option<String>,
}

/// Links an openid to a user, in the transaction of `connection`. Returns false if a user has it already. `now` is in
/// seconds since 1970.
pub async fn link_open_id(
    connection: &mut AnyConnection,
    user_id: i64,
    open_id: &OpenId,
    profile: &Profile,
    now: i64,
) -> Result<bool, QueryError> {
    let inserted = sqlx::query(
        "INSERT INTO open_ids (user_id, company_id, openid, unionid, nickname, avatar_hash, created_at) \
         SELECT $1, id, $2, $3, $4, $5, $6 FROM companies WHERE company = $7 \
         ON CONFLICT DO NOTHING",
    )
    .bind(user_id)
    .bind(&open_id.openid)
    .bind(open_id.unionid.as_deref())
    .bind(profile.nickname.as_deref())
    .bind(profile.avatar_hash.as_deref())
    .bind(now)
    .bind(COMPANY_QQ)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
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

impl Accounts {
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
