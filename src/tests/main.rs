//! The whole site, from outside: the real router on a free port, its own database, the sandbox as
//! QQ, a clock that stands still until a test moves it, and browsers with cookie jars.
//!
//! Numbers such as `s02` name points of a security checklist; the rest of the name says what must hold.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end so")]

mod accounts;
mod attempts;
mod audit;
mod avatars;
mod discretion;
mod doctor;
mod drafts;
mod error_codes;
mod errors;
mod fault_table;
mod forms;
mod generated_names;
mod guards;
mod headers;
mod hindered;
mod kept;
mod key_rotation;
mod leaving;
mod model;
mod nicknames;
mod own_account;
mod pages;
mod permission;
mod portrait;
mod promises;
mod qq_faults;
mod races;
mod rate_limits;
mod registration;
mod renewal;
mod routes;
mod sessions;
mod signing_in;
mod somebody_else;
mod starting;
mod support;
mod two_clocks;
mod unavailable;
mod upgrades;
mod way_to_qq;
