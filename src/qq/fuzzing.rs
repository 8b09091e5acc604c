//! The readers of QQ's answers as the fuzzers call them: the bytes of a body in, a value or a named
//! error out. Built with `--cfg fuzzing` alone.

use super::avatar::AvatarRule;
use super::error::QqError;
use super::identity::Identity;
use super::openapi::UserInfo;
use super::token::Token;
use super::transport::judge;

/// The answer of `/oauth2.0/token`.
pub fn token(body: &[u8]) -> Result<Token, QqError> {
    Ok(Token::from_response(&judge(body)?)?)
}

/// The answer of `/oauth2.0/me` to the app `app_id`.
pub fn me(body: &[u8], app_id: &str) -> Result<Identity, QqError> {
    Identity::from_response(&judge(body)?, app_id)
}

/// The answer of `/user/get_user_info`.
pub fn user_info(body: &[u8]) -> Result<UserInfo, QqError> {
    Ok(UserInfo::from_response(&judge(body)?, &AvatarRule::default())?)
}
