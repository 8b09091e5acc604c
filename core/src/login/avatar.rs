//! Stores avatars in the background: no user waits for one, only a browser that asks for a picture that is on its way.
//!
//! The site serves its own copies: some of QQ's URLs contain the openid, and visitors' browsers should not contact
//! Tencent. A copy is made once per URL, since QQ changes the URL with the picture.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::{LoginError, LoginService};
use crate::database::QueryError;
use crate::qq::AvatarError;
use crate::sealing::fingerprint;
use crate::traces::in_current_span;

/// How many downloads run at the same time. Others wait.
pub(super) const MAX_DOWNLOADS: usize = 16;

/// A download. Returns whether the avatar is stored.
pub(super) type AvatarTask = Shared<BoxFuture<'static, bool>>;

/// Why an avatar is missing.
#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error(transparent)]
    Download(#[from] AvatarError),
    #[error(transparent)]
    Database(#[from] QueryError),
}

/// The name of the avatar at `url`.
pub(super) fn avatar_hash(url: &str) -> String {
    fingerprint(url)
}

impl LoginService {
    /// Returns an avatar as JPEG. Waits for it if it is being downloaded.
    pub async fn avatar(&self, hash: &str) -> Result<Option<Vec<u8>>, LoginError> {
        if let Some(task) = self.avatar_downloads.get(hash, self.now()) {
            task.await;
        }
        Ok(self.accounts.avatar(hash).await?)
    }

    /// Downloads the avatar at `url`, unless it is stored or on its way.
    pub(super) fn download_avatar(&self, url: String) -> AvatarTask {
        let hash = avatar_hash(&url);
        let start = || {
            let (login, hash) = (self.clone(), hash.clone());
            let download = async move {
                let stored = login.store_avatar(&hash, &url).await;
                login.avatar_downloads.remove(&hash);
                stored.inspect_err(|error| tracing::warn!(%error, "avatar could not be stored")).is_ok()
            };
            let task = self.tasks.spawn(in_current_span(download));
            async move { task.await.unwrap_or(false) }.boxed().shared()
        };
        self.avatar_downloads.get_or_insert_with(hash.clone(), self.now(), start).0
    }

    async fn store_avatar(&self, hash: &str, url: &str) -> Result<(), StoreError> {
        if self.accounts.keep_avatar(hash, self.now()).await? {
            return Ok(());
        }
        let _permit = self.avatar_permits.acquire().await;
        let picture = self.qq.fetch_avatar(url).await?;
        Ok(self.accounts.store_avatar(hash, picture.jpeg, self.now()).await?)
    }
}
