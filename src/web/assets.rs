//! The static files and how long browsers may cache them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, any_service, get};
use httpdate::fmt_http_date;
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;

use super::embedded_files::{self, Folder, Lookup};

const CSS: &str = "/pkg/qq-login.css";
const JS: &str = "/pkg/qq-login.js";
const WASM: &str = "/pkg/qq-login.wasm";
const SCRIPT: &str = "/page.js";
/// The files whose URLs carry a version.
const FILES: [&str; 4] = [CSS, JS, WASM, SCRIPT];
/// The endings of a file as the build left it, and of its compressed copies.
const ENDINGS: [&str; 3] = ["", ".br", ".gz"];
/// Where `cargo leptos` writes the files.
const DEFAULT_ROOT: &str = "target/site";

/// The URLs of what a page loads. They contain a hash of the files, so browsers can cache the files forever and
/// still load a new build at once.
#[derive(Clone)]
pub(super) struct Assets {
    source: Source,
    version: Arc<Version>,
}

/// Where the files are.
#[derive(Clone)]
enum Source {
    Folder(PathBuf),
    Program(Lookup),
}

impl Source {
    fn read(&self, url_path: &str) -> io::Result<Cow<'static, [u8]>> {
        match self {
            Source::Folder(root) => std::fs::read(path_in(root, url_path)).map(Cow::Owned),
            Source::Program(lookup) => {
                lookup(url_path.trim_start_matches('/')).map(Cow::Borrowed).ok_or(io::ErrorKind::NotFound.into())
            }
        }
    }

    /// Returns when a file and its copies were written. Empty for files in the program.
    fn written_at(&self, url_path: &str) -> Vec<String> {
        let Source::Folder(root) = self else { return Vec::new() };
        let copies = ENDINGS.iter().map(|ending| path_in(root, &format!("{url_path}{ending}")));
        copies.filter_map(|path| std::fs::metadata(path).ok()?.modified().ok()).map(fmt_http_date).collect()
    }

    /// Serves a folder: empty, or a path that ends with a slash. Prefers the files that the build compressed.
    fn service(&self, folder: &'static str) -> MethodRouter {
        match self {
            Source::Folder(root) => {
                let files = ServeDir::new(root.join(folder)).precompressed_br().precompressed_gzip();
                any_service(files.append_index_html_on_directories(false))
            }
            Source::Program(lookup) => get(embedded_files::serve).with_state(Folder { lookup: *lookup, path: folder }),
        }
    }
}

struct Version {
    hash: String,
    /// When the files were written, as HTTP dates. A new build may replace them while the program runs.
    written_at: HashSet<String>,
    /// Files in the program are never replaced.
    is_in_program: bool,
}

impl Version {
    /// Whether a file was not replaced since the start.
    fn contains(&self, response: &Response) -> bool {
        let date = response.headers().get(header::LAST_MODIFIED).and_then(|date| date.to_str().ok());
        self.is_in_program || date.is_some_and(|date| self.written_at.contains(date))
    }
}

impl Assets {
    /// Reads the files once to hash them. Without a site root, takes those inside the program, if it has any.
    pub(super) fn find(site_root: Option<&Path>) -> Assets {
        let source = match (site_root, embedded_files::FILES) {
            (Some(root), _) => Source::Folder(root.to_owned()),
            (None, Some(lookup)) => Source::Program(lookup),
            (None, None) => Source::Folder(DEFAULT_ROOT.into()),
        };
        let (mut hasher, mut written_at) = (Sha256::new(), HashSet::new());
        for file in FILES {
            match source.read(file) {
                Ok(content) => hasher.update(content),
                Err(error) => tracing::warn!(file, %error, "a static file is missing; run `make build`"),
            }
            written_at.extend(source.written_at(file));
        }
        let mut hash = hex::encode(hasher.finalize());
        hash.truncate(16);
        let is_in_program = matches!(source, Source::Program(_));
        Assets { source, version: Arc::new(Version { hash, written_at, is_in_program }) }
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

/// Serves the static files.
pub(super) fn router<S: Clone + Send + Sync + 'static>(assets: &Assets) -> Router<S> {
    let files = assets.source.service("");
    Router::new()
        .nest_service("/pkg", assets.source.service("pkg/"))
        .route_service(SCRIPT, files.clone())
        .route_service("/favicon.svg", files.clone())
        .route_service("/icon.png", files.clone())
        .route_service("/illustration.svg", files.clone())
        .route_service("/robots.txt", files)
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
    let cache_control = match is_asset {
        true if is_current && current.contains(&response) => "public, max-age=31536000, immutable",
        true => "no-cache",
        false => "public, max-age=3600",
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    response
}
