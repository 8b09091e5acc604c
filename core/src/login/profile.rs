//! Step 4: nickname and avatar of the user.

use super::avatar::avatar_hash;
use crate::accounts::ProfileUpdate;
use crate::qq::UserInfo;

/// A profile from QQ.
#[derive(Default)]
pub(super) struct FetchedProfile {
    pub(super) update: ProfileUpdate,
    pub(super) avatar_url: Option<String>,
}

impl From<UserInfo> for FetchedProfile {
    fn from(user_info: UserInfo) -> FetchedProfile {
        if user_info.is_partial {
            // QQ lost data and asks not to store the rest (get_user_info, is_lost).
            tracing::info!("QQ returned a partial profile");
            return FetchedProfile::default();
        }
        let UserInfo { nickname, avatar_url, .. } = user_info;
        let avatar_hash = avatar_url.as_deref().map(avatar_hash);
        FetchedProfile {
            update: ProfileUpdate { nickname: Some(nickname), avatar_hash: Some(avatar_hash) },
            avatar_url,
        }
    }
}
