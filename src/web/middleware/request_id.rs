//! A name for each request, by which a page that a person saw and the log can be brought together.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::random;
use crate::web::state::AppState;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const BYTES: usize = 8;

/// A request's name: hexadecimal digits.
#[derive(Clone, Debug)]
pub(in crate::web) struct RequestId(pub(in crate::web) String);

/// Names a request. A name that the request brings along is not believed: whoever sends it could
/// write into the log.
pub(in crate::web) async fn set_request_id(State(site): State<AppState>, mut request: Request, next: Next) -> Response {
    // Without randomness nothing else works either, but the request can still be answered.
    let id = hex::encode(random::bytes::<BYTES>(&site.facts.random).unwrap_or_default());
    let value = HeaderValue::from_str(&id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
