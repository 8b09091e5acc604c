//! The response parsers for fuzzers and benchmarks: the bytes of a body in, a value or an error out.

use super::avatar::AvatarUrlPolicy;
use super::error::QqError;
use super::identity::Identity;
use super::openapi::UserInfo;
use super::response::ResponseBody;
use super::token::Token;
use super::transport::parse_response;

/// Parses a response of `/oauth2.0/token`.
pub fn token(body: &[u8]) -> Result<Token, QqError> {
    Ok(Token::from_response(&parse_response(body, ResponseBody::parse)?)?)
}

/// Parses a response of `/oauth2.0/me` to the app `app_id`.
pub fn me(body: &[u8], app_id: &str) -> Result<Identity, QqError> {
    Identity::from_response(&parse_response(body, ResponseBody::parse)?, app_id)
}

/// Parses a response of `/user/get_user_info`.
pub fn user_info(body: &[u8]) -> Result<UserInfo, QqError> {
    let response = parse_response(body, ResponseBody::parse_lenient)?;
    Ok(UserInfo::from_response(&response, &AvatarUrlPolicy::default())?)
}
