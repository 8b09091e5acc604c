//! API calls on behalf of a user, besides those of the login.
//! [`Client::call`] makes any documented call, [`Client::fetch_user_info`] has a typed response.
//! This folder must not know about response formats or how a token was obtained.

mod user_info;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::client::{Client, RetryPolicy};
use super::error::{QqError, TransportError};
use super::response::ResponseBody;
use super::transport::ParseBody;

pub use user_info::{Gender, UserInfo};

/// Parameters that callers may not pass: [`Client::call`] adds them, or QQ takes them as an alias.
const RESERVED_PARAMETERS: [&str; 4] = ["access_token", "oauth_consumer_key", "openid", "appid"];

/// On whose behalf a call is made. `Debug` shows no field.
#[derive(Clone, Copy)]
pub struct UserCredentials<'a> {
    pub access_token: &'a SecretString,
    pub openid: &'a str,
}

impl fmt::Debug for UserCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserCredentials").finish_non_exhaustive()
    }
}

impl Client {
    /// Makes any documented API call. `path` is the part after the host, such as `photo/list_album`;
    /// `parameters` are the call's own, not encoded. QQ must have granted the API to the app, and
    /// `QQ_SCOPE` must include it. Deserializes the JSON object of the response as `T`.
    ///
    /// Retries only if QQ rejected the call without processing it (`ret` 1001, -6, -58, -60),
    /// because the call may have side effects.
    ///
    /// # Errors
    /// [`QqError::InvalidCall`] if the path is invalid, or a parameter is a duplicate or one that
    /// this method adds. No request is sent then.
    pub async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        user: UserCredentials<'_>,
    ) -> Result<T, QqError> {
        check_path(path)?;
        check_parameter_names(parameters)?;
        let response = self.call_api(path, parameters, ResponseBody::parse, user, RetryPolicy::IfRejected).await?;
        response.required_field("ret")?;
        Ok(response.deserialize()?)
    }

    /// Fetches the profile. Skipped for a while if such requests keep timing out.
    pub async fn fetch_user_info(&self, user: UserCredentials<'_>) -> Result<UserInfo, QqError> {
        let request = self.request_user_info(user, RetryPolicy::IfTransient);
        self.user_info_breaker.run(request).await.unwrap_or(Err(TransportError::Skipped.into()))
    }

    pub(super) async fn request_user_info(
        &self,
        user: UserCredentials<'_>,
        retry: RetryPolicy,
    ) -> Result<UserInfo, QqError> {
        let response = self.call_api("user/get_user_info", &[], ResponseBody::parse_lenient, user, retry).await?;
        Ok(UserInfo::from_response(&response, &self.avatars.url_policy)?)
    }

    async fn call_api(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        parse: ParseBody,
        user: UserCredentials<'_>,
        retry: RetryPolicy,
    ) -> Result<ResponseBody, QqError> {
        // Each exactly once: QQ returns `ret` 1 for a duplicated parameter (passport-qq#2), and the
        // call fails without oauth_consumer_key (JustAuth#7).
        let mut all = vec![
            ("access_token", user.access_token.expose_secret()),
            ("oauth_consumer_key", &self.config.app_id),
            ("openid", user.openid),
        ];
        all.extend_from_slice(parameters);
        self.request(path, &all, parse, retry, self.deadline()).await
    }
}

fn check_path(path: &str) -> Result<(), QqError> {
    let is_segment_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().all(is_segment_byte);
    let is_valid = path.contains('/') && path.split('/').all(is_segment);
    is_valid.then_some(()).ok_or(QqError::InvalidCall("the path is invalid"))
}

fn check_parameter_names(parameters: &[(&str, &str)]) -> Result<(), QqError> {
    let mut names = RESERVED_PARAMETERS.to_vec();
    for (name, _) in parameters {
        if names.contains(name) {
            return Err(QqError::InvalidCall("a parameter is duplicated or reserved"));
        }
        names.push(name);
    }
    Ok(())
}
