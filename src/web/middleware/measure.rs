//! Measures requests, by the pattern of their path: the path itself may hold a secret, and anybody can invent one.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics;

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

/// Measures a request until its response begins.
pub(in crate::web) async fn measure(request: Request, next: Next) -> Response {
    let (method, begin) = (method_name(request.method()), Instant::now());
    let response = next.run(request).await;
    let route = response.extensions().get::<MatchedPath>().map_or(UNKNOWN, MatchedPath::as_str);
    metrics::request(method, route.to_owned(), response.status().as_u16(), begin.elapsed());
    response
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
