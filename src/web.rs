//! The website: pages, forms and the middleware around them.
//! [`router_with`] serves an [`AppState`]; `routes` lists every path, and a login starts in `routes::login`.
//! It must not know SQL or QQ's protocol: it calls [`crate::login`] and [`crate::sessions`].

pub mod islands;

#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
mod assets;
#[cfg(feature = "ssr")]
mod client_address;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod cookies;
#[cfg(all(feature = "ssr", debug_assertions))]
mod dev_bar;
#[cfg(feature = "ssr")]
mod embed;
#[cfg(feature = "ssr")]
mod embedded_files;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod error_page;
#[cfg(feature = "ssr")]
mod flash;
#[cfg(feature = "ssr")]
mod forms;
#[cfg(feature = "ssr")]
mod i18n;
#[cfg(feature = "ssr")]
mod known_browser;
#[cfg(feature = "ssr")]
mod mails;
#[cfg(feature = "ssr")]
mod middleware;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod page_context;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod qq_redirect;
#[cfg(feature = "ssr")]
mod rate_limits;
#[cfg(feature = "ssr")]
mod redirect_page;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod script;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod template;
#[cfg(feature = "ssr")]
mod theme;
#[cfg(feature = "ssr")]
mod time;

#[cfg(feature = "ssr")]
pub use error::WebError;
#[cfg(feature = "ssr")]
pub use request::PageRequest;
#[cfg(feature = "ssr")]
pub use routes::router_with;
#[cfg(feature = "ssr")]
pub use state::AppState;
