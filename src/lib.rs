//! "Sign in with QQ" as finished software: a Leptos site that renders on the server and needs no
//! script to sign anybody in.
//!
//! The rooms, from the ground up; imports point downwards only:
//!
//! 1. [`validation`] rules shared with the browser; [`qq`] the client of QQ Connect; [`config`];
//!    [`audit`], [`clock`], [`language`], [`random`] and [`sealing`]
//! 2. [`database`], [`accounts`] the people, [`sessions`] who is signed in
//! 3. [`login`] the steps of signing in
//! 4. [`web`] what browsers see
//! 5. [`server`] puts it together; [`cli`] starts it, [`logging`] writes what it says
//!
//! [`sandbox`] stands beside them: a stand-in for graph.qq.com that shares no code with [`qq`].
//! [`doctor`] looks at the configuration and at QQ.

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("build the server half (ssr) and the browser half (hydrate) separately");

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

/// Called by the page's script once the WebAssembly is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
