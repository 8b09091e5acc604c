//! The QQ Connect (QQ互联) client: OAuth 2.0 login and API calls against `graph.qq.com`, whose wire
//! format differs from the standard (calls are GETs, errors have status 200, and bodies are forms,
//! JSON or JSONP).
//! [`Client::authorize_url`] and [`Client::log_in`] make up a login;
//! [`Client::fetch_user_info`], [`Client::fetch_avatar`], [`Client::call`] and
//! [`Client::refresh_token`] use and renew its token.
//! This folder must not know about accounts, sessions, the database or pages.

mod advice;
mod api_error;
mod authorize;
mod avatar;
mod breaker;
mod client;
mod config;
mod diagnostics;
mod error;
mod error_codes;
mod http;
mod identity;
#[cfg(feature = "internals")]
pub mod internals;
mod login;
mod loopback;
mod openapi;
mod request_url;
mod response;
mod sanitize;
mod token;
mod transport;

#[cfg(test)]
mod tests;

pub use advice::{LocalizedText, meaning};
pub use api_error::ApiError;
pub use authorize::Display;
pub use avatar::{AvatarError, AvatarImage};
pub use client::Client;
pub use config::{ClientConfig, ClientSetupError, Proxy};
pub use diagnostics::{AuthorizePage, AuthorizeProbe};
pub use error::{QqError, TransportError};
pub use error_codes::{CodeInfo, ErrorClass, code_info, error_class};
pub use identity::Identity;
pub use login::Login;
pub use openapi::{Gender, UserCredentials, UserInfo};
pub use response::MalformedResponse;
pub use token::Token;
