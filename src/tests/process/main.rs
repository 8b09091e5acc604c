//! Tests of the binary in bad conditions: SIGKILL, SIGTERM, a full disk, read-only files, invalid settings, too many
//! connections, a log that nobody reads; and of three instances behind nginx, which needs nginx and PostgreSQL. Each test
//! has its own program, working directory, ports and sandbox.
//!
//! `KILLS` and `TERMS` set the number of kills and stops. `SEED` repeats the kills of an earlier run, which printed it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end so")]

mod connections;
mod database_files;
mod disk_full;
mod invalid_config;
mod log;
mod metrics;
mod operator;
mod read_only;
mod sandbox_mailbox;
mod service_manager;
mod shared_database;
mod sigkill;
mod sigterm;
mod support;
mod three_instances;
#[cfg(feature = "traces")]
mod traces;
