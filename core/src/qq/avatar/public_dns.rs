//! A DNS resolver that returns only public addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Drops addresses that are not public, so that a changed DNS entry cannot point the server at its
/// own network.
pub(super) struct PublicDnsResolver {
    /// Also accepts loopback addresses, for the sandbox.
    pub(super) allow_loopback: bool,
}

impl Resolve for PublicDnsResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let is_allowed = |ip: IpAddr| is_public(ip) || (allow_loopback && ip.is_loopback());
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = addresses.filter(|address| is_allowed(address.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::other("the name has no public address").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether the address is on the public internet, by IANA's special-purpose registries (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

/// Only 2000::/3 has been allocated. Within it, addresses that embed an IPv4 address (6to4, Teredo)
/// are rejected too, because that could be a private one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_allocated = (0x2000..0x4000).contains(&a);
    let is_special = a == 0x2002 || (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x3fff;
    is_allocated && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s39_only_public_addresses_are_accepted() {
        for address in
            ["1.1.1.1", "183.3.226.35", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2400:da00::1", "::ffff:1.1.1.1"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn s39_names_of_this_machine_are_not_resolved() {
        let resolve = |allow_loopback| PublicDnsResolver { allow_loopback }.resolve("localhost".parse().unwrap());
        assert!(resolve(false).await.is_err());
        assert!(resolve(true).await.is_ok_and(|mut addresses| addresses.next().is_some()));
    }
}
