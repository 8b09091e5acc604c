//! A login at QQ: code → token → identity and profile, without waiting for what is optional.

use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::client::Client;
use super::error::{QqError, TransportError};
use super::identity::Identity;
use super::openapi::{UserCredentials, UserInfo};
use super::response::MalformedResponse;
use super::token::Token;
use super::transport::with_deadline;
use crate::traces::in_current_span;

/// The limit for all calls of one login. Shorter than the ten seconds that a stopping server grants
/// to requests in flight.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(9);

/// An identified user, whose profile may still be on its way. Dropping it cancels that request.
#[derive(Debug)]
pub struct Login {
    pub token: Token,
    pub identity: Identity,
    client: Client,
    profile_deadline: Instant,
    /// The request that was sent early, if any.
    user_info: JoinSet<Result<UserInfo, QqError>>,
}

impl Client {
    /// Exchanges the code of a callback for a token and fetches the identity that belongs to it.
    ///
    /// If `prefetch_profile`, requests the profile at the same time as the identity, provided that
    /// QQ returned an openid with the token. That openid is trusted for nothing else: `/me` decides
    /// who the user is, because only `/me` names the app.
    ///
    /// # Errors
    /// [`MalformedResponse::InconsistentOpenid`] if the two openids differ. One of the answers is
    /// then about another user, and it is unknown which.
    pub async fn log_in(&self, code: &SecretString, prefetch_profile: bool) -> Result<Login, QqError> {
        let deadline = Instant::now() + LOGIN_TIMEOUT;
        let calls = async {
            let token = self.exchange_code(code).await?;
            let mut user_info = JoinSet::new();
            if let Some(openid) = token.openid.clone().filter(|_| prefetch_profile) {
                let (client, access_token) = (self.clone(), token.access_token.clone());
                let fetch = async move {
                    let user = UserCredentials { access_token: &access_token, openid: &openid };
                    client.fetch_user_info(user).await
                };
                user_info.spawn(in_current_span(fetch));
            }
            let identity = self.fetch_openid(&token.access_token).await?;
            if token.openid.as_ref().is_some_and(|openid| *openid != identity.openid) {
                return Err(MalformedResponse::InconsistentOpenid.into());
            }
            Ok((token, identity, user_info))
        };
        let (token, identity, user_info) = with_deadline(deadline, calls).await?;
        let profile_deadline = deadline.min(Instant::now() + self.config.profile_timeout);
        Ok(Login { token, identity, client: self.clone(), profile_deadline, user_info })
    }
}

impl Login {
    /// Returns the profile, if it arrives within `profile_timeout` after the identity.
    pub async fn fetch_user_info(&mut self) -> Result<UserInfo, QqError> {
        let Login { token, identity, client, .. } = &*self;
        if self.user_info.is_empty() {
            let user = UserCredentials { access_token: &token.access_token, openid: &identity.openid };
            return with_deadline(self.profile_deadline, client.fetch_user_info(user)).await;
        }
        let prefetched = async {
            match self.user_info.join_next().await {
                Some(Ok(result)) => result,
                None | Some(Err(_)) => Err(TransportError::Interrupted("the task failed".to_owned()).into()),
            }
        };
        with_deadline(self.profile_deadline, prefetched).await
    }
}
