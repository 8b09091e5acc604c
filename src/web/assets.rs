//! The static files and how long browsers may cache them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use httpdate::fmt_http_date;
use sha2::{Digest, Sha256};
use tower_http::services::{ServeDir, ServeFile};

const CSS: &str = "/pkg/qq-login.css";
const JS: &str = "/pkg/qq-login.js";
const WASM: &str = "/pkg/qq-login.wasm";
const SCRIPT: &str = "/page.js";
/// The files whose URLs carry a version.
const FILES: [&str; 4] = [CSS, JS, WASM, SCRIPT];
/// The endings of a file as the build left it, and of its compressed copies.
const ENDINGS: [&str; 3] = ["", ".br", ".gz"];

/// The URLs of what a page loads. They contain a hash of the files, so browsers can cache the files forever and
/// still load a new build at once.
#[derive(Clone)]
pub(super) struct Assets {
    site_root: PathBuf,
    version: Arc<Version>,
}

struct Version {
    hash: String,
    /// When the files were written, as HTTP dates. A new build may replace them while the program runs.
    written_at: HashSet<String>,
}

impl Assets {
    /// Reads the files once to hash them.
    pub(super) fn find(site_root: &Path) -> Assets {
        let (mut hasher, mut written_at) = (Sha256::new(), HashSet::new());
        for file in FILES {
            match std::fs::read(path_in(site_root, file)) {
                Ok(content) => hasher.update(content),
                Err(error) => tracing::warn!(file, %error, "a static file is missing; run `make build`"),
            }
            let copies = ENDINGS.iter().map(|ending| path_in(site_root, &format!("{file}{ending}")));
            written_at
                .extend(copies.filter_map(|path| std::fs::metadata(path).ok()?.modified().ok()).map(fmt_http_date));
        }
        let mut hash = hex::encode(hasher.finalize());
        hash.truncate(16);
        Assets { site_root: site_root.to_owned(), version: Arc::new(Version { hash, written_at }) }
    }

    pub(super) fn css(&self) -> String {
        self.url(CSS)
    }

    pub(super) fn js(&self) -> String {
        self.url(JS)
    }

    pub(super) fn wasm(&self) -> String {
        self.url(WASM)
    }

    pub(super) fn script(&self) -> String {
        self.url(SCRIPT)
    }

    fn url(&self, file: &str) -> String {
        format!("{file}?v={}", self.version.hash)
    }
}

/// Returns where a file is whose URL has this path.
fn path_in(site_root: &Path, url_path: &str) -> PathBuf {
    site_root.join(url_path.trim_start_matches('/'))
}

/// Serves the static files. Prefers those that the build compressed.
pub(super) fn router<S: Clone + Send + Sync + 'static>(assets: &Assets) -> Router<S> {
    let path = |name: &str| assets.site_root.join(name);
    let pkg = ServeDir::new(path("pkg")).precompressed_br().precompressed_gzip();
    Router::new()
        .nest_service("/pkg", pkg.append_index_html_on_directories(false))
        .route_service(
            SCRIPT,
            ServeFile::new(path_in(&assets.site_root, SCRIPT)).precompressed_br().precompressed_gzip(),
        )
        .route_service("/favicon.svg", ServeFile::new(path("favicon.svg")))
        .route_service("/icon.png", ServeFile::new(path("icon.png")))
        .route_service("/illustration.svg", ServeFile::new(path("illustration.svg")))
        .route_service("/robots.txt", ServeFile::new(path("robots.txt")))
        .layer(middleware::from_fn_with_state(assets.version.clone(), cache_control))
}

/// Only URLs with the current version may be cached forever, and only if the file is still of that version: during an
/// update, a page of one version may load a file of the other.
async fn cache_control(State(current): State<Arc<Version>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_asset = path.starts_with("/pkg/") || path == SCRIPT;
    let version = request.uri().query().and_then(|query| query.strip_prefix("v="));
    let is_current = version == Some(&current.hash);
    let mut response = next.run(request).await;
    let written_at = response.headers().get(header::LAST_MODIFIED).and_then(|date| date.to_str().ok());
    let cache_control = match written_at {
        Some(date) if is_asset && is_current && current.written_at.contains(date) => {
            "public, max-age=31536000, immutable"
        }
        _ if is_asset => "no-cache",
        _ => "public, max-age=3600",
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    response
}
