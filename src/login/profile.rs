//! Learning how a person looks: nickname and avatar, with the token they gave.

use super::LoginService;
use crate::accounts::ProfileUpdate;
use crate::qq::{QqError, UserCredentials, UserInfo};

impl LoginService {
    /// Asks QQ how the person looks, and keeps their avatar.
    pub(super) async fn fetch_profile(&self, who: UserCredentials<'_>) -> Result<ProfileUpdate, QqError> {
        let profile = self.qq.fetch_user_info(who).await?;
        if profile.is_partial {
            // QQ says that it lost a part: what it has left is not to be stored (get_user_info, is_lost).
            tracing::info!("QQ gave a partial profile");
            return Ok(ProfileUpdate::default());
        }
        Ok(ProfileUpdate { avatar_hash: self.store_avatar(&profile).await, nickname: Some(profile.nickname) })
    }

    /// The avatar is fetched once and served from here: QQ's addresses change with the picture,
    /// some of them hold the openid, and nobody's browser has to tell Tencent that it is here.
    async fn store_avatar(&self, profile: &UserInfo) -> Option<Option<String>> {
        let Some(address) = &profile.avatar_url else { return Some(None) };
        let picture = match self.qq.fetch_avatar(address).await {
            Ok(picture) => picture,
            Err(error) => {
                tracing::warn!(%error, "an avatar was left out");
                return None;
            }
        };
        match self.accounts.store_avatar(&picture.jpeg, self.now()).await {
            Ok(hash) => Some(Some(hash)),
            Err(error) => {
                tracing::error!(%error, "an avatar could not be stored");
                None
            }
        }
    }
}
