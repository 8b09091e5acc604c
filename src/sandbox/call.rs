//! A request, as far as the sandbox cares about it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

use super::lang::Lang;
use super::params::Params;

/// One request: how it came and what it brought.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// The parameters of the address and then those of the form.
    pub(super) params: Params,
    /// The parameters of the form alone.
    pub(super) form: Params,
    /// How the caller addressed us: the avatars are to be had under the same name.
    pub(super) host: String,
    pub(super) lang: Lang,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let method = request.method().clone();
        let uri = request.uri().clone();
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let query = Params::parse(uri.query().unwrap_or_default().as_bytes());
        let form = if is_form(&headers) { Params::parse(&body) } else { Params::default() };
        Ok(Self {
            method,
            path: uri.path().to_owned(),
            params: query.and(&form),
            form,
            host: host(&headers),
            lang: Lang::wanted(&headers),
        })
    }
}

/// Whether the body is an HTML form's.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn host(headers: &HeaderMap) -> String {
    headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned()
}
