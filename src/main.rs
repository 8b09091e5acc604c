//! The command line.

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    qq_login::cli::run()
}

/// The browser half has no program of its own, but this target is built for it too.
#[cfg(not(feature = "ssr"))]
fn main() {}
