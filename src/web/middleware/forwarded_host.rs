//! What the headers of a proxy say about the host name that a browser asked for.

use axum::http::HeaderMap;

const X_FORWARDED_HOST: &str = "x-forwarded-host";
/// Headers that proxies add.
const FORWARDING_HEADERS: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", X_FORWARDED_HOST, "x-forwarded-proto", "x-real-ip"];

/// Returns the host name in `X-Forwarded-Host` that the outermost of the trusted proxies wrote, if there are any. A proxy
/// appends to the list, or replaces it.
pub(super) fn forwarded_host(headers: &HeaderMap, trusted_proxies: usize) -> Option<&str> {
    if trusted_proxies == 0 {
        return None;
    }
    let lines = headers.get_all(X_FORWARDED_HOST).iter();
    let hosts: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let host = hosts.get(hosts.len().saturating_sub(trusted_proxies))?;
    str::from_utf8(host).ok().map(str::trim)
}

/// Whether a proxy replaced the `Host` that the browser sent by `received`: it forwarded another name, or `received` is a
/// name that only a proxy uses, such as nginx's `$proxy_host`.
pub(super) fn is_host_replaced(headers: &HeaderMap, received: &str) -> bool {
    let is_forwarded = FORWARDING_HEADERS.iter().any(|name| headers.contains_key(*name));
    let forwards_other = headers.get(X_FORWARDED_HOST).is_some_and(|host| host.as_bytes() != received.as_bytes());
    forwards_other || (is_forwarded && !is_public_name(received))
}

/// Whether users could reach a site under this name: a domain without a port.
fn is_public_name(host: &str) -> bool {
    let is_top_level_domain = |label: &str| label.bytes().any(|byte| byte.is_ascii_alphabetic());
    host.rsplit_once('.').is_some_and(|(_, last)| is_top_level_domain(last) && !host.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn forwarded_host_is_the_one_of_the_outermost_trusted_proxy() {
        let forwarded = |value, trusted| {
            forwarded_host(&headers(&[(X_FORWARDED_HOST, value)]), trusted).map(str::to_owned).unwrap_or_default()
        };
        assert_eq!(forwarded("www.example.com", 0), "");
        assert_eq!(forwarded("www.example.com", 1), "www.example.com");
        assert_eq!(forwarded("www.example.com", 2), "www.example.com", "the inner proxy added nothing");
        assert_eq!(forwarded("evil.example, www.example.com", 1), "www.example.com");
        assert_eq!(forwarded("evil.example, www.example.com, app:3000", 2), "www.example.com");
        assert_eq!(forwarded_host(&HeaderMap::new(), 1), None);
    }

    #[test]
    fn proxy_that_replaces_host_is_recognized() {
        for host in
            ["127.0.0.1:3000", "127.0.0.1", "[::1]:3000", "localhost", "app", "app:3000", "backend.local:80", ""]
        {
            for header in FORWARDING_HEADERS {
                assert!(is_host_replaced(&headers(&[(header, "x")]), host), "{header}: {host}");
            }
            assert!(!is_host_replaced(&HeaderMap::new(), host), "{host}");
        }
        assert!(is_host_replaced(&headers(&[(X_FORWARDED_HOST, "www.example.com")]), "app.example.com"));
        // A second name of the site, passed unchanged.
        assert!(!is_host_replaced(&headers(&[("x-forwarded-for", "192.0.2.1")]), "example.com"));
        assert!(!is_host_replaced(&headers(&[(X_FORWARDED_HOST, "example.com")]), "example.com"));
    }
}
