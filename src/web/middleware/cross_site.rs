//! Requests that other sites have a browser make.
//!
//! Leptos leaves this to the application (leptos-rs/leptos#3786). The scheme is that of Go 1.25:
//! `Sec-Fetch-AppState`, then `Origin`; no tokens, so it covers people who have no session yet too.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::CsrfLayer;

use crate::audit::{self, Event};
use crate::config::PublicUrl;
use crate::web::error_page;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// Refuses requests of other sites that could change something.
pub(in crate::web) fn refuse_other_sites(public_url: &PublicUrl) -> CsrfLayer {
    let layer = CsrfLayer::new();
    // A proxy may rewrite `Host`, so the site's own origin is named. It is one that a browser
    // sends as it stands, or the configuration would not have been accepted.
    layer.clone().add_trusted_origin(public_url.origin()).unwrap_or(layer)
}

/// Refuses what the layer above lets through: an origin with the site's name and another scheme. It
/// compares names alone, and whoever can answer for `http://` is not the site.
pub(in crate::web) async fn refuse_other_origins(
    State(site): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() || !is_of_another_origin(request.headers(), &site.facts.public_url) {
        return next.run(request).await;
    }
    audit::record(Event::CrossSiteBlocked);
    let (parts, _) = request.into_parts();
    error_page::forbidden(RequestInfo::read(site, parts)).await
}

/// Browsers that send `Sec-Fetch-AppState` have compared schemes themselves.
fn is_of_another_origin(headers: &HeaderMap, public_url: &PublicUrl) -> bool {
    let origin = headers.get(header::ORIGIN).filter(|_| !headers.contains_key("sec-fetch-site"));
    origin.is_some_and(|origin| origin.as_bytes() != public_url.origin().as_bytes())
}
