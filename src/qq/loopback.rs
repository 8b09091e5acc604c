//! Tells whether a host is this machine, the one place to which plain http may go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use url::Host;

/// Whether `host` means this machine by itself, without asking anybody:
/// `localhost`, `*.localhost` (RFC 6761), 127.0.0.0/8, `[::1]`.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name.as_ref()),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The addresses of `host` if it is this machine, else `None`. Another name than `localhost`
/// is looked up (a hosts-file entry is the usual way to debug QQ sign-in), which may take the
/// time of a DNS query; all of its addresses have to be loopback ones.
pub(super) fn loopback_addresses(host: &Host<&str>, port: u16) -> Option<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
        Host::Domain(name) if is_localhost(name) => {
            vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
        }
        Host::Domain(name) => (*name, port).to_socket_addrs().ok()?.collect(),
    };
    let only_here = |addresses: &Vec<SocketAddr>| {
        !addresses.is_empty() && addresses.iter().map(SocketAddr::ip).all(|ip| is_here(&ip))
    };
    Some(addresses).filter(only_here)
}

fn is_here(address: &IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    #[test]
    fn this_machine_is_told_from_others() {
        for (url, here) in [
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
            assert_eq!(is_loopback(&url.host().unwrap()), here, "{url}");
        }
    }

    #[test]
    fn addresses_are_given_for_this_machine_only() {
        let localhost = loopback_addresses(&Host::Domain("a.localhost"), 80).unwrap();
        assert!(localhost.contains(&SocketAddr::from(([127, 0, 0, 1], 80))));
        assert!(loopback_addresses(&Host::Ipv4([10, 0, 0, 1].into()), 80).is_none());
        assert!(loopback_addresses(&Host::Domain("name.invalid"), 80).is_none());
    }
}
