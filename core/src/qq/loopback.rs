//! Loopback hosts, the only ones that may be contacted over plain HTTP.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use url::Host;

/// Whether `host` is a loopback host without a DNS query: `localhost`, `*.localhost` (RFC 6761),
/// 127.0.0.0/8 or `[::1]`.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name.as_ref()),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The addresses of `host`, or `None` unless all of them are loopback addresses. Names other than
/// `localhost` are resolved, which may block for a DNS query: an entry in the hosts file is the
/// usual way to debug a QQ login.
pub(super) fn loopback_addresses(host: &Host<&str>, port: u16) -> Option<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
        Host::Domain(name) if is_localhost(name) => {
            vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
        }
        Host::Domain(name) => (*name, port).to_socket_addrs().ok()?.collect(),
    };
    let are_loopback = addresses.iter().all(|address| address.ip().to_canonical().is_loopback());
    (are_loopback && !addresses.is_empty()).then_some(addresses)
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    #[test]
    fn loopback_hosts_are_recognised() {
        for (url, expected) in [
            ("http://localhost:3010", true),
            ("http://LOCALHOST", true),
            ("http://qq.localhost", true),
            ("http://127.0.0.1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]", true),
            ("http://0.0.0.0", false),
            ("http://10.0.0.1", false),
            ("http://[::2]", false),
            ("http://notlocalhost", false),
            ("http://localhost.example", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_loopback(&url.host().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn only_loopback_hosts_have_addresses() {
        let localhost = loopback_addresses(&Host::Domain("a.localhost"), 80).unwrap();
        assert!(localhost.contains(&SocketAddr::from(([127, 0, 0, 1], 80))));
        assert!(loopback_addresses(&Host::Ipv4([10, 0, 0, 1].into()), 80).is_none());
        assert!(loopback_addresses(&Host::Domain("name.invalid"), 80).is_none());
    }
}
