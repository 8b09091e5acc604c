//! Protects the sandbox from the pages of other sites.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Returns whether a page of another site sent the request. A page cannot forge this header.
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

/// Returns whether the `Host` header names this machine, or is missing, as in no browser.
///
/// Another name means DNS rebinding: a page that has its own name resolve to loopback can read the responses.
pub(super) fn has_loopback_host(headers: &HeaderMap) -> bool {
    headers.get(HOST).is_none_or(|host| host.to_str().is_ok_and(is_loopback))
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
    fn only_loopback_hosts_are_accepted() {
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
