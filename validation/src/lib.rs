//! The rules for usernames and email addresses, shared by the server and the browser. Entry points: [`username::check`]
//! and [`Email::parse`]. [`visibility`] tells which characters can be seen. They do no I/O and know neither the database
//! nor the pages.

#![forbid(unsafe_code)]

pub mod email;
mod unicode;
pub mod username;
#[cfg(feature = "server")]
pub mod visibility;

pub use email::{Email, EmailError};
pub use username::UsernameError;
