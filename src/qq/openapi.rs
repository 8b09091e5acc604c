//! QQ's other calls: the generic one here, and in files of their own those with a typed answer.

mod user_info;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::client::{Client, RetryPolicy};
use super::error::{MalformedResponse, QqError};
use super::wire::ResponseBody;

pub use user_info::{Gender, UserInfo};

/// What every call takes, and [`Client::call`] adds by itself.
const ADDED: [&str; 4] = ["access_token", "oauth_consumer_key", "openid", "appid"];

/// Whose call it is: a token and the person who gave it. `Debug` shows neither.
#[derive(Clone, Copy)]
pub struct UserCredentials<'a> {
    /// The person's access token.
    pub access_token: &'a SecretString,
    /// The person's openid.
    pub openid: &'a str,
}

impl fmt::Debug for UserCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserCredentials").finish_non_exhaustive()
    }
}

impl Client {
    /// Makes any documented call: `path` is what stands behind the host, such as
    /// `photo/list_album`; `parameters` are the call's own, not yet encoded. QQ must have granted
    /// the call to the app, and `QQ_SCOPE` must name it. `T` is what the answer's JSON object is
    /// read as; fields that `T` does not have are ignored.
    ///
    /// It is repeated only if QQ says that it did nothing (`ret` 1001, -6, -58, -60): whether the
    /// call changes anything at QQ is not known here.
    ///
    /// # Errors
    /// [`QqError::InvalidCall`] without asking QQ, for a path that is none or a parameter that is
    /// added here; else as every call.
    pub async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        who: UserCredentials<'_>,
    ) -> Result<T, QqError> {
        let answer = self.call_with(path, parameters, who, RetryPolicy::IfRejected).await?;
        Ok(answer.decode()?)
    }

    /// Asks for nickname and avatar of a person.
    pub async fn fetch_user_info(&self, who: UserCredentials<'_>) -> Result<UserInfo, QqError> {
        self.fetch_user_info_with(who, RetryPolicy::IfTransient).await
    }

    pub(super) async fn fetch_user_info_with(
        &self,
        who: UserCredentials<'_>,
        repeat: RetryPolicy,
    ) -> Result<UserInfo, QqError> {
        let answer = self.call_with("user/get_user_info", &[], who, repeat).await?;
        Ok(UserInfo::from_response(&answer, &self.avatar_rule())?)
    }

    async fn call_with(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        who: UserCredentials<'_>,
        repeat: RetryPolicy,
    ) -> Result<ResponseBody, QqError> {
        check_path(path)?;
        check_names(parameters)?;
        // Each exactly once: QQ answers `ret` 1 to a doubled parameter (passport-qq#2), and
        // nothing of use without oauth_consumer_key (JustAuth#7).
        let mut all = vec![
            ("access_token", who.access_token.expose_secret()),
            ("oauth_consumer_key", self.app_id()),
            ("openid", who.openid),
        ];
        all.extend_from_slice(parameters);
        let answer = self.ask(path, &all, repeat).await?;
        // A refusal was found by then; an answer that does not even say that all is well is none.
        if answer.get("ret").is_none() {
            return Err(MalformedResponse::MissingField("ret").into());
        }
        Ok(answer)
    }
}

fn check_path(path: &str) -> Result<(), QqError> {
    let is_name = |part: &str| {
        let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        !part.is_empty() && part.bytes().all(is_fine)
    };
    if path.contains('/') && path.split('/').all(is_name) {
        Ok(())
    } else {
        Err(QqError::InvalidCall("the path is none"))
    }
}

fn check_names(parameters: &[(&str, &str)]) -> Result<(), QqError> {
    let mut names: Vec<&str> = parameters.iter().map(|(name, _)| *name).chain(ADDED).collect();
    names.sort_unstable();
    let is_doubled = names.windows(2).any(|pair| pair.first() == pair.last());
    if is_doubled { Err(QqError::InvalidCall("a parameter is given twice")) } else { Ok(()) }
}
