//! The program under test, the browsers that visit it, and what is found in its database.

mod browser;
mod machine;
mod program;
mod rows;
mod trial;
mod wire;

pub(crate) use browser::Browser;
pub(crate) use machine::{as_namespace_root, can, run};
pub(crate) use program::{Home, Program, eventually};
pub(crate) use rows::examine;
pub(crate) use trial::{Site, number};
pub(crate) use wire::{Connection, Heard};
