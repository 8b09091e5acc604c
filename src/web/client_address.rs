//! Which address a request came from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;

/// Returns the client's address. `trusted_proxies` is how many entries of `X-Forwarded-For`, counted from the end,
/// the operator's proxies wrote.
pub(super) fn client_ip(request: &Request, trusted_proxies: usize) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    forwarded_for(request.headers(), trusted_proxies).unwrap_or(peer)
}

/// Returns the address that the outermost trusted proxy saw. The client may have written the entries before it.
fn forwarded_for(headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    // Split as bytes: an entry of the client's that is not ASCII must not hide the proxy's.
    let lines = headers.get_all("x-forwarded-for").iter();
    let entries: Vec<&[u8]> = lines.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let position = entries.len().checked_sub(trusted_proxies.max(1))?;
    if trusted_proxies == 0 {
        return None;
    }
    let entry = str::from_utf8(entries.get(position)?).ok()?.trim();
    // Some proxies add the port, and brackets around IPv6.
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

/// Returns the network of an IPv6 address, whose prefix has this many bits. An IPv4 address counts as a /64 and is not in a
/// larger network.
pub(super) fn network_of(address: IpAddr, prefix_bits: u32) -> Option<IpAddr> {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix_bits)?;
            Some(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask)))
        }
        v4 => (prefix_bits == 64).then_some(v4),
    }
}

/// Returns as much of an address as the log keeps: enough to see an attack, too little to identify a user.
pub(super) fn anonymized(address: IpAddr) -> String {
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
    fn only_entries_of_trusted_proxies_count() {
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
    fn s86_client_entries_do_not_hide_the_proxys_entry() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_bytes(b"\x80, 192.0.2.1").expect("a header"));
        assert_eq!(forwarded_for(&headers, 1).map(|address| address.to_string()).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn s86_s88_one_ipv6_network_shares_a_limit() {
        let one: IpAddr = "2001:db8:1:2:3::1".parse().expect("an address");
        let other: IpAddr = "2001:db8:1:2:4::9".parse().expect("an address");
        let stranger: IpAddr = "2001:db8:1:3::1".parse().expect("an address");
        assert_eq!(network_of(one, 64), network_of(other, 64));
        assert_ne!(network_of(one, 64), network_of(stranger, 64));
        assert_eq!(network_of(one, 56), network_of(stranger, 56));
        let v4: IpAddr = "::ffff:192.0.2.1".parse().expect("an address");
        assert_eq!(network_of(v4, 64).map(|network| network.to_string()).as_deref(), Some("192.0.2.1"));
        assert_eq!(network_of(v4, 48), None);
    }

    #[test]
    fn log_keeps_no_complete_address() {
        for (address, kept) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            assert_eq!(anonymized(address.parse().expect("an address")), kept);
        }
    }
}
