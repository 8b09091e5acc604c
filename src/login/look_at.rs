//! Learning how a person looks: nickname and avatar, with the token they gave.

use super::Login;
use crate::accounts::{News, Told};
use crate::qq::{OnBehalfOf, Profile, QqError};

impl Login {
    /// Asks QQ how the person looks, and keeps their avatar.
    pub(super) async fn look_at(&self, who: OnBehalfOf<'_>) -> Result<News, QqError> {
        let profile = self.qq.user_info(who).await?;
        if profile.is_partial {
            // QQ says that it lost a part: what it has left is not to be stored (get_user_info, is_lost).
            tracing::info!("QQ gave a partial profile");
            return Ok(News::NONE);
        }
        Ok(News { avatar_hash: self.keep_avatar(&profile).await, nickname: Told::That(profile.nickname) })
    }

    /// The avatar is fetched once and served from here: QQ's addresses change with the picture,
    /// some of them hold the openid, and nobody's browser has to tell Tencent that it is here.
    async fn keep_avatar(&self, profile: &Profile) -> Told<String> {
        let Some(address) = &profile.avatar_url else { return Told::That(None) };
        let picture = match self.qq.fetch_avatar(address).await {
            Ok(picture) => picture,
            Err(error) => {
                tracing::warn!(%error, "an avatar was left out");
                return Told::Nothing;
            }
        };
        match self.accounts.keep_avatar(&picture.jpeg, self.now()).await {
            Ok(hash) => Told::That(Some(hash)),
            Err(error) => {
                tracing::error!(%error, "an avatar could not be stored");
                Told::Nothing
            }
        }
    }
}
