//! The sandbox's controls: the overview page, the mailbox, the request log, faults, and revocation.

use std::num::NonZeroU32;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Endpoint, PlannedFault};
use super::mailbox::ReceivedMail;
use super::pages;
use super::params::Params;
use super::request::{host, is_form};
use super::request_log::LogEntry;
use super::same_origin::{has_loopback_host, is_cross_site};
use super::state::Sandbox;
use crate::language::Lang;

type JsonError = (StatusCode, Json<Value>);

pub(super) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/", get(overview))
        .route("/sandbox/mailbox", get(mailbox))
        .route("/sandbox/mails", get(list_mails))
        .route("/sandbox/requests", get(list_requests))
        .route("/sandbox/faults", get(list_faults).delete(clear_faults))
        .route("/sandbox/faults/{endpoint}", put(plan_fault).delete(clear_fault))
        .route("/sandbox/revoke", post(revoke))
        .layer(from_fn(reject_other_sites))
}

/// Rejects requests of other sites' pages, which the user's browser can send to loopback.
async fn reject_other_sites(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !has_loopback_host(headers) {
        let message = "the Host header must be localhost or a loopback address";
        return json_error(StatusCode::MISDIRECTED_REQUEST, message).into_response();
    }
    if !request.method().is_safe() && is_cross_site(headers) {
        return json_error(StatusCode::FORBIDDEN, "cross-site requests are not allowed").into_response();
    }
    next.run(request).await
}

async fn overview(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    pages::overview(&sandbox, Lang::from_headers(&headers), &host(&headers))
}

async fn mailbox(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    pages::mailbox(&sandbox, Lang::from_headers(&headers))
}

async fn list_mails(State(sandbox): State<Sandbox>) -> Json<Vec<ReceivedMail>> {
    Json(sandbox.mailbox().mails())
}

async fn list_requests(State(sandbox): State<Sandbox>) -> Json<Vec<LogEntry>> {
    Json(sandbox.state().log.entries().cloned().collect())
}

async fn list_faults(State(sandbox): State<Sandbox>) -> Json<Vec<PlannedFault>> {
    Json(sandbox.state().faults.values().copied().collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFaultBody {
    fault: String,
    #[serde(default = "once")]
    times: NonZeroU32,
}

fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}

async fn plan_fault(
    State(sandbox): State<Sandbox>,
    Path(endpoint): Path<String>,
    body: Bytes,
) -> Result<Json<PlannedFault>, JsonError> {
    let endpoint = find_endpoint(&endpoint)?;
    let body: PlanFaultBody = serde_json::from_slice(&body).map_err(|error| {
        let message = format!(r#"expected a body like {{"fault": "http_500", "times": 1}}: {error}"#);
        json_error(StatusCode::BAD_REQUEST, message)
    })?;
    let fault = endpoint.faults().find(|fault| fault.name() == body.fault).ok_or_else(|| {
        let known: Vec<_> = endpoint.faults().map(|fault| fault.name()).collect();
        let message =
            format!("unknown fault {:?} for {}, expected one of {}", body.fault, endpoint.name(), known.join(", "));
        json_error(StatusCode::UNPROCESSABLE_ENTITY, message)
    })?;
    let planned = PlannedFault { endpoint, fault, times: body.times.get() };
    sandbox.state().faults.insert(endpoint, planned);
    Ok(Json(planned))
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.state().faults.clear();
    StatusCode::NO_CONTENT
}

async fn clear_fault(State(sandbox): State<Sandbox>, Path(endpoint): Path<String>) -> Result<StatusCode, JsonError> {
    sandbox.state().faults.remove(&find_endpoint(&endpoint)?);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct RevokeBody {
    user: String,
}

/// Accepts JSON and answers JSON, or accepts the overview page's form and redirects to the page.
async fn revoke(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Result<Response, JsonError> {
    let is_form = is_form(&headers);
    let user = if is_form {
        Params::parse(&body).get("user").map(str::to_owned)
    } else {
        serde_json::from_slice(&body).ok().map(|body: RevokeBody| body.user)
    };
    let user = user.ok_or_else(|| json_error(StatusCode::BAD_REQUEST, r#"expected a body like {"user": "小明"}"#))?;
    let mut state = sandbox.state();
    if !state.users.contains(&user) {
        return Err(json_error(StatusCode::NOT_FOUND, format!("unknown user {user:?}")));
    }
    state.grants.revoke(&user);
    Ok(if is_form { Redirect::to("/").into_response() } else { Json(json!({ "revoked": user })).into_response() })
}

fn find_endpoint(name: &str) -> Result<Endpoint, JsonError> {
    Endpoint::ALL.into_iter().find(|endpoint| endpoint.name() == name).ok_or_else(|| {
        let known: Vec<_> = Endpoint::ALL.iter().map(|endpoint| endpoint.name()).collect();
        json_error(StatusCode::NOT_FOUND, format!("unknown endpoint {name:?}, expected one of {}", known.join(", ")))
    })
}

fn json_error(status: StatusCode, message: impl Into<String>) -> JsonError {
    (status, Json(json!({ "error": message.into() })))
}
