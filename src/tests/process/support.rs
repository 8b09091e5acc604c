//! The program under test, its browsers and its database.

mod browser;
mod commands;
mod connection;
mod database_check;
mod program;
mod site;

pub(crate) use browser::Browser;
pub(crate) use commands::{command_succeeds, mount_namespace_command, run_command};
pub(crate) use connection::{Connection, Received};
pub(crate) use database_check::check_database;
pub(crate) use program::{Program, WorkDir, env_number, eventually};
pub(crate) use site::Site;
