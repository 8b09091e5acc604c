//! The WebAssembly module that pages load.

#![forbid(unsafe_code)]

pub use qq_login::hydrate;
