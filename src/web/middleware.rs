//! The middleware between the network and the handlers.
//! `routes::router` puts it around them, in the order that matters.
//! It must not know a single page or form: what it refuses, it refuses with a `WebError`.

mod canonical_host;
mod error_pages;
mod forwarded_host;
mod headers;
mod limit_body;
mod measure;
mod readable_cookies;
mod request_id;
mod request_log;

pub(super) use canonical_host::canonical_host;
pub(super) use error_pages::error_pages;
pub(super) use headers::{add_security_headers, content_security_policy};
pub(super) use limit_body::limit_body;
pub(super) use measure::{measure, note_route};
pub(super) use readable_cookies::remove_unreadable_cookies;
pub(super) use request_id::{RandomRequestId, keep_proxy_request_id};
pub(super) use request_log::{log_response, request_span};
