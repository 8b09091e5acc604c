//! What stands between the network and the pages.

mod bodies;
mod cross_site;
mod errors;
mod headers;
mod host;
mod panics;
mod rate_limit;
mod request_id;
mod session_cookie;

pub(super) use bodies::read_forms;
pub(super) use cross_site::{refuse_other_origins, refuse_other_sites};
pub(super) use errors::explain_errors;
pub(super) use headers::{add_security_headers, content_security_policy};
pub(super) use host::keep_to_public_url;
pub(super) use panics::survive_panics;
pub(super) use rate_limit::limit_networks;
pub(super) use request_id::{RequestId, name_requests};
pub(super) use session_cookie::keep_session_cookie;
