//! The program under test, its browsers and its database.

mod browser;
mod cluster;
mod commands;
mod connection;
mod database_check;
mod helper_process;
mod program;
mod site;

pub(crate) use browser::{Browser, Response};
pub(crate) use cluster::{Cluster, tried_instances};
pub(crate) use commands::{command_succeeds, mount_namespace_command, run_command};
pub(crate) use connection::{Connection, Received};
pub(crate) use database_check::check_database;
pub(crate) use program::{Program, QQ_TIMEOUT_MS, WorkDir, env_number, eventually, free_port};
pub(crate) use site::Site;
