//! What people and scripts can see and do: the journal, the faults, revocation.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, is_form};
use super::faults::{Endpoint, Named, Planned};
use super::journal::Entry;
use super::memory::Sandbox;
use super::pages;
use super::params::Params;

/// An answer that says what was wrong with the request.
pub(super) fn problem(status: StatusCode, what: impl Into<String>) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "error": what.into() })))
}

type Refused = (StatusCode, Json<Value>);

pub(super) async fn overview(State(sandbox): State<Sandbox>, call: Call) -> Response {
    pages::overview(&sandbox, &call)
}

pub(super) async fn requests(State(sandbox): State<Sandbox>) -> Json<Vec<Entry>> {
    Json(sandbox.memory().journal.entries().cloned().collect())
}

pub(super) async fn list_faults(State(sandbox): State<Sandbox>) -> Json<Vec<Planned>> {
    Json(sandbox.memory().faults.planned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultWanted {
    fault: String,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

pub(super) async fn plan_fault(
    State(sandbox): State<Sandbox>,
    Path(endpoint): Path<String>,
    body: Bytes,
) -> Result<Json<Planned>, Refused> {
    let endpoint = known_endpoint(&endpoint)?;
    let wanted: FaultWanted = serde_json::from_slice(&body).map_err(|error| {
        problem(
            StatusCode::BAD_REQUEST,
            format!(r#"wanted is a body like {{"fault": "http_500", "times": 1}}: {error}"#),
        )
    })?;
    if wanted.times == 0 {
        return Err(problem(StatusCode::BAD_REQUEST, "times has to be at least 1; DELETE ends a fault"));
    }
    let mut memory = sandbox.memory();
    memory.faults.plan(endpoint, &wanted.fault, wanted.times).map_err(|known| {
        problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("{} has no fault {:?}; there are: {}", endpoint.name(), wanted.fault, known.join(", ")),
        )
    })?;
    memory
        .faults
        .planned()
        .into_iter()
        .find(|planned| planned.endpoint == endpoint.name())
        .map(Json)
        .ok_or_else(|| problem(StatusCode::INTERNAL_SERVER_ERROR, "the fault was not kept"))
}

pub(super) async fn end_faults(State(sandbox): State<Sandbox>) -> StatusCode {
    for (_, endpoint) in Endpoint::NAMES {
        sandbox.memory().faults.end(*endpoint);
    }
    StatusCode::NO_CONTENT
}

pub(super) async fn end_fault(
    State(sandbox): State<Sandbox>,
    Path(endpoint): Path<String>,
) -> Result<StatusCode, Refused> {
    let endpoint = known_endpoint(&endpoint)?;
    sandbox.memory().faults.end(endpoint);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Revocation {
    user: String,
}

/// A script sends JSON and gets JSON; the form on the overview leads back to the overview.
pub(super) async fn revoke(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let by_form = is_form(&headers);
    let user = if by_form {
        Params::parse(&body).get("user").map(str::to_owned)
    } else {
        serde_json::from_slice(&body).ok().map(|revocation: Revocation| revocation.user)
    };
    let user = user.ok_or_else(|| problem(StatusCode::BAD_REQUEST, r#"wanted is a body like {"user": "小明"}"#))?;
    let mut memory = sandbox.memory();
    if !memory.people.knows(&sandbox.settings().app_id, &user) {
        return Err(problem(StatusCode::NOT_FOUND, format!("nobody here is called {user:?}")));
    }
    memory.grants.revoke(&user);
    Ok(if by_form { Redirect::to("/").into_response() } else { Json(json!({ "revoked": user })).into_response() })
}

fn known_endpoint(name: &str) -> Result<Endpoint, Refused> {
    Endpoint::named(name).ok_or_else(|| {
        problem(StatusCode::NOT_FOUND, format!("no endpoint {name:?}; there are: {}", Endpoint::names().join(", ")))
    })
}
