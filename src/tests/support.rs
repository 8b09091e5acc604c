//! The site under test and the browsers that visit it.

mod at_qq;
mod browser;
mod log;
mod settings;
mod site;
mod spoiled_site;
mod tokens;
mod wicked_qq;

pub(crate) use browser::{Answer, Browser, http};
pub(crate) use log::Log;
pub(crate) use settings::{number, options};
pub(crate) use site::TestSite;
pub(crate) use spoiled_site::SpoiledSite;
pub(crate) use wicked_qq::{Endpoint, Fault, WickedQq};
