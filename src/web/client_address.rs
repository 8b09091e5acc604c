//! Where a request came from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;

/// The address of whoever sent a request. `trusted_proxies` is how many entries of
/// `X-Forwarded-For`, counted from the end, were written by proxies of the operator's.
pub(super) fn of(request: &Request, trusted_proxies: usize) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    forwarded_for(request.headers(), trusted_proxies).unwrap_or(peer)
}

/// The address that the outermost trusted proxy saw. Entries before it were written by whoever
/// sent the request, so they are not believed.
fn forwarded_for(headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    // By bytes: whatever stands in an entry that somebody else wrote, the ones behind it count.
    let lines = headers.get_all("x-forwarded-for").iter();
    let entries: Vec<&[u8]> = lines.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let position = entries.len().checked_sub(trusted_proxies.max(1))?;
    if trusted_proxies == 0 {
        return None;
    }
    let entry = str::from_utf8(entries.get(position)?).ok()?.trim();
    // Some proxies write the port as well, and brackets round IPv6.
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

/// One household or machine can use all of an IPv6 /64, so that counts as one address.
pub(super) fn one_household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// As much of an address as the log keeps: enough to see an attack, too little to tell who it is.
pub(super) fn without_last_part(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn forwarded(entries: &str, trusted_proxies: usize) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", entries.parse().expect("a header"));
        forwarded_for(&headers, trusted_proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_entries_of_trusted_proxies_are_believed() {
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1", 0), None);
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1", 1).as_deref(), Some("192.0.2.1"));
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1, 198.51.100.1", 2).as_deref(), Some("192.0.2.1"));
        assert_eq!(forwarded("192.0.2.1", 2), None);
        assert_eq!(forwarded("nonsense", 1), None);
        for entry in ["192.0.2.1:4711", "192.0.2.1", " 192.0.2.1\t"] {
            assert_eq!(forwarded(&format!("x, {entry}"), 1).as_deref(), Some("192.0.2.1"), "{entry}");
        }
        for entry in ["[2001:db8::1]:4711", "[2001:db8::1]", "2001:db8::1"] {
            assert_eq!(forwarded(entry, 1).as_deref(), Some("2001:db8::1"), "{entry}");
        }
    }

    #[test]
    fn s86_nothing_that_the_sender_writes_hides_what_the_proxy_wrote() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_bytes(b"\x80, 192.0.2.1").expect("a header"));
        assert_eq!(forwarded_for(&headers, 1).map(|address| address.to_string()).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn s86_s88_neighbours_in_one_ipv6_network_share_a_limit() {
        let one: IpAddr = "2001:db8:1:2:3::1".parse().expect("an address");
        let other: IpAddr = "2001:db8:1:2:4::9".parse().expect("an address");
        let stranger: IpAddr = "2001:db8:1:3::1".parse().expect("an address");
        assert_eq!(one_household(one), one_household(other));
        assert_ne!(one_household(one), one_household(stranger));
        assert_eq!(one_household("::ffff:192.0.2.1".parse().expect("an address")).to_string(), "192.0.2.1");
    }

    #[test]
    fn the_log_keeps_no_whole_address() {
        for (address, kept) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            assert_eq!(without_last_part(address.parse().expect("an address")), kept);
        }
    }
}
