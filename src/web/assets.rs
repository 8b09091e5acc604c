//! The static files: where they are found, and how long browsers may keep them.

use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use sha2::{Digest, Sha256};
use tower_http::services::{ServeDir, ServeFile};

/// The files of the folder `pkg`, whose addresses carry a version.
const FILES: [&str; 3] = ["qq-login.css", "qq-login.js", "qq-login.wasm"];

/// The addresses of what a page loads. They hold a hash of the files, so that browsers can keep
/// the files for good and still see a new build at once.
#[derive(Clone, Debug)]
pub(super) struct Assets {
    version: String,
}

impl Assets {
    /// Reads the files once and derives their version.
    pub(super) fn find(site_root: &Path) -> Assets {
        let mut hash = Sha256::new();
        for file in FILES {
            match std::fs::read(site_root.join("pkg").join(file)) {
                Ok(content) => hash.update(content),
                Err(error) => tracing::warn!(file, %error, "a static file is missing; run `make build`"),
            }
        }
        let mut version = hex::encode(hash.finalize());
        version.truncate(16);
        Assets { version }
    }

    pub(super) fn css(&self) -> String {
        self.address("qq-login.css")
    }

    pub(super) fn js(&self) -> String {
        self.address("qq-login.js")
    }

    pub(super) fn wasm(&self) -> String {
        self.address("qq-login.wasm")
    }

    fn address(&self, file: &str) -> String {
        format!("/pkg/{file}?v={}", self.version)
    }
}

/// Serves the static files, compressed ahead of time where the build did so.
pub(super) fn router<S: Clone + Send + Sync + 'static>(site_root: &Path, assets: &Assets) -> Router<S> {
    let folder = |name: &str| ServeDir::new(site_root.join(name)).precompressed_br().precompressed_gzip();
    let file = |name: &str| ServeFile::new(site_root.join(name));
    Router::new()
        .nest_service("/pkg", folder("pkg").append_index_html_on_directories(false))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/robots.txt", file("robots.txt"))
        .layer(middleware::from_fn_with_state(assets.clone(), cache_control))
}

/// Only what is asked for by the version that is served may be kept for good: while one version
/// takes the place of another, a page of the one may ask the other.
async fn cache_control(State(assets): State<Assets>, request: Request, next: Next) -> Response {
    let is_versioned = request.uri().path().starts_with("/pkg/");
    let version = request.uri().query().and_then(|query| query.strip_prefix("v="));
    let kept = match version {
        Some(version) if is_versioned && version == assets.version => "public, max-age=31536000, immutable",
        _ if is_versioned => "no-cache",
        _ => "public, max-age=3600",
    };
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    }
    response
}
