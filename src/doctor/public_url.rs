//! `PUBLIC_URL` against the rules for callback addresses of the wiki page
//! 回调地址常见问题及修改方法: a public domain, no port, no `localhost`.

use url::{Host, Url};

use super::report::Finding;
use super::texts::{Said, Texts};
use crate::config::PublicUrl;

pub(super) fn examine(public_url: &PublicUrl, is_stand_in: bool, texts: &Texts) -> Finding {
    let origin = public_url.origin();
    let problem = problem(origin, texts);
    match problem {
        None => texts.url_good.good(origin),
        Some(_) if is_stand_in => texts.url_sandbox_only.good(origin),
        // QQ accepts http; the people's browsers and everybody on their way would see the code.
        Some(said) if said.detail == texts.url_http.detail => said.warning(origin, ""),
        Some(said) => said.bad(origin, ""),
    }
}

fn problem<'a>(origin: &str, texts: &'a Texts) -> Option<&'a Said> {
    let url = Url::parse(origin).ok();
    let host = url.as_ref().and_then(Url::host);
    let is_domain = matches!(host, Some(Host::Domain(name)) if !is_localhost(name));
    if !is_domain {
        Some(&texts.url_not_a_domain)
    } else if url.as_ref().is_some_and(|url| url.port().is_some()) {
        Some(&texts.url_port)
    } else if url.as_ref().is_some_and(|url| url.scheme() != "https") {
        Some(&texts.url_http)
    } else {
        None
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost") || !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Lang;

    #[test]
    fn the_consoles_rules_are_known() {
        let texts = Lang::En.texts();
        for (origin, said) in [
            ("https://www.example.com", None),
            ("https://www.example.com:8443", Some(&texts.url_port)),
            ("http://www.example.com:8080", Some(&texts.url_port)),
            ("http://www.example.com", Some(&texts.url_http)),
            ("https://localhost", Some(&texts.url_not_a_domain)),
            ("http://localhost:3000", Some(&texts.url_not_a_domain)),
            ("http://a.localhost", Some(&texts.url_not_a_domain)),
            ("https://192.0.2.1", Some(&texts.url_not_a_domain)),
            ("https://[2001:db8::1]", Some(&texts.url_not_a_domain)),
            ("https://intranet", Some(&texts.url_not_a_domain)),
        ] {
            let found = problem(origin, texts).map(|said| said.detail);
            assert_eq!(found, said.map(|said| said.detail), "{origin}");
        }
    }
}
