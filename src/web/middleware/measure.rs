//! Measures requests, by the pattern of their path: the path itself may hold a secret, and anybody can invent one.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::request_log::is_frequent;
use crate::metrics;
use crate::traces::Span;
use crate::web::request::RequestInfo;

/// The route of requests that match none.
const UNKNOWN: &str = "unknown";

/// Notes the route in the response. For routers, which know it.
pub(in crate::web) async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Measures a request until its response begins, and records it as a span, unless it says little.
pub(in crate::web) async fn measure(info: RequestInfo, request: Request, next: Next) -> Response {
    let (method, begin) = (method_name(request.method()), Instant::now());
    let span = (!is_frequent(request.uri().path())).then(|| Span::of_request(method, request.headers()));
    let response = match &span {
        Some(span) => span.run(next.run(request)).await,
        None => next.run(request).await,
    };
    let route = response.extensions().get::<MatchedPath>().map_or(UNKNOWN, MatchedPath::as_str);
    if let Some(span) = span.as_ref().filter(|span| span.is_recorded()) {
        describe(span, &info, method, route, response.status());
    }
    metrics::request(method, route.to_owned(), response.status().as_u16(), begin.elapsed());
    response
}

/// The names are those of OpenTelemetry's semantic conventions for HTTP spans.
fn describe(span: &Span, info: &RequestInfo, method: &'static str, route: &str, status: StatusCode) {
    span.rename(format!("{method} {route}"));
    span.set("http.request.method", method);
    span.set("http.route", route.to_owned());
    span.set("http.response.status_code", i64::from(status.as_u16()));
    if let Some(id) = &info.id {
        span.set("request.id", id.clone());
    }
    if status.is_server_error() {
        span.fail(status.as_u16());
    }
}

/// Clients can invent methods, too.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        _ => "other",
    }
}
