//! Logs one line per request.

use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tracing::{Level, Span, debug, debug_span, error, info, info_span};

use crate::audit;
use crate::web::client_address::anonymized;
use crate::web::request::{RequestInfo, is_mail_link};

/// The target of the lines.
const TARGET: &str = "request";

/// Returns the span of a request. It has no query, which may hold an authorization code, and no token of a mailed link.
pub(in crate::web) fn request_span(request: &Request) -> Span {
    let (method, path) = (request.method(), request.uri().path());
    let path = if is_mail_link(path) { "/mail/{token}" } else { path };
    let info = request.extensions().get::<RequestInfo>();
    let id = info.and_then(|info| info.id.as_deref());
    let network = info.map(|info| anonymized(info.client_ip));
    if is_frequent(path) {
        return debug_span!(target: audit::TARGET, "request", id, network, %method, path);
    }
    info_span!(target: audit::TARGET, "request", id, network, %method, path)
}

/// Whether a path is a health check or a static file. Such requests would fill log and traces and say little.
pub(super) fn is_frequent(path: &str) -> bool {
    const FILES: [&str; 6] = ["/healthz", "/readyz", "/favicon.svg", "/icon.png", "/illustration.svg", "/robots.txt"];
    FILES.contains(&path) || path.starts_with("/pkg/") || path.starts_with("/page.")
}

/// Logs a response at the level of its span, errors of the server at a higher level.
pub(in crate::web) fn log_response<B>(response: &Response<B>, latency: Duration, span: &Span) {
    let status = response.status().as_u16();
    let latency_ms = latency.as_micros() as f64 / 1000.0;
    let is_frequent = span.metadata().is_some_and(|span| *span.level() == Level::DEBUG);
    match status {
        _ if is_frequent => debug!(target: TARGET, status, latency_ms, "request finished"),
        500.. => error!(target: TARGET, status, latency_ms, "request finished"),
        _ => info!(target: TARGET, status, latency_ms, "request finished"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_checks_and_static_files_are_frequent() {
        for path in ["/healthz", "/readyz", "/pkg/qq-login.css", "/page.js", "/robots.txt"] {
            assert!(is_frequent(path), "{path}");
        }
        for path in ["/", "/account", "/login/qq/callback", "/avatar/0", "/pkg", "/healthz/"] {
            assert!(!is_frequent(path), "{path}");
        }
    }
}
