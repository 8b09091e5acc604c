//! The static files and how long browsers may cache them.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use sha2::{Digest, Sha256};
use tower_http::services::{ServeDir, ServeFile};

/// The files in the folder `pkg`. Their URLs carry a version.
const FILES: [&str; 3] = ["qq-login.css", "qq-login.js", "qq-login.wasm"];

/// The URLs of what a page loads. They contain a hash of the files, so browsers can cache the files forever and
/// still load a new build at once.
#[derive(Clone)]
pub(super) struct Assets {
    site_root: PathBuf,
    version: String,
}

impl Assets {
    /// Reads the files once to hash them.
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
        Assets { site_root: site_root.to_owned(), version }
    }

    pub(super) fn css(&self) -> String {
        self.url("qq-login.css")
    }

    pub(super) fn js(&self) -> String {
        self.url("qq-login.js")
    }

    pub(super) fn wasm(&self) -> String {
        self.url("qq-login.wasm")
    }

    fn url(&self, file: &str) -> String {
        format!("/pkg/{file}?v={}", self.version)
    }
}

/// Serves the static files. Prefers those that the build compressed.
pub(super) fn router<S: Clone + Send + Sync + 'static>(assets: &Assets) -> Router<S> {
    let path = |name: &str| assets.site_root.join(name);
    let pkg = ServeDir::new(path("pkg")).precompressed_br().precompressed_gzip();
    Router::new()
        .nest_service("/pkg", pkg.append_index_html_on_directories(false))
        .route_service("/favicon.svg", ServeFile::new(path("favicon.svg")))
        .route_service("/robots.txt", ServeFile::new(path("robots.txt")))
        .layer(middleware::from_fn_with_state(assets.version.clone(), cache_control))
}

/// Only URLs with the current version may be cached forever: during an update, a page of one version may load a
/// file of the other.
async fn cache_control(State(current): State<String>, request: Request, next: Next) -> Response {
    let is_versioned = request.uri().path().starts_with("/pkg/");
    let version = request.uri().query().and_then(|query| query.strip_prefix("v="));
    let cache_control = match version {
        Some(version) if is_versioned && version == current => "public, max-age=31536000, immutable",
        _ if is_versioned => "no-cache",
        _ => "public, max-age=3600",
    };
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    response
}
