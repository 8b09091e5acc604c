//! Serves the site under one host name and one origin.
//!
//! Cookies belong to a host name: a login that starts under one name and ends under another loses its attempt.
//! A foreign name may also be an attack (DNS rebinding).

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use time::Duration;

use super::forwarded_host::{forwarded_host, is_host_replaced};
use crate::config::PublicUrl;
use crate::web::cookies::cookie;
use crate::web::error::WebError;
use crate::web::request::RequestInfo;

/// A cookie that counts redirects. A proxy that replaces `Host`, without a header that shows it, gets every redirect back.
const REDIRECTS: &str = "host-redirects";
const MAX_REDIRECTS: u8 = 5;
/// Longer than a browser takes for so many redirects, and too short for a user to open as many links.
const REDIRECTS_LIFETIME: Duration = Duration::seconds(5);

/// Redirects GET requests under another host name to `PUBLIC_URL`, and refuses other requests.
pub(in crate::web) async fn canonical_host(info: RequestInfo, request: Request, next: Next) -> Response {
    let site = &info.state.site;
    let (uri, headers, method) = (request.uri(), request.headers(), request.method());
    if matches!(uri.path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    // HTTP/2 has the host in the URI, HTTP/1.1 in `Host`.
    let authority = uri.authority().map(|authority| authority.as_str());
    let received = authority.or_else(|| headers.get(header::HOST)?.to_str().ok()).unwrap_or_default();
    let forwarded = forwarded_host(headers, site.trusted_proxies);
    if [Some(received), forwarded].into_iter().flatten().any(|host| is_canonical(host, &site.public_url)) {
        if !method.is_safe() && is_other_origin(headers, &site.public_url) {
            return WebError::Forbidden.into_response();
        }
        return next.run(request).await;
    }
    if forwarded.is_none() && is_host_replaced(headers, received) {
        return reject_replaced_host(&info, received);
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return WebError::Misdirected.into_response();
    }
    let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
    match count_redirect(&info) {
        Some(cookies) => {
            let url = format!("{}{path_and_query}", site.public_url.origin());
            (cookies, Redirect::temporary(&url)).into_response()
        }
        None => reject_replaced_host(&info, received),
    }
}

/// Returns the counter's cookie, or `None` if there were too many redirects.
fn count_redirect(info: &RequestInfo) -> Option<CookieJar> {
    let count = info.cookies.get(REDIRECTS).and_then(|cookie| cookie.value().parse::<u8>().ok()).unwrap_or(0);
    let cookie =
        cookie(REDIRECTS, count.saturating_add(1).to_string(), REDIRECTS_LIFETIME, &info.state.site.public_url);
    (count < MAX_REDIRECTS).then(|| CookieJar::new().add(cookie))
}

/// A redirect would come back the same way. The log says once what to do.
fn reject_replaced_host(info: &RequestInfo, received: &str) -> Response {
    info.state.host_warning.call_once(|| {
        let public_url = info.state.site.public_url.origin();
        tracing::warn!(
            received,
            public_url,
            "a proxy replaces the Host header: let it pass Host unchanged (nginx: proxy_set_header Host $http_host), \
             or let it set X-Forwarded-Host and set TRUSTED_PROXIES to the number of proxies"
        );
    });
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
