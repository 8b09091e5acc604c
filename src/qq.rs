//! The QQ Connect (QQ互联) client: sends people to QQ, and asks QQ who came back.
//!
//! A sign-in is three questions to `graph.qq.com`, in this order:
//!
//! 1. [`Client::authorize_url`] is where the browser goes; QQ sends it back with a code.
//! 2. [`Client::exchange_code`] trades the code for a [`Token`].
//! 3. [`Client::identify`] asks whose token it is, and gets an [`Identity`].
//!
//! [`Client::fetch_user_info`] then fetches a nickname and an avatar's address, [`Client::fetch_avatar`]
//! the avatar, [`Client::call`] makes any other call, and [`Client::renew_token`] prolongs a token. QQ speaks almost OAuth 2.0: calls are GETs, errors come with status 200,
//! and an answer may be a form, JSON or JSONP. `wire` reads them all; what cannot be read
//! is an error, never a sign-in.

mod advice;
mod api_error;
mod authorize;
mod avatar;
mod client;
mod codes;
mod diagnostics;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod identity;
mod loopback;
mod openapi;
mod settings;
mod text;
mod token;
mod transport;
mod wire;

#[cfg(test)]
mod tests;

pub use advice::{LocalizedText, advice, meaning};
pub use api_error::ApiError;
pub use authorize::Display;
pub use avatar::{AvatarError, AvatarImage};
pub use client::Client;
pub use codes::{CodeInfo, ErrorClass, code_info, error_class};
pub use diagnostics::{AuthorizePage, AuthorizeProbe};
pub use error::{MalformedResponse, QqError, TransportError};
pub use identity::Identity;
pub use openapi::{Gender, UserCredentials, UserInfo};
pub use settings::{ClientConfig, ClientSetupError};
pub use token::Token;
