//! The headers that tell browsers what not to do.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Config;
use crate::web::state::AppState;

/// The policy of a page: nothing but what the page itself needs.
///
/// `form_targets` are the sites beside this one to which a form may be redirected.
pub(in crate::web) fn content_security_policy(form_targets: &str, script_nonce: Option<&str>) -> String {
    let script = match script_nonce {
        Some(nonce) => format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src 'self'; "),
        None => String::new(),
    };
    format!(
        "default-src 'none'; {script}style-src 'self'; img-src 'self'; form-action 'self' {form_targets}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Adds to every response what it does not say itself.
pub(in crate::web) async fn add_security_headers(
    State(site): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    const FIXED: [(HeaderName, &str); 8] = [
        // Most answers are somebody's own. What may be kept says so.
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
        // The callback's address holds the authorization code.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if site.facts.public_url.is_https() {
        let two_years = HeaderValue::from_static("max-age=63072000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    response
}
