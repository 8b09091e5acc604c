#![forbid(unsafe_code)]
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    qq_login::cli::run()
}

/// cargo-leptos builds this target without `ssr` too.
#[cfg(not(feature = "ssr"))]
fn main() {}
