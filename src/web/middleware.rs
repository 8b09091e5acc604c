//! What stands between the network and the pages.

mod canonical_host;
mod catch_panic;
mod cross_site;
mod errors;
mod headers;
mod limit_body;
mod rate_limit;
mod request_id;

pub(super) use canonical_host::canonical_host;
pub(super) use catch_panic::catch_panic;
pub(super) use cross_site::{refuse_other_origins, refuse_other_sites};
pub(super) use errors::explain_errors;
pub(super) use headers::{add_security_headers, content_security_policy};
pub(super) use limit_body::limit_body;
pub(super) use rate_limit::limit_networks;
pub(super) use request_id::{RequestId, set_request_id};
