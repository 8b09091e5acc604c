//! Checks `PUBLIC_URL` against QQ's rules for callback URLs: a public domain, no port, no
//! `localhost` (回调地址常见问题及修改方法).

use url::{Host, Url};

use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;

pub(super) fn check(origin: &str, is_sandbox: bool, messages: &Messages) -> Finding {
    match judge(origin) {
        Verdict::Accepted => messages.public_url_ok.ok(&[origin]),
        _ if is_sandbox => messages.public_url_sandbox_only.ok(&[origin]),
        Verdict::NotADomain => messages.public_url_not_a_domain.error(&[origin]),
        Verdict::HasPort => messages.public_url_has_port.error(&[origin]),
        // QQ accepts http, but the code would cross the network in plain text.
        Verdict::Http => messages.public_url_http.warning(&[origin]),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    NotADomain,
    HasPort,
    Http,
}

fn judge(origin: &str) -> Verdict {
    let Ok(url) = Url::parse(origin) else { return Verdict::NotADomain };
    if !matches!(url.host(), Some(Host::Domain(name)) if !is_local_name(name)) {
        Verdict::NotADomain
    } else if url.port().is_some() {
        Verdict::HasPort
    } else if url.scheme() != "https" {
        Verdict::Http
    } else {
        Verdict::Accepted
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.ends_with(".localhost") || !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_is_judged_by_the_consoles_rules() {
        use Verdict::{Accepted, HasPort, Http, NotADomain};
        for (origin, outcome) in [
            ("https://www.example.com", Accepted),
            ("https://www.example.com:8443", HasPort),
            ("http://www.example.com:8080", HasPort),
            ("http://www.example.com", Http),
            ("https://localhost", NotADomain),
            ("http://localhost:3000", NotADomain),
            ("http://a.localhost", NotADomain),
            ("https://192.0.2.1", NotADomain),
            ("https://[2001:db8::1]", NotADomain),
            ("https://intranet", NotADomain),
        ] {
            assert_eq!(judge(origin), outcome, "{origin}");
        }
    }
}
