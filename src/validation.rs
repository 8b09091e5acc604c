//! What an account is made of, in rules that the server and the browser share.
//!
//! Everything here compiles for both halves and does no I/O, so that a person sees the same
//! verdict while typing as after sending the form.

pub mod email;
mod unicode;
pub mod username;

pub use email::{Email, EmailError};
pub use username::UsernameError;
