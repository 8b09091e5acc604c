//! What browsers see: the pages, the forms, and what guards them.

pub mod islands;

#[cfg(feature = "ssr")]
mod account_fns;
#[cfg(feature = "ssr")]
mod api;
#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
mod assets;
#[cfg(feature = "ssr")]
mod avatar;
#[cfg(feature = "ssr")]
mod client_address;
#[cfg(feature = "ssr")]
mod error_page;
#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod flash;
#[cfg(feature = "ssr")]
mod forms;
#[cfg(feature = "ssr")]
mod health;
#[cfg(feature = "ssr")]
mod i18n;
#[cfg(feature = "ssr")]
mod middleware;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod permission;
#[cfg(feature = "ssr")]
mod preferences;
#[cfg(feature = "ssr")]
mod qq_trip;
#[cfg(feature = "ssr")]
mod rate_limits;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod script;
#[cfg(feature = "ssr")]
mod server_fns;
#[cfg(feature = "ssr")]
mod state;

#[cfg(feature = "ssr")]
pub use routes::router;
#[cfg(feature = "ssr")]
pub use state::AppState;
