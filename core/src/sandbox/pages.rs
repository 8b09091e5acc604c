//! The sandbox's HTML pages, which state that they are not QQ and need no script.
//! Each function returns a complete response.
//! They must not change any state.

mod consent;
mod layout;
mod mailbox;
mod message;
mod overview;

pub(super) use consent::consent;
pub(super) use mailbox::mailbox;
pub(super) use message::{authorization_error, cancelled, not_found};
pub(super) use overview::overview;
