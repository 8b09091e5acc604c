//! How a person looked when QQ last showed them: nickname and avatar.

use std::fmt;

use super::{Accounts, COMPANY_QQ};

/// Nickname and avatar, as far as QQ ever told them. `Debug` does not show them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The nickname; not unique, and no key to anything.
    pub nickname: Option<String>,
    /// The hash under which the avatar is kept.
    pub avatar_hash: Option<String>,
}

/// What a sign-in told about one thing.
#[derive(Clone, PartialEq, Eq)]
pub enum Told<T> {
    /// Nothing: QQ did not answer, or lost it. What was known before still holds.
    Nothing,
    /// That it is so now, or that there is none.
    That(Option<T>),
}

/// What a sign-in told about a person. `Debug` does not show it.
#[derive(Clone)]
pub struct ProfileUpdate {
    /// The nickname.
    pub nickname: Told<String>,
    /// The hash under which the avatar is kept.
    pub avatar_hash: Told<String>,
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
    /// No news.
    pub const NONE: ProfileUpdate = ProfileUpdate { nickname: Told::Nothing, avatar_hash: Told::Nothing };

    /// Whether something was told about each thing.
    pub fn is_whole(&self) -> bool {
        self.nickname.is_something() && self.avatar_hash.is_something()
    }
}

impl<T> Told<T> {
    /// Whether anything was told.
    fn is_something(&self) -> bool {
        matches!(self, Told::That(_))
    }

    /// What was told, or none.
    pub fn or_none(self) -> Option<T> {
        match self {
            Told::Nothing => None,
            Told::That(it) => it,
        }
    }
}

impl Accounts {
    /// Stores what a sign-in told about the person who is `openid`, and gives what is known then.
    /// A unionid is stored beside the openid, which stays the key; one is never taken away.
    pub async fn update_profile(
        &self,
        openid: &str,
        unionid: Option<&str>,
        news: ProfileUpdate,
    ) -> Result<Option<Profile>, sqlx::Error> {
        let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
            "UPDATE open_ids SET unionid = COALESCE($1, unionid), \
             nickname = CASE WHEN $2 = 1 THEN $3 ELSE nickname END, \
             avatar_hash = CASE WHEN $4 = 1 THEN $5 ELSE avatar_hash END \
             WHERE openid = $6 AND company_id = (SELECT id FROM companies WHERE company = $7) \
             RETURNING nickname, avatar_hash",
        )
        .bind(unionid)
        .bind(i64::from(news.nickname.is_something()))
        .bind(news.nickname.or_none())
        .bind(i64::from(news.avatar_hash.is_something()))
        .bind(news.avatar_hash.or_none())
        .bind(openid)
        .bind(COMPANY_QQ)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(nickname, avatar_hash)| Profile { nickname, avatar_hash }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_shows_no_nickname() {
        let nickname = Some("CANARY".to_owned());
        let news = ProfileUpdate { nickname: Told::That(nickname.clone()), avatar_hash: Told::Nothing };
        let portrait = Profile { nickname, avatar_hash: None };
        assert!(!format!("{news:?} {portrait:?}").contains("CANARY"));
    }
}
