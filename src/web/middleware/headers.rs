//! The security headers of every response.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Config;
use crate::web::assets::is_cargo_leptos_watch;
use crate::web::request::RequestInfo;

/// Returns the Content-Security-Policy of a page. `form_targets` are other origins that a form may redirect to.
pub(in crate::web) fn content_security_policy(form_targets: &str, script_nonce: Option<&str>) -> String {
    // `cargo leptos watch` tells pages over a WebSocket, on a port of its own, that they have changed.
    let reload = if is_cargo_leptos_watch() { " ws:" } else { "" };
    let script = match script_nonce {
        Some(nonce) => {
            format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'{reload}; ")
        }
        None => String::new(),
    };
    format!(
        "default-src 'none'; {script}style-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self' {form_targets}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Adds the headers that a response does not set itself.
pub(in crate::web) async fn add_security_headers(info: RequestInfo, request: Request, next: Next) -> Response {
    const FIXED: [(HeaderName, &str); 8] = [
        // Most responses are for one user.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    let is_callback = request.uri().path() == Config::CALLBACK_PATH;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if is_callback {
        // The callback's query holds the authorization code.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if info.state.site.public_url.is_https() {
        let two_years = HeaderValue::from_static("max-age=63072000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    response
}
