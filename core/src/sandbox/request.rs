//! A request to the sandbox's QQ endpoints.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use tokio::time::sleep;

use super::faults::{self, Endpoint, Fault};
use super::params::Params;
use super::state::Sandbox;
use crate::language::Lang;

const SLOW_RESPONSE_DELAY: Duration = Duration::from_secs(30);

/// A parsed request. Parsing also adds it to the request log.
pub(super) struct QqRequest {
    pub(super) sandbox: Sandbox,
    pub(super) method: Method,
    /// The parameters of the query, then those of the form.
    pub(super) params: Params,
    /// The parameters of the form only.
    pub(super) form: Params,
    /// The host that the client used. Avatar URLs use the same one.
    pub(super) host: String,
    pub(super) lang: Lang,
    log_id: u64,
}

impl FromRequest<Sandbox> for QqRequest {
    type Rejection = Response;

    /// Rejects a body that is too long or incomplete. The request is logged in any case.
    async fn from_request(request: Request, sandbox: &Sandbox) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let body = Bytes::from_request(Request::from_parts(head.clone(), body), sandbox).await;
        let form = match &body {
            Ok(body) if is_form(&head.headers) => Params::parse(body),
            _ => Params::default(),
        };
        let request = Self::new(sandbox.clone(), &head, form);
        match body {
            Ok(_) => Ok(request),
            Err(rejection) => Err(request.respond(rejection)),
        }
    }
}

impl QqRequest {
    fn new(sandbox: Sandbox, head: &Parts, form: Params) -> Self {
        let mut params = Params::parse(head.uri.query().unwrap_or_default().as_bytes());
        params.extend(&form);
        let log_id = sandbox.state().log.add(sandbox.now(), &head.method, head.uri.path(), &params);
        Self {
            sandbox,
            method: head.method.clone(),
            params,
            form,
            host: host(&head.headers),
            lang: Lang::from_headers(&head.headers),
            log_id,
        }
    }

    /// Takes and logs the endpoint's planned fault, if it applies. [`Fault::Slow`] delays the caller here.
    pub(super) async fn take_fault(&self, endpoint: Endpoint, applies: impl FnOnce(Fault) -> bool) -> Option<Fault> {
        let fault = {
            let mut state = self.sandbox.state();
            let fault = faults::take_fault(&mut state.faults, endpoint, applies)?;
            state.log.set_fault(self.log_id, fault);
            fault
        };
        if fault == Fault::Slow {
            sleep(SLOW_RESPONSE_DELAY).await;
        }
        Some(fault)
    }

    /// Logs and returns the response.
    pub(super) fn respond(&self, response: impl IntoResponse) -> Response {
        let response = response.into_response();
        self.sandbox.state().log.set_status(self.log_id, response.status().as_u16());
        response
    }
}

/// Returns whether the body is an HTML form's.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let form = b"application/x-www-form-urlencoded";
    headers.get(CONTENT_TYPE).is_some_and(|content_type| content_type.as_bytes().starts_with(form))
}

/// Returns the `Host` header.
pub(super) fn host(headers: &HeaderMap) -> String {
    headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned()
}
