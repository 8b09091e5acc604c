#![forbid(unsafe_code)]
#![recursion_limit = "256"]

/// Pages consist of many small strings; the allocator of the C library needs more time for them.
#[cfg(feature = "ssr")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    qq_login::cli::run()
}

/// cargo-leptos builds this target without `ssr` too.
#[cfg(not(feature = "ssr"))]
fn main() {}
