//! The common part of the endpoints that servers call.

use axum::response::Response;

use crate::sandbox::faults::{Endpoint, Fault, broken_response};
use crate::sandbox::grants::Grants;
use crate::sandbox::request::QqRequest;
use crate::sandbox::response_format::{ResponseFormat, qq_response};

/// A call to answer.
pub(super) struct ApiCall<'a> {
    pub(super) request: &'a QqRequest,
    pub(super) grants: &'a mut Grants,
    pub(super) fault: Option<Fault>,
    /// Unix seconds.
    pub(super) now: i64,
}

impl ApiCall<'_> {
    pub(super) fn app_id(&self) -> &str {
        &self.request.sandbox.settings().app_id
    }

    pub(super) fn format(&self) -> ResponseFormat {
        match self.fault {
            Some(Fault::JsonpTight) => ResponseFormat::TightJsonp,
            _ => ResponseFormat::requested(&self.request.params),
        }
    }
}

/// Responds with the body that `answer` returns, or with the planned fault. A fault that does not apply
/// to this request stays planned.
pub(super) async fn respond(
    request: QqRequest,
    endpoint: Endpoint,
    applies: impl FnOnce(Fault) -> bool,
    answer: fn(ApiCall<'_>) -> String,
) -> Response {
    let fault = request.take_fault(endpoint, applies).await;
    let sandbox = &request.sandbox;
    let run = |grants: &mut Grants, fault| answer(ApiCall { request: &request, grants, fault, now: sandbox.now() });
    // On a copy, so that no code or token is used up.
    let dry_run = || run(&mut sandbox.state().grants.clone(), None);
    let broken = fault.and_then(|fault| broken_response(fault, dry_run));
    request.respond(broken.unwrap_or_else(|| qq_response(run(&mut sandbox.state().grants, fault))))
}
