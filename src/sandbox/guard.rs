//! Keeps other sites' pages away from the controls.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::control::problem;

/// Lets through what comes from this machine and was not sent by a page of another site.
///
/// Listening on loopback is not enough: any page in the developer's browser can send requests here,
/// and can read the answers once it has its own name point here (DNS rebinding).
pub(super) async fn only_from_this_machine(request: Request, next: Next) -> Response {
    if !names_this_machine(request.headers()) {
        return problem(StatusCode::MISDIRECTED_REQUEST, "the Host header has to be localhost or a loopback address")
            .into_response();
    }
    if !request.method().is_safe() && comes_from_another_site(request.headers()) {
        return problem(StatusCode::FORBIDDEN, "this was sent by a page of another site").into_response();
    }
    next.run(request).await
}

/// Browsers say so themselves, and no page can make them lie about it.
pub(super) fn comes_from_another_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

/// A request without a host comes from no browser.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else {
        return true;
    };
    host.to_str().is_ok_and(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_names_of_this_machine_are_good() {
        for good in
            ["localhost", "LOCALHOST:3010", "qq.localhost:1", "127.0.0.1:3010", "127.8.8.8", "[::1]:3010", "[::1]"]
        {
            assert!(is_loopback(good), "{good}");
        }
        for bad in
            ["", "evil.example:3010", "localhost.evil.example", "192.168.0.1:3010", "0.0.0.0", "127.0.0.1.evil.example"]
        {
            assert!(!is_loopback(bad), "{bad}");
        }
    }
}
