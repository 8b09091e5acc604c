//! Builds the URLs of requests to QQ.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// All but the unreserved characters of RFC 3986. A space becomes `%20`, because QQ sometimes reads
/// `+` as a plus. Encoding every value also fixed the callback that lost its `state` on Android
/// (casdoor#2959).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL of `path` below `base`, with `parameters` as its query. It may contain secrets: use it
/// only to send the request.
pub(super) fn request_url(base: &Url, path: &str, parameters: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query(Some(&encode_query(parameters)));
    url
}

/// `name=value&…` in the given order, with every value percent-encoded.
pub(super) fn encode_query(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_as_in_rfc_3986() {
        let parameters = [("a", "x y+z"), ("b", "https://e.cn/?a=b&c#d"), ("c", "-._~"), ("d", "错")];
        assert_eq!(encode_query(&parameters), "a=x%20y%2Bz&b=https%3A%2F%2Fe.cn%2F%3Fa%3Db%26c%23d&c=-._~&d=%E9%94%99");
    }

    #[test]
    fn paths_are_appended_to_the_base() {
        for (base, url) in [
            ("https://graph.qq.com", "https://graph.qq.com/oauth2.0/me?a=b"),
            ("http://127.0.0.1:3010/", "http://127.0.0.1:3010/oauth2.0/me?a=b"),
            ("https://proxy.example/qq/", "https://proxy.example/qq/oauth2.0/me?a=b"),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(request_url(&base, "oauth2.0/me", &[("a", "b")]).as_str(), url);
        }
    }
}
