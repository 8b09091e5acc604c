//! The sandbox's pages. Each says that it is not QQ, needs no script, and asks no third party for
//! anything.

mod consent;
mod layout;
mod notice;
mod overview;
mod style;

pub(super) use consent::consent;
pub(super) use notice::{cancelled, not_found, refused, wrong_method};
pub(super) use overview::overview;
