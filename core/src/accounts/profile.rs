//! The nickname and avatar of a user, as last received from QQ.

use std::fmt;

use sqlx::Executor;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;

use super::open_ids::link_by_unionid;
use super::{Account, Accounts, COMPANY_QQ, OpenId};
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

impl From<ProfileUpdate> for Profile {
    fn from(update: ProfileUpdate) -> Profile {
        Profile { nickname: update.nickname.flatten(), avatar_hash: update.avatar_hash.flatten() }
    }
}

impl ProfileUpdate {
    /// Whether it changes every field.
    pub fn is_complete(&self) -> bool {
        self.nickname.is_some() && self.avatar_hash.is_some()
    }
}

/// `last_used_at` is at most this much out of date, so that not every sign-in writes it.
const USE_INTERVAL_SECS: i64 = 60;

/// The account of an openid, with what was last received from QQ.
pub struct KnownAccount {
    pub account: Account,
    /// The row in `open_ids`.
    pub identity_id: i64,
    pub profile: Profile,
    pub unionid: Option<String>,
    /// Whether the operator has blocked the user.
    pub is_blocked: bool,
    /// When the openid was last used to sign in, in seconds since 1970, if known.
    pub last_used_at: Option<i64>,
    /// Whether the picture of the avatar is stored.
    pub has_picture: bool,
}

impl KnownAccount {
    /// Takes over what QQ returned. Returns whether that changes anything.
    pub fn apply(&mut self, unionid: Option<&str>, update: &ProfileUpdate) -> bool {
        let before = (self.profile.clone(), self.unionid.clone());
        if let Some(nickname) = &update.nickname {
            self.profile.nickname.clone_from(nickname);
        }
        if let Some(avatar_hash) = &update.avatar_hash {
            self.profile.avatar_hash.clone_from(avatar_hash);
        }
        if let Some(unionid) = unionid {
            self.unionid = Some(unionid.to_owned());
        }
        before != (self.profile.clone(), self.unionid.clone())
    }

    /// Notes that the openid is used to sign in. Returns whether that has to be stored.
    pub fn note_use(&mut self, now: i64) -> bool {
        let is_recent = self.last_used_at.is_some_and(|used_at| now.saturating_sub(used_at) < USE_INTERVAL_SECS);
        if !is_recent {
            self.last_used_at = Some(now);
        }
        !is_recent
    }

    /// Whether the avatar that `update` names is stored.
    pub fn has_picture_of(&self, update: &ProfileUpdate) -> bool {
        self.has_picture && update.avatar_hash.as_ref() == Some(&self.profile.avatar_hash)
    }
}

/// Finds the account of a company's user by the openid, which is compared exactly.
pub async fn find_known<'c>(
    executor: impl Executor<'c, Database = Any>,
    company: &str,
    openid: &str,
) -> Result<Option<KnownAccount>, QueryError> {
    type Row = (i64, String, Option<i64>, i64, Option<String>, Option<String>, Option<String>, Option<i64>, i64);
    let row: Option<Row> = sqlx::query_as(
        "SELECT users.id, username, blocked_at, open_ids.id, nickname, avatar_hash, unionid, last_used_at, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM avatars WHERE hash = avatar_hash) THEN 1 ELSE 0 END AS BIGINT) \
         FROM open_ids JOIN users ON users.id = open_ids.user_id \
         WHERE openid = $1 AND company_id = (SELECT id FROM companies WHERE company = $2)",
    )
    .bind(openid)
    .bind(company)
    .fetch_optional(executor)
    .await?;
    let known = |row: Row| {
        let (user_id, username, blocked_at, identity_id, nickname, avatar_hash, unionid, last_used_at, has_picture) =
            row;
        KnownAccount {
            account: Account { user_id, username },
            identity_id,
            profile: Profile { nickname, avatar_hash },
            unionid,
            is_blocked: blocked_at.is_some(),
            last_used_at,
            has_picture: has_picture == 1,
        }
    };
    Ok(row.map(known))
}

/// The statement that stores what a company returned about `openid`, and when it was last used.
pub fn update_profile(company: &str, openid: &str, known: &KnownAccount) -> Query<'static, Any, AnyArguments> {
    sqlx::query(
        "UPDATE open_ids SET unionid = $1, nickname = $2, avatar_hash = $3, last_used_at = $4 \
         WHERE openid = $5 AND company_id = (SELECT id FROM companies WHERE company = $6)",
    )
    .bind(known.unionid.clone())
    .bind(known.profile.nickname.clone())
    .bind(known.profile.avatar_hash.clone())
    .bind(known.last_used_at)
    .bind(openid.to_owned())
    .bind(company.to_owned())
}

impl Accounts {
    /// Finds the account of a company's user by the openid, or else of a QQ user by the unionid: then the account gets the
    /// openid, too. Both are compared exactly. `now` is in seconds since 1970.
    pub async fn find_or_link(&self, open_id: &OpenId, now: i64) -> Result<Option<KnownAccount>, QueryError> {
        let OpenId { company, openid, unionid } = open_id;
        let known = self.find_known(company, openid).await?;
        let (None, Some(unionid)) = (&known, unionid) else { return Ok(known) };
        self.database.execute(link_by_unionid(openid, unionid, now)).await?;
        self.find_known(company, openid).await
    }

    async fn find_known(&self, company: &str, openid: &str) -> Result<Option<KnownAccount>, QueryError> {
        find_known(self.database.reader(), company, openid).await
    }

    /// Updates the profile stored for an openid of QQ. Returns the profile as it is then, or `None` if there is no such openid.
    pub async fn update_profile(&self, openid: &str, update: &ProfileUpdate) -> Result<Option<Profile>, QueryError> {
        let Some(mut known) = self.find_known(COMPANY_QQ, openid).await? else { return Ok(None) };
        if known.apply(None, update) {
            self.database.execute(update_profile(COMPANY_QQ, openid, &known)).await?;
        }
        Ok(Some(known.profile))
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
