//! Step 4: fetches the user's nickname and avatar.

use super::LoginService;
use crate::accounts::ProfileUpdate;
use crate::qq::{QqError, UserCredentials, UserInfo};

impl LoginService {
    /// Fetches the user's profile from QQ and stores the avatar.
    pub(super) async fn fetch_profile(&self, credentials: UserCredentials<'_>) -> Result<ProfileUpdate, QqError> {
        let user_info = self.qq.fetch_user_info(credentials).await?;
        Ok(self.store_profile(user_info).await)
    }

    /// Stores the avatar.
    pub(super) async fn store_profile(&self, user_info: UserInfo) -> ProfileUpdate {
        if user_info.is_partial {
            // QQ lost data and asks not to store the rest (get_user_info, is_lost).
            tracing::info!("QQ returned a partial profile");
            return ProfileUpdate::default();
        }
        let avatar_hash = self.store_avatar(&user_info).await;
        ProfileUpdate { avatar_hash, nickname: Some(user_info.nickname) }
    }

    /// Downloads the avatar. The site serves its own copy: QQ's URLs change with the picture, some contain the openid, and
    /// visitors' browsers should not contact Tencent.
    async fn store_avatar(&self, user_info: &UserInfo) -> Option<Option<String>> {
        let Some(url) = &user_info.avatar_url else { return Some(None) };
        let picture = match self.qq.fetch_avatar(url).await {
            Ok(picture) => picture,
            Err(error) => {
                tracing::warn!(%error, "avatar download failed");
                return None;
            }
        };
        match self.accounts.store_avatar(picture.jpeg, self.now()).await {
            Ok(hash) => Some(Some(hash)),
            Err(error) => {
                tracing::error!(%error, "avatar could not be stored");
                None
            }
        }
    }
}
