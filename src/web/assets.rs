//! The static files and how long browsers may cache them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, any_service, get};
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;

use super::embedded_files::{self, Folder, Lookup};

const CSS: &str = "/pkg/qq-login.css";
const JS: &str = "/pkg/qq-login.js";
const WASM: &str = "/pkg/qq-login.wasm";
const SCRIPT: &str = "/page.js";
/// What pages load under a name that contains a hash.
const FILES: [&str; 4] = [CSS, JS, WASM, SCRIPT];
/// The script's path, with a hash or without.
const SCRIPT_ROUTE: &str = "/page.{ending}";
const HASH_LENGTH: usize = 16;
/// Where the build writes the files.
const DEFAULT_ROOT: &str = "target/site";

/// Whether `cargo leptos watch` runs the program, and reloads pages when files change.
pub(super) fn is_cargo_leptos_watch() -> bool {
    cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some()
}

/// The static files, and the URLs of what a page loads.
///
/// The names of files inside the program contain a hash of their content, so browsers can cache them forever and still
/// load a new build at once. Files of a folder keep their names, because they may be replaced while the program runs:
/// `cargo leptos watch` does that, and finds the style sheet in the page by its name.
#[derive(Clone)]
pub(super) struct Assets {
    source: Source,
    /// Each path with a hash, by the path without.
    hashed_paths: Arc<HashMap<&'static str, String>>,
}

#[derive(Clone)]
enum Source {
    Folder(PathBuf),
    Program(Lookup),
}

impl Assets {
    /// Without a site root, takes the files inside the program, if it has any.
    pub(super) fn find(site_root: Option<&Path>) -> Assets {
        match (site_root, embedded_files::FILES) {
            (None, Some(lookup)) => Assets::in_program(lookup),
            (root, _) => Assets::in_folder(root.unwrap_or(Path::new(DEFAULT_ROOT))),
        }
    }

    fn in_folder(root: &Path) -> Assets {
        for file in FILES.into_iter().filter(|file| !root.join(relative(file)).is_file()) {
            tracing::warn!(file, "a static file is missing; run `make build`");
        }
        Assets { source: Source::Folder(root.to_owned()), hashed_paths: Arc::default() }
    }

    fn in_program(lookup: Lookup) -> Assets {
        let hashed_paths = FILES.into_iter().filter_map(|path| Some((path, with_hash(path, lookup(relative(path))?)?)));
        Assets { source: Source::Program(lookup), hashed_paths: Arc::new(hashed_paths.collect()) }
    }

    /// Serves a folder: empty, or a path that ends with a slash. Prefers the files that the build compressed.
    fn service(&self, folder: &'static str) -> MethodRouter {
        match &self.source {
            Source::Folder(root) => {
                let files = ServeDir::new(root.join(folder)).precompressed_br().precompressed_gzip();
                any_service(files.append_index_html_on_directories(false))
            }
            Source::Program(lookup) => get(embedded_files::serve).with_state(Folder { lookup: *lookup, path: folder }),
        }
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

    fn url(&self, file: &'static str) -> String {
        self.hashed_paths.get(file).cloned().unwrap_or_else(|| file.to_owned())
    }
}

/// Returns the path of a file below the site root.
fn relative(url_path: &str) -> &str {
    url_path.trim_start_matches('/')
}

/// Puts a hash of the content into a file's name, before its ending.
fn with_hash(path: &str, content: &[u8]) -> Option<String> {
    let (name, ending) = path.rsplit_once('.')?;
    let mut hash = hex::encode(Sha256::digest(content));
    hash.truncate(HASH_LENGTH);
    Some(format!("{name}.{hash}.{ending}"))
}

/// Takes any hash out of a file's name.
fn without_hash(path: &str) -> Option<String> {
    let (rest, ending) = path.rsplit_once('.')?;
    let (name, hash) = rest.rsplit_once('.')?;
    let is_hash = hash.len() == HASH_LENGTH && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| format!("{name}.{ending}"))
}

