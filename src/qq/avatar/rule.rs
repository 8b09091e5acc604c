//! Which addresses of avatars are believed.

use url::{Host, Url};

use crate::qq::loopback::is_loopback;

const URL_MAX_LEN: usize = 1024;

/// What is accepted as the address of an avatar. By default only https on Tencent's hosts.
#[derive(Clone, Debug, Default)]
pub(in crate::qq) struct AvatarRule {
    /// The host of a stand-in for QQ on this machine, whose pictures come over http.
    development_host: Option<String>,
}

impl AvatarRule {
    /// The rule that goes with the QQ at `graph_url`.
    pub(in crate::qq) fn beside(graph_url: &Url) -> AvatarRule {
        let development = graph_url.scheme() == "http";
        AvatarRule { development_host: graph_url.host_str().filter(|_| development).map(str::to_owned) }
    }

    /// `text` as an address to fetch an avatar from, or `None`.
    ///
    /// Most captures have `http://` (2024 included), though the hosts answer https as well;
    /// what is fetched in the clear could be changed on the way.
    pub(in crate::qq) fn accept(&self, text: &str) -> Option<String> {
        if text.len() > URL_MAX_LEN {
            return None;
        }
        let mut url = Url::parse(text).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if self.is_development(&url) {
            return Some(url.into());
        }
        if url.scheme() == "http" && is_below(&url, "qlogo.cn") {
            url.set_scheme("https").ok()?;
        }
        let tencent = is_below(&url, "qlogo.cn") || is_below(&url, "qq.com");
        let fine = url.scheme() == "https" && url.port().is_none() && tencent;
        fine.then(|| url.into())
    }

    fn is_development(&self, url: &Url) -> bool {
        let Some(development_host) = &self.development_host else {
            return false;
        };
        let same_host = url.host_str() == Some(development_host);
        url.scheme() == "http" && (same_host || url.host().is_some_and(|host| is_loopback(&host)))
    }
}

fn is_below(url: &Url, domain: &str) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    host.strip_suffix(domain).and_then(|sub| sub.strip_suffix('.')).is_some_and(|sub| !sub.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tencents_pictures_are_shown_over_https() {
        let rule = AvatarRule::beside(&Url::parse("https://graph.qq.com").unwrap());
        for (given, shown) in [
            ("http://thirdqq.qlogo.cn/ek_qqapp/A/100", Some("https://thirdqq.qlogo.cn/ek_qqapp/A/100")),
            ("https://qh.qlogo.cn/ek_qqapp/A/100?s=1", Some("https://qh.qlogo.cn/ek_qqapp/A/100?s=1")),
            ("https://thirdqq.QLOGO.cn/a b\"", Some("https://thirdqq.qlogo.cn/a%20b%22")),
            ("https://img.qq.com/a", Some("https://img.qq.com/a")),
            ("http://img.qq.com/a", None),
            ("https://qlogo.cn/a", None),
            ("https://.qlogo.cn/a", None),
            ("https://evilqlogo.cn/a", None),
            ("https://a.qlogo.cn.evil.example/", None),
            ("https://evil.example/#.qlogo.cn", None),
            ("https://user@a.qlogo.cn/", None),
            ("https://a.qlogo.cn:8443/", None),
            ("http://a.qlogo.cn:8080/", None),
            ("//a.qlogo.cn/x", None),
            ("javascript:alert(1)//a.qlogo.cn", None),
            ("data:image/png;base64,AA", None),
            ("http://127.0.0.1:3010/avatar/a.svg", None),
            ("", None),
        ] {
            assert_eq!(rule.accept(given).as_deref(), shown, "{given}");
        }
        let long = format!("https://a.qlogo.cn/{}", "x".repeat(URL_MAX_LEN));
        assert_eq!(rule.accept(&long), None);
    }

    #[test]
    fn beside_a_stand_in_its_own_pictures_are_shown_too() {
        let rule = AvatarRule::beside(&Url::parse("http://qq.test:3010").unwrap());
        for (given, shown) in [
            ("http://127.0.0.1:3010/a.svg", true),
            ("http://[::1]:3010/a.svg", true),
            ("http://localhost/a.svg", true),
            ("http://qq.test:3010/a.svg", true),
            ("https://a.qlogo.cn/1", true),
            ("http://192.168.0.1/a.svg", false),
            ("http://127.0.0.1.evil.example/a.svg", false),
            ("ftp://127.0.0.1/a.svg", false),
        ] {
            assert_eq!(rule.accept(given).is_some(), shown, "{given}");
        }
    }
}
