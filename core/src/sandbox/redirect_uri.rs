//! Redirect URIs.

use super::params::encode;

/// QQ's maximum length in bytes (qq wiki 回调地址常见问题及修改方法).
const MAX_LEN: usize = 1024;

/// Returns whether a registered callback allows this redirect URI.
///
/// Host and path must be equal; the query may differ; a fragment is not allowed (qq wiki
/// 回调地址常见问题及修改方法). Rules for scheme, port, letter case and a trailing slash are not documented.
/// The sandbox compares exactly, so that a URI that works here works at QQ.
pub(super) fn is_registered(redirect_uri: &str, callbacks: &[String]) -> bool {
    let is_well_formed = redirect_uri.len() <= MAX_LEN
        && !redirect_uri.contains('#')
        && !redirect_uri.contains(|c: char| c.is_control() || c.is_whitespace());
    is_well_formed && callbacks.iter().any(|callback| without_query(callback.trim()) == without_query(redirect_uri))
}

/// Appends parameters to the redirect URI. QQ continues an existing query with `&`.
pub(super) fn with_params(redirect_uri: &str, params: &[(&str, &str)]) -> String {
    // The address becomes a header, which is ASCII only.
    let mut address = percent_encoding::utf8_percent_encode(redirect_uri, percent_encoding::CONTROLS).to_string();
    for (name, value) in params {
        let separator = if address.contains('?') { '&' } else { '?' };
        address.push_str(&format!("{separator}{name}={}", encode(value)));
    }
    address
}

fn without_query(uri: &str) -> &str {
    uri.split_once('?').map_or(uri, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::{is_registered, with_params};

    #[test]
    fn registered_callback_is_accepted_with_any_query() {
        let callbacks = ["http://localhost:3000/login/qq/callback".to_owned()];
        for good in
            ["http://localhost:3000/login/qq/callback", "http://localhost:3000/login/qq/callback?a=1&b=http://x"]
        {
            assert!(is_registered(good, &callbacks), "{good}");
        }
        for bad in [
            "",
            "http://localhost:3000/login/qq/callback/",
            "http://localhost:3000/login/qq/callback#a",
            "http://localhost:3000/login/qq/callback?a=1#b",
            "http://localhost:3000/login/qq/Callback",
            "http://localhost:3000/login/qq/x/../callback",
            "http://LOCALHOST:3000/login/qq/callback",
            "http://localhost/login/qq/callback",
            "https://localhost:3000/login/qq/callback",
            "http://localhost:3000@evil.example/login/qq/callback",
            "//localhost:3000/login/qq/callback",
            "http://localhost:3000/login/qq/callback?a=\r\nb",
            "javascript:alert(1)",
        ] {
            assert!(!is_registered(bad, &callbacks), "{bad}");
        }
        let long = format!("{}?{}", callbacks[0], "a".repeat(1024));
        assert!(!is_registered(&long, &callbacks));
    }

    #[test]
    fn params_are_appended_percent_encoded() {
        assert_eq!(
            with_params("http://a/b", &[("code", "C"), ("state", "x +/=&é")]),
            "http://a/b?code=C&state=x%20%2B%2F%3D%26%C3%A9"
        );
        assert_eq!(
            with_params("http://a/b?c=é", &[("code", "C"), ("state", "S")]),
            "http://a/b?c=%C3%A9&code=C&state=S"
        );
    }
}
