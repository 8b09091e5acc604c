//! What stands between the network and the pages.

mod bare_errors;
mod cross_site;
mod headers;
mod host;
mod panics;
mod rate_limit;
mod request_id;
mod session_cookie;

pub(super) use bare_errors::explain_bare_errors;
pub(super) use cross_site::{explain_refusal, refuse_other_sites};
pub(super) use headers::{add_security_headers, content_security_policy};
pub(super) use host::keep_to_public_url;
pub(super) use panics::survive_panics;
pub(super) use rate_limit::limit_networks;
pub(super) use request_id::{RequestId, name_requests};
pub(super) use session_cookie::mend_cookie_removal;
