//! Requests that other sites have a browser make.
//!
//! Leptos leaves this to the application (leptos-rs/leptos#3786). The scheme is that of Go 1.25:
//! `Sec-Fetch-Site`, then `Origin`; no tokens, so it covers people who have no session yet too.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::audit::{self, Event};
use crate::config::PublicUrl;
use crate::web::notice;
use crate::web::site::Site;
use crate::web::visit::Setting;

/// Refuses requests of other sites that could change something.
pub(in crate::web) fn refuse_other_sites(public_url: &PublicUrl) -> CsrfLayer {
    let layer = CsrfLayer::new();
    // A proxy may rewrite `Host`, so the site's own origin is named. It is one that a browser
    // sends as it stands, or the configuration would not have been accepted.
    layer.clone().add_trusted_origin(public_url.origin()).unwrap_or(layer)
}

/// Puts a page to the refusal.
pub(in crate::web) async fn explain_refusal(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let setting = Setting::read(site, parts.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    audit::record(Event::CrossSiteBlocked);
    notice::forbidden(setting).await
}
