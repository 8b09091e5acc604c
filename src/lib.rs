//! Sign in with QQ: a complete site, rendered by Leptos on the server, that works without JavaScript.
//!
//! Imports point downwards only. From top to bottom:
//!
//! 1. [`cli`] starts the program, [`server`] assembles it, [`logging`] sets up the log
//! 2. [`web`]: routes, pages and server functions
//! 3. `qq_login_core`: the login without its pages, from [`login`] down to [`database`], with the [`sandbox`] and the
//!    [`doctor`]. Its modules are re-exported here
//! 4. [`validation`]: the rules shared with the browser

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("enable either `ssr` (server) or `hydrate` (browser), not both");

pub mod web;

#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod logging;
#[cfg(feature = "ssr")]
pub mod server;

#[cfg(feature = "ssr")]
pub use qq_login_core::{
    accounts, audit, clock, config, database, doctor, language, login, mail, metrics, qq, random, sandbox, sealing,
    sessions, traces,
};
pub use qq_login_validation as validation;

/// Called by the page's script when the WebAssembly module has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
