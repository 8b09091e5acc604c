#![forbid(unsafe_code)]
#![recursion_limit = "256"]

/// Pages consist of many small strings; the allocator of the C library needs more time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    qq_login::cli::run()
}
