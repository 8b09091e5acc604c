//! A request, as far as the sandbox cares about it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

use super::memory::Sandbox;
use super::params::Params;
use crate::language::Lang;

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

impl FromRequest<Sandbox> for Call {
    type Rejection = Response;

    /// A body that is too long, or breaks off, is refused before anybody has noted the request, so
    /// that is done here.
    async fn from_request(request: Request, sandbox: &Sandbox) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let call = Self::without_body(&head);
        let is_form = is_form(&head.headers);
        match Bytes::from_request(Request::from_parts(head, body), sandbox).await {
            Ok(body) if is_form => Ok(call.with_form(Params::parse(&body))),
            Ok(_) => Ok(call),
            Err(refused) => Err(sandbox.note(&call).answered(refused.into_response())),
        }
    }
}

impl Call {
    fn without_body(head: &Parts) -> Self {
        Self {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            params: Params::parse(head.uri.query().unwrap_or_default().as_bytes()),
            form: Params::default(),
            host: host(&head.headers),
            lang: Lang::from_headers(&head.headers),
        }
    }

    fn with_form(self, form: Params) -> Self {
        Self { params: self.params.and(&form), form, ..self }
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
