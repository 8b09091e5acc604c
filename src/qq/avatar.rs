//! Fetching an avatar: the one request whose address QQ chooses and not we.
//!
//! So nothing about it is believed. The host must be one of Tencent's for images, its addresses
//! public ones, so that an answer cannot make this machine ask its neighbours; redirects are not
//! followed; and what comes is a picture only once it was decoded. It is encoded anew: whatever
//! else was in the file stays behind.

mod picture;
mod public_address;
mod rule;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Response, redirect, retry};
use tokio::time::timeout;
use url::Url;

use super::client::Client;
use super::settings::{ClientConfig, ClientSetupError};
use super::transport;
use public_address::PublicAddresses;

pub use picture::AvatarImage;
pub(super) use rule::AvatarRule;

/// A sign-in waits this long for a picture, and no longer.
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// QQ's pictures of 100 pixels have a few kilobytes.
const MAX_BYTES: usize = 512 * 1024;

/// Why there is no avatar. Holds no address: old ones contain the openid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvatarError {
    /// The address is not one of Tencent's for images.
    #[error("it is not on one of Tencent's hosts for images")]
    UntrustedHost,
    /// It did not arrive in time.
    #[error("it did not arrive in time")]
    Timeout,
    /// It could not be fetched.
    #[error("it could not be fetched: {0}")]
    Transport(String),
    /// The host answered, but not with a picture.
    #[error("the host answered with HTTP status {0}")]
    Status(u16),
    /// More came than any avatar needs; the rest was not read.
    #[error("it is too large")]
    TooLarge,
    /// What came is no picture, or none of a sensible size.
    #[error("it is no picture that can be read")]
    InvalidImage,
}

/// Fetches avatars, and nothing else.
#[derive(Clone, Debug)]
pub(super) struct AvatarTransport {
    http: reqwest::Client,
}

impl AvatarTransport {
    pub(super) fn new(settings: &ClientConfig) -> Result<AvatarTransport, ClientSetupError> {
        // A stand-in on this machine serves its own pictures, over http.
        let is_development = settings.graph_url.scheme() == "http";
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(transport::tls().map_err(|error| ClientSetupError::Http(error.to_string()))?)
            .user_agent(transport::USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // A proxy would look the name up by itself, and might find another address.
            .no_proxy()
            .https_only(!is_development)
            .dns_resolver(Arc::new(PublicAddresses { or_loopback: is_development }))
            .build()
            .map_err(|error| ClientSetupError::Http(transport::reason(error)))?;
        Ok(AvatarTransport { http })
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, AvatarError> {
        let response = self.http.get(url).send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(AvatarError::Status(response.status().as_u16()));
        }
        body(response).await
    }
}

impl Client {
    /// Fetches the avatar at an address that [`Client::fetch_user_info`] gave. Takes three seconds at
    /// most, and is tried once.
    pub async fn fetch_avatar(&self, address: &str) -> Result<AvatarImage, AvatarError> {
        let address = self.avatar_rule().accept(address).and_then(|address| Url::parse(&address).ok());
        let address = address.ok_or(AvatarError::UntrustedHost)?;
        let fetched = timeout(TIME_LIMIT.min(self.timeout()), self.avatars().get(address)).await;
        let file = fetched.unwrap_or(Err(AvatarError::Timeout))?;
        // Decoding is work for the processor, and others are waiting for this thread.
        let decoded = tokio::task::spawn_blocking(move || AvatarImage::decode(&file)).await;
        decoded.ok().flatten().ok_or(AvatarError::InvalidImage)
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, AvatarError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(AvatarError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(error: reqwest::Error) -> AvatarError {
    AvatarError::Transport(transport::reason(error))
}
