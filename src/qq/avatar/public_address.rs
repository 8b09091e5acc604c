//! Names that lead to addresses of the public internet alone.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up and drops the addresses that are not public, so that a name which leads into
/// this machine's own network (a changed DNS entry does) leads nowhere.
pub(super) struct PublicAddresses {
    /// Lets names that mean this machine pass too, for a stand-in for QQ.
    pub(super) or_loopback: bool,
}

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let or_loopback = self.or_loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let is_fine = |ip: IpAddr| is_public(ip) || (or_loopback && ip.is_loopback());
            let fine: Vec<SocketAddr> = found.filter(|address| is_fine(address.ip())).collect();
            if fine.is_empty() {
                return Err(io::Error::other("the name has no public address").into());
            }
            Ok(Box::new(fine.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to somebody on the public internet (the special ones are those of
/// IANA's registries, RFC 6890).
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

/// 2000::/3 is all that was ever given out. Within it, what carries an IPv4 address in its inside
/// (6to4, Teredo) is refused too: it could be a private one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_given_out = (0x2000..0x4000).contains(&a);
    let is_special = a == 0x2002 || (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x3fff;
    is_given_out && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s39_only_public_addresses_pass() {
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
    async fn s39_a_name_that_means_this_machine_leads_nowhere() {
        let resolve = |or_loopback| PublicAddresses { or_loopback }.resolve("localhost".parse().unwrap());
        assert!(resolve(false).await.is_err());
        assert!(resolve(true).await.is_ok_and(|mut addresses| addresses.next().is_some()));
    }
}
