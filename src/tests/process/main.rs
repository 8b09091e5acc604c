//! The real program, when the machine is unkind to it: killed, told to stop, without room on its
//! disk, without the right to write. Each test has a program, a folder and ports of its own, and
//! the built-in sandbox.
//!
//! `KILLS` and `TERMS` say how many rounds of killing and stopping there are; a number once printed
//! as the seed can be given as `SEED`.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end so")]

mod disk_full;
mod killed;
mod read_only;
mod refused;
mod stopped;
mod support;
