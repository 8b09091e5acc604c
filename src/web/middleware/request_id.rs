//! An id for each request, so that an error page can be found in the log, and in the log of the proxy.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest};
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::random::{self, Random};
use crate::web::state::AppState;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: &str = "traceparent";
const ID_BYTES: usize = 8;
const MAX_PROXY_ID_LEN: usize = 64;

/// Keeps the id of a trusted proxy: `X-Request-Id`, else the trace id of `traceparent`. Removes those of a client, which
/// could write into log and traces.
pub(in crate::web) async fn keep_proxy_request_id(State(state): State<AppState>, mut request: Request) -> Request {
    let headers = request.headers_mut();
    let is_proxied = state.site.trusted_proxies > 0;
    let id = if is_proxied { proxy_request_id(headers) } else { None };
    headers.remove(HEADER);
    if !is_proxied {
        headers.remove(TRACE_PARENT);
    }
    if let Some(id) = id {
        headers.insert(HEADER, id);
    }
    request
}

fn proxy_request_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = only_value(headers, HEADER.as_str()).filter(|id| is_valid(id));
    let id = id.or_else(|| trace_id(only_value(headers, TRACE_PARENT)?));
    HeaderValue::from_str(id?).ok()
}

/// Returns the value of a header that the request has once.
fn only_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

/// Whether an id is harmless in a log, in a header and on a page. UUIDs and hexadecimal digits are.
fn is_valid(id: &str) -> bool {
    (1..=MAX_PROXY_ID_LEN).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Returns the trace id of a `traceparent` (W3C Trace Context, section 3.2). Later versions may have further fields.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut fields = traceparent.splitn(5, '-');
    let mut hex = |len: usize| {
        let field = fields.next()?;
        let is_hex = field.len() == len && field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then_some(field)
    };
    let (version, trace_id, parent_id, _flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    let has_only_known_fields = version != "00" || fields.next().is_none();
    let is_zero = |id: &str| id.bytes().all(|byte| byte == b'0');
    (version != "ff" && has_only_known_fields && !is_zero(trace_id) && !is_zero(parent_id)).then_some(trace_id)
}

/// Makes ids of random hexadecimal digits.
#[derive(Clone)]
pub(in crate::web) struct RandomRequestId(pub(in crate::web) Random);

impl MakeRequestId for RandomRequestId {
    fn make_request_id<B>(&mut self, _: &HttpRequest<B>) -> Option<RequestId> {
        // Without randomness, the request is still answered.
        let id = hex::encode(random::bytes::<ID_BYTES>(&self.0).unwrap_or_default());
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_id_is_that_of_a_valid_traceparent() {
        const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        for valid in ["00-{id}-00f067aa0ba902b7-01", "00-{id}-00f067aa0ba902b7-00", "cc-{id}-00f067aa0ba902b7-01-new"] {
            assert_eq!(trace_id(&valid.replace("{id}", ID)), Some(ID), "{valid}");
        }
        for invalid in [
            "",
            "{id}",
            "00-{id}-00f067aa0ba902b7",
            "00-{id}-00f067aa0ba902b7-01-new",
            "ff-{id}-00f067aa0ba902b7-01",
            "00-{id}-0000000000000000-01",
            "00-{id}0-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_id(&invalid.replace("{id}", ID)), None, "{invalid}");
        }
    }
}