/// Serves the static files.
pub(super) fn router<S: Clone + Send + Sync + 'static>(assets: &Assets) -> Router<S> {
    let files = assets.service("");
    Router::new()
        .nest_service("/pkg", assets.service("pkg/"))
        .route_service(SCRIPT_ROUTE, files.clone())
        .route_service("/favicon.svg", files.clone())
        .route_service("/icon.png", files.clone())
        .route_service("/illustration.svg", files.clone())
        .route_service("/robots.txt", files)
        .layer(middleware::from_fn_with_state(assets.clone(), resolve_hash))
}

/// Serves a file under a name with any hash, but lets only the name with its own be cached forever: while the machines of
/// a site are upgraded one by one, a page of one version may load files from a machine of the other. A file of the wrong
/// version is better than none, since a page works without its script and hardly without its style.
async fn resolve_hash(State(assets): State<Assets>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_asset = path.starts_with("/pkg/") || path.starts_with("/page.");
    let is_current = assets.hashed_paths.values().any(|hashed_path| hashed_path == path);
    if let Some(uri) = without_hash(path).and_then(|path| path.parse().ok()) {
        *request.uri_mut() = uri;
    }
    let mut response = next.run(request).await;
    let cache_control = match is_asset {
        true if is_current => "public, max-age=31536000, immutable",
        true => "no-cache",
        false => "public, max-age=3600",
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    fn lookup(path: &str) -> Option<&'static [u8]> {
        match path {
            "pkg/qq-login.css" => Some(b"style"),
            "pkg/qq-login.css.br" => Some(b"style, brotli"),
            "pkg/qq-login.css.gz" => Some(b"style, gzip"),
            "pkg/qq-login.js" | "pkg/qq-login.wasm" | "page.js" => Some(b"script"),
            "robots.txt" => Some(b"robots"),
            _ => None,
        }
    }

    /// Returns status, `Cache-Control` and body.
    async fn get(path: &str, accept: &str) -> (u16, String, String) {
        let router: Router = router(&Assets::in_program(lookup));
        let request =
            Request::get(path).header(header::ACCEPT_ENCODING, accept).body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("a response");
        let cache_control = response.headers().get(header::CACHE_CONTROL);
        let cache_control = cache_control.map_or("", |value| value.to_str().expect("text")).to_owned();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
        (status, cache_control, String::from_utf8(body.to_vec()).expect("text"))
    }

    const IMMUTABLE: &str = "public, max-age=31536000, immutable";

    #[tokio::test]
    async fn s83_file_under_its_own_hash_is_immutable_in_each_encoding() {
        let assets = Assets::in_program(lookup);
        // The first digits of `printf style | sha256sum`.
        assert_eq!(assets.css(), "/pkg/qq-login.cb86eb2d914d37df.css");
        for (accept, body) in [("br", "style, brotli"), ("gzip", "style, gzip"), ("identity", "style")] {
            assert_eq!(get(&assets.css(), accept).await, (200, IMMUTABLE.to_owned(), body.to_owned()), "{accept}");
        }
        for path in [assets.js(), assets.wasm(), assets.script()] {
            assert_eq!(get(&path, "br").await, (200, IMMUTABLE.to_owned(), "script".to_owned()), "{path}");
        }
    }

    #[tokio::test]
    async fn s83_file_under_another_hash_or_none_is_revalidated() {
        for path in [
            "/pkg/qq-login.0123456789abcdef.css",
            "/pkg/qq-login.css",
            "/pkg/qq-login.css?v=1",
            "/pkg/qq-login.0123456789abcdef.wasm",
            "/page.0123456789abcdef.js",
            "/page.js",
        ] {
            let (status, cache_control, _) = get(path, "br").await;
            assert_eq!((status, cache_control.as_str()), (200, "no-cache"), "{path}");
        }
        assert_eq!(get("/robots.txt", "br").await, (200, "public, max-age=3600".to_owned(), "robots".to_owned()));
    }

    #[tokio::test]
    async fn s83_missing_file_is_not_cached() {
        for path in ["/pkg/none.0123456789abcdef.js", "/pkg/qq-login.1.css", "/page.css", "/page.1.js", "/pkg/"] {
            assert_eq!(get(path, "br").await, (404, String::new(), String::new()), "{path}");
        }
    }

    #[test]
    fn files_of_a_folder_keep_their_names() {
        assert_eq!(Assets::in_folder(Path::new("public")).css(), CSS);
    }
}
