//! The nickname and avatar of a user, as last received from QQ.

use std::fmt;

use sqlx::AnyConnection;

use super::{Account, Accounts, COMPANY_QQ};
use crate::database::QueryError;

/// A stored nickname and avatar. `Debug` shows neither.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The nickname. It is not unique.
    pub nickname: Option<String>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<String>,
}

/// What to change in a stored profile: `None` keeps a value, `Some(None)` removes it.
/// `Debug` shows neither.
#[derive(Clone, Default)]
pub struct ProfileUpdate {
    /// The nickname.
    pub nickname: Option<Option<String>>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<Option<String>>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").finish_non_exhaustive()
    }
}

impl fmt::Debug for ProfileUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileUpdate").finish_non_exhaustive()
    }
}

impl ProfileUpdate {
    /// Whether it changes every field.
    pub fn is_complete(&self) -> bool {
        self.nickname.is_some() && self.avatar_hash.is_some()
    }
}

/// The account of an openid, with the profile as it is now stored.
pub struct KnownAccount {
    pub account: Account,
    pub profile: Profile,
}

/// Finds the account of `openid` and updates its profile, and the unionid if there is one, in the transaction of
/// `connection`. Returns `None` if there is no such openid, which is compared exactly.
pub async fn update_profile(
    connection: &mut AnyConnection,
    openid: &str,
    unionid: Option<&str>,
    update: &ProfileUpdate,
) -> Result<Option<KnownAccount>, QueryError> {
    let row: Option<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
        "UPDATE open_ids SET unionid = COALESCE($1, unionid), \
         nickname = CASE WHEN $2 = 1 THEN $3 ELSE nickname END, \
         avatar_hash = CASE WHEN $4 = 1 THEN $5 ELSE avatar_hash END \
         WHERE openid = $6 AND company_id = (SELECT id FROM companies WHERE company = $7) \
         RETURNING user_id, (SELECT username FROM users WHERE id = open_ids.user_id), nickname, avatar_hash",
    )
    .bind(unionid)
    .bind(i64::from(update.nickname.is_some()))
    .bind(update.nickname.as_ref().and_then(Option::as_deref))
    .bind(i64::from(update.avatar_hash.is_some()))
    .bind(update.avatar_hash.as_ref().and_then(Option::as_deref))
    .bind(openid)
    .bind(COMPANY_QQ)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(user_id, username, nickname, avatar_hash)| KnownAccount {
        account: Account { user_id, username },
        profile: Profile { nickname, avatar_hash },
    }))
}

impl Accounts {
    /// Updates the profile stored for `openid`. Returns the profile as it is then, or `None` if there is no such openid.
    pub async fn update_profile(&self, openid: String, update: ProfileUpdate) -> Result<Option<Profile>, QueryError> {
        let known = self
            .database
            .write(move |connection| Box::pin(async move { update_profile(connection, &openid, None, &update).await }));
        Ok(known.await?.map(|known| known.profile))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_hides_the_profile() {
        let secret = Some("CANARY".to_owned());
        let update = ProfileUpdate { nickname: Some(secret.clone()), avatar_hash: Some(secret.clone()) };
        let profile = Profile { nickname: secret.clone(), avatar_hash: secret };
        assert!(!format!("{update:?} {profile:?}").contains("CANARY"));
    }
}
