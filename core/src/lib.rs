//! The login without its pages, and what it needs. Entry points are [`login::LoginService`],
//! [`sessions::SqlSessionStore`] and [`config::Config`]. It must not know routes and pages.
//!
//! Imports point downwards only. From top to bottom:
//!
//! 1. [`doctor`] runs diagnostics
//! 2. [`login`]: the login flow
//! 3. [`sessions`], [`accounts`] and [`database`]
//! 4. [`qq`], the QQ Connect client; [`config`]; [`mail`]; [`language`], [`audit`], [`metrics`], [`traces`],
//!    [`sealing`], [`clock`] and [`random`]
//!
//! [`sandbox`] is a local replacement for graph.qq.com. It shares no code with [`qq`].

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

pub mod accounts;
pub mod audit;
pub mod clock;
pub mod config;
pub mod database;
pub mod doctor;
pub mod language;
pub mod login;
pub mod mail;
pub mod metrics;
pub mod qq;
pub mod random;
pub mod sandbox;
pub mod sealing;
pub mod sessions;
mod tls;
pub mod traces;

use qq_login_validation as validation;
