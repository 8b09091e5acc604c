//! Downloads avatars from URLs that QQ chooses, so it trusts nothing: the host must be a Tencent image
//! host with public addresses (a response must not point the server at its own network), redirects
//! are not followed, and the file must decode as an image, which is encoded again.
//! [`AvatarFetcher`] downloads an avatar, [`AvatarUrlPolicy`] decides which URLs are accepted.
//! This folder must not know about API calls, tokens or users.

mod decode;
mod public_dns;
mod url_policy;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;
use url::Url;

use super::breaker::Breaker;
use super::config::{ClientConfig, ClientSetupError};
use super::http;
use public_dns::PublicDnsResolver;

pub use decode::AvatarImage;
pub(super) use url_policy::AvatarUrlPolicy;

const TIMEOUT: Duration = Duration::from_secs(3);
/// QQ's 100-pixel avatars have a few kilobytes.
const MAX_BYTES: usize = 512 * 1024;

/// Why there is no avatar. Contains no URL, because old URLs contain the openid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvatarError {
    #[error("the URL is not on a Tencent image host")]
    UntrustedHost,
    #[error("the download timed out")]
    Timeout,
    /// No request was sent.
    #[error("skipped, because recent downloads took too long and failed")]
    Skipped,
    #[error("the download failed: {0}")]
    Transport(String),
    #[error("the image host returned HTTP status {0}")]
    Status(u16),
    #[error("the file is too large")]
    TooLarge,
    /// Undecodable, or with excessive dimensions.
    #[error("the file is not a readable image")]
    InvalidImage,
}

#[derive(Clone, Debug)]
pub(super) struct AvatarFetcher {
    http: reqwest::Client,
    timeout: Duration,
    breaker: Arc<Breaker>,
    pub(super) url_policy: AvatarUrlPolicy,
}

impl AvatarFetcher {
    pub(super) fn new(config: &ClientConfig) -> Result<AvatarFetcher, ClientSetupError> {
        // The sandbox serves its own avatars from a loopback address over HTTP.
        let is_development = config.is_development();
        // HTTP/2 would gain nothing for one small file.
        let builder = http::client_builder(http::HTTP_1)?
            // A proxy would resolve the name itself, possibly to another address.
            .no_proxy()
            .https_only(!is_development)
            .dns_resolver(Arc::new(PublicDnsResolver { allow_loopback: is_development }));
        Ok(AvatarFetcher {
            http: http::build(builder)?,
            timeout: TIMEOUT.min(config.timeout),
            breaker: Arc::new(Breaker::new("avatar")),
            url_policy: AvatarUrlPolicy::new(config),
        })
    }

    pub(super) async fn fetch(&self, url: &str) -> Result<AvatarImage, AvatarError> {
        let url = self.url_policy.accept(url).ok_or(AvatarError::UntrustedHost)?;
        let download = async { timeout(self.timeout, self.download(url)).await.unwrap_or(Err(AvatarError::Timeout)) };
        let file = self.breaker.run(download).await.unwrap_or(Err(AvatarError::Skipped))?;
        // Decoding is CPU-bound and would block other requests on this thread.
        let decoded = spawn_blocking(move || AvatarImage::decode(&file)).await;
        decoded.ok().flatten().ok_or(AvatarError::InvalidImage)
    }

    async fn download(&self, url: Url) -> Result<Vec<u8>, AvatarError> {
        let response = self.http.get(url).send().await.map_err(transport_error)?;
        if !response.status().is_success() {
            return Err(AvatarError::Status(response.status().as_u16()));
        }
        http::read_body(response, MAX_BYTES).await.map_err(transport_error)?.ok_or(AvatarError::TooLarge)
    }
}

fn transport_error(error: reqwest::Error) -> AvatarError {
    AvatarError::Transport(http::root_cause(error))
}
