//! One site, one name.
//!
//! Cookies belong to a host name, so a sign-in begun under one name and finished under another
//! would lose its attempt; and a name that is not ours may be an attack (DNS rebinding).

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::config::PublicUrl;
use crate::web::error_page;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// Some proxies name the scheme's own port as well.
fn is_the_same(name: &str, public_url: &PublicUrl) -> bool {
    let own_port = if public_url.is_https() { ":443" } else { ":80" };
    let name = name.strip_suffix(own_port).unwrap_or(name);
    name.eq_ignore_ascii_case(public_url.authority())
}

/// Sends a GET under another name to the same path under `PUBLIC_URL`, and refuses the rest.
pub(in crate::web) async fn canonical_host(State(site): State<AppState>, request: Request, next: Next) -> Response {
    let public_url = &site.facts.public_url;
    // HTTP/2 has the name in the address, HTTP/1.1 in `Host`.
    let named = request
        .uri()
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned));
    let path = request.uri().path();
    let is_health_check = matches!(path, "/healthz" | "/readyz");
    let is_ours = named.is_some_and(|name| is_the_same(&name, public_url));
    if is_ours || is_health_check {
        return next.run(request).await;
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let path_and_query = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{}{path_and_query}", public_url.origin())).into_response();
    }
    let (parts, _) = request.into_parts();
    error_page::misdirected(RequestInfo::read(site.clone(), parts)).await
}
