//! Serves the site under one host name and one origin.
//!
//! Cookies belong to a host name: a login that starts under one name and ends under another loses its attempt.
//! A foreign name may also be an attack (DNS rebinding).

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::config::PublicUrl;
use crate::web::error::WebError;
use crate::web::request::RequestInfo;

/// Redirects GET requests under another host name to `PUBLIC_URL`, and refuses other requests.
pub(in crate::web) async fn canonical_host(info: RequestInfo, request: Request, next: Next) -> Response {
    let public_url = &info.state.site.public_url;
    let (uri, headers, method) = (request.uri(), request.headers(), request.method());
    if matches!(uri.path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    // HTTP/2 has the host in the URI, HTTP/1.1 in `Host`.
    let authority = uri.authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| headers.get(header::HOST)?.to_str().ok());
    if host.is_some_and(|host| is_canonical(host, public_url)) {
        if !method.is_safe() && is_other_origin(headers, public_url) {
            return WebError::Forbidden.into_response();
        }
        return next.run(request).await;
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{}{path_and_query}", public_url.origin())).into_response();
    }
    WebError::Misdirected.into_response()
}

/// Some proxies add the default port.
fn is_canonical(host: &str, public_url: &PublicUrl) -> bool {
    let default_port = if public_url.is_https() { ":443" } else { ":80" };
    host.strip_suffix(default_port).unwrap_or(host).eq_ignore_ascii_case(public_url.authority())
}

/// Compares the scheme of `Origin` too, which [`tower_http::csrf`] does not. Browsers that send `Sec-Fetch-Site`
/// have compared it themselves.
fn is_other_origin(headers: &HeaderMap, public_url: &PublicUrl) -> bool {
    let origin = headers.get(header::ORIGIN).filter(|_| !headers.contains_key("sec-fetch-site"));
    origin.is_some_and(|origin| origin.as_bytes() != public_url.origin().as_bytes())
}
