//! Sign in with QQ: a complete site, rendered by Leptos on the server, that works without JavaScript.
//!
//! Imports point downwards only. From top to bottom:
//!
//! 1. [`cli`] starts the program, [`server`] assembles it, [`logging`] sets up the log, [`doctor`] runs diagnostics
//! 2. [`web`]: routes, pages and server functions
//! 3. [`login`]: the login flow
//! 4. [`sessions`], [`accounts`] and [`database`]
//! 5. [`qq`], the QQ Connect client; [`config`]; [`validation`], the rules shared with the browser; [`language`],
//!    [`audit`], [`metrics`], [`traces`], [`sealing`], [`clock`] and [`random`]
//!
//! [`sandbox`] is a local replacement for graph.qq.com. It shares no code with [`qq`].

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("enable either `ssr` (server) or `hydrate` (browser), not both");

pub mod validation;
pub mod web;

#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod database;
#[cfg(feature = "ssr")]
pub mod doctor;
#[cfg(feature = "ssr")]
pub mod language;
#[cfg(feature = "ssr")]
pub mod logging;
#[cfg(feature = "ssr")]
pub mod login;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod metrics;
#[cfg(feature = "ssr")]
pub mod qq;
#[cfg(feature = "ssr")]
pub mod random;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod sealing;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod sessions;
#[cfg(feature = "ssr")]
mod tls;
#[cfg(feature = "ssr")]
pub mod traces;

/// Called by the page's script when the WebAssembly module has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
