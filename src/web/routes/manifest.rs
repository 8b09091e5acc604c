//! The web app manifest: name and icons for users who add the site to their home screen.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::web::request::RequestInfo;

pub(super) async fn show(request: RequestInfo) -> Response {
    let name = request.state.site.name(request.messages());
    let manifest = json!({
        "name": name,
        "short_name": name,
        "lang": request.lang.tag(),
        "start_url": "/",
        "display": "browser",
        "theme_color": "#0a66c2",
        "background_color": "#f5f7fb",
        "icons": [
            { "src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml" },
            { "src": "/icon.png", "sizes": "512x512", "type": "image/png" },
        ],
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "accept-language, cookie"),
    ];
    (headers, manifest.to_string()).into_response()
}
