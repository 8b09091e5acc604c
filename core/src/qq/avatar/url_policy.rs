//! Which avatar URLs are accepted.

use url::{Host, Url};

use crate::qq::config::ClientConfig;
use crate::qq::loopback::is_loopback;

const URL_MAX_LEN: usize = 1024;

/// By default accepts only HTTPS URLs on Tencent's hosts.
#[derive(Clone, Debug, Default)]
pub(in crate::qq) struct AvatarUrlPolicy {
    /// The host of a development server, whose avatars may use plain HTTP.
    development_host: Option<String>,
}

impl AvatarUrlPolicy {
    pub(super) fn new(config: &ClientConfig) -> AvatarUrlPolicy {
        let host = config.graph_url.host_str().filter(|_| config.is_development());
        AvatarUrlPolicy { development_host: host.map(str::to_owned) }
    }

    /// Returns the URL to download, or `None` if `text` is not an acceptable URL.
    ///
    /// Upgrades plain HTTP to HTTPS: QQ still sends `http://` (captures of 2024 included), although
    /// the hosts support HTTPS.
    pub(in crate::qq) fn accept(&self, text: &str) -> Option<Url> {
        if text.len() > URL_MAX_LEN {
            return None;
        }
        let mut url = Url::parse(text).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if self.is_development_url(&url) {
            return Some(url);
        }
        let is_qlogo = is_subdomain(&url, "qlogo.cn");
        if url.scheme() == "http" && is_qlogo {
            url.set_scheme("https").ok()?;
        }
        let is_tencent = is_qlogo || is_subdomain(&url, "qq.com");
        (url.scheme() == "https" && url.port().is_none() && is_tencent).then_some(url)
    }

    fn is_development_url(&self, url: &Url) -> bool {
        let Some(development_host) = &self.development_host else {
            return false;
        };
        let is_same_host = url.host_str() == Some(development_host);
        url.scheme() == "http" && (is_same_host || url.host().is_some_and(|host| is_loopback(&host)))
    }
}

fn is_subdomain(url: &Url, domain: &str) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    host.strip_suffix(domain).and_then(|prefix| prefix.strip_suffix('.')).is_some_and(|prefix| !prefix.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::tests::config;

    #[test]
    fn only_https_urls_on_tencent_hosts_are_accepted() {
        let policy = AvatarUrlPolicy::new(&config("https://graph.qq.com"));
        for (url, accepted) in [
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
            assert_eq!(policy.accept(url).as_ref().map(Url::as_str), accepted, "{url}");
        }
        let long = format!("https://a.qlogo.cn/{}", "x".repeat(URL_MAX_LEN));
        assert_eq!(policy.accept(&long), None);
    }

    #[test]
    fn a_development_server_may_serve_avatars_over_http() {
        let policy = AvatarUrlPolicy::new(&config("http://qq.test:3010"));
        for (url, is_accepted) in [
            ("http://127.0.0.1:3010/a.svg", true),
            ("http://[::1]:3010/a.svg", true),
            ("http://localhost/a.svg", true),
            ("http://qq.test:3010/a.svg", true),
            ("https://a.qlogo.cn/1", true),
            ("http://192.168.0.1/a.svg", false),
            ("http://127.0.0.1.evil.example/a.svg", false),
            ("ftp://127.0.0.1/a.svg", false),
        ] {
            assert_eq!(policy.accept(url).is_some(), is_accepted, "{url}");
        }
    }
}
