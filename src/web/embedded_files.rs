//! Static files inside the program: `make build` compiles them in, with their compressed copies.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// Returns the content of the file with this path below the site root.
pub(super) type Lookup = fn(&str) -> Option<&'static [u8]>;

/// The files of this build, if they are inside it.
#[cfg(feature = "embed")]
pub(super) const FILES: Option<Lookup> = Some(|path| SITE.get_file(path).map(include_dir::File::contents));
#[cfg(not(feature = "embed"))]
pub(super) const FILES: Option<Lookup> = None;

#[cfg(feature = "embed")]
static SITE: include_dir::Dir<'static> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/target/embed");

/// `Content-Encoding` and the ending of the copies, the preferred one first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The files of one folder.
#[derive(Clone, Copy)]
pub(super) struct Folder {
    pub(super) lookup: Lookup,
    /// Empty, or ends with a slash.
    pub(super) path: &'static str,
}

/// Responds with the file that the path of the URL names, compressed if the client accepts that.
pub(super) async fn serve(State(folder): State<Folder>, headers: HeaderMap, uri: Uri) -> Response {
    let path = format!("{}{}", folder.path, uri.path().trim_start_matches('/'));
    let copy = ENCODINGS.iter().filter(|(encoding, _)| accepts(&headers, encoding)).find_map(|(encoding, ending)| {
        Some(((folder.lookup)(&format!("{path}{ending}"))?, Some(HeaderValue::from_static(encoding))))
    });
    let Some((content, encoding)) = copy.or_else(|| Some(((folder.lookup)(&path)?, None))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(content));
    let content_type = mime_guess::from_path(&path).first_raw().unwrap_or("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// Reads `Accept-Encoding`. A weight of zero refuses an encoding.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(path: &str) -> Option<&'static [u8]> {
        match path {
            "pkg/a.css" => Some(b"plain"),
            "pkg/a.css.br" => Some(b"brotli"),
            "pkg/a.css.gz" => Some(b"gzip"),
            "pkg/a.wasm" => Some(b"wasm"),
            _ => None,
        }
    }

    async fn get(path: &'static str, accept: &'static str) -> (u16, String, String, String) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
        let response = serve(State(Folder { lookup, path: "pkg/" }), headers, Uri::from_static(path)).await;
        let header = |name| response.headers().get(name).map_or("", |value| value.to_str().expect("text")).to_owned();
        let (status, content_type, encoding) =
            (response.status().as_u16(), header(header::CONTENT_TYPE), header(header::CONTENT_ENCODING));
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
        (status, content_type, encoding, String::from_utf8(body.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn file_is_served_as_the_client_accepts_it() {
        for (accept, encoding, body) in [
            ("gzip, deflate, br, zstd", "br", "brotli"),
            ("gzip;q=0.5, BR;q=0.1", "br", "brotli"),
            ("br;q=0, gzip", "gzip", "gzip"),
            ("identity", "", "plain"),
            ("br;level=1", "", "plain"),
        ] {
            let expected = (200, "text/css".to_owned(), encoding.to_owned(), body.to_owned());
            assert_eq!(get("/a.css", accept).await, expected, "{accept}");
        }
        let expected = (200, "application/wasm".to_owned(), String::new(), "wasm".to_owned());
        assert_eq!(get("/a.wasm?a=1", "br").await, expected, "without copies");
    }

    #[tokio::test]
    async fn unknown_file_is_not_found() {
        for path in ["/", "/b.css", "/../a.css", "/a.css/"] {
            assert_eq!(get(path, "br").await.0, 404, "{path}");
        }
    }
}
