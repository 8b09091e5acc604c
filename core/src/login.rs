//! Signs users in with QQ, registers new users and keeps their access tokens valid, with one file per step of the flow.
//! Everything starts at a method of [`LoginService`]: `start_login`, `handle_callback`, `register`, `start_link`,
//! `ensure_valid_token` or `refresh_profile`. It must not know about routes, pages or UI texts.

mod api_call;
mod attempt;
mod avatar;
mod callback;
mod callback_params;
mod company_login;
mod create_account;
mod email_addresses;
mod error;
mod failure;
mod known_browser;
mod link_account;
mod link_qq;
mod mail_link;
mod outcome;
mod profile;
mod recent;
mod register;
mod return_to;
mod service;
mod session;
mod sign_in;
mod start;
mod token_refresh;

pub use api_call::{ApiOutcome, ProfileFetch};
#[cfg(feature = "internals")]
pub use callback_params::parse_for_fuzzing;
pub use company_login::CompanyUser;
pub use email_addresses::{
    AddressMails, Notice, VERIFICATION_LIFETIME_SECS, VERIFICATION_PAUSE_SECS, may_send_verification,
};
pub use error::LoginError;
pub use failure::LoginFailure;
pub use known_browser::{BrowserId, KNOWN_BROWSER_SECS};
pub use link_account::{ACCOUNT_LINK_LIFETIME_SECS, AccountLinkMail, AccountLinkOutcome, LinkChoice, LinkSides};
pub use link_qq::LinkFailure;
pub use mail_link::OpenedLink;
pub use outcome::{CallbackOutcome, LoginOutcome};
pub use register::{FormErrors, RegisterOutcome, RegistrationForm};
pub use return_to::ReturnTo;
pub use service::{LoginPolicy, LoginService};
pub use token_refresh::TokenState;
