//! An id for each request, so that an error page can be found in the log.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest};
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::random::{self, Random};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const ID_BYTES: usize = 8;

/// Removes the id that the client sent: it could write into the log.
pub(in crate::web) async fn remove_client_request_id(mut request: Request) -> Request {
    request.headers_mut().remove(HEADER);
    request
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
