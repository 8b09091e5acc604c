//! The redirect URI: which ones are good, and how an answer is put into one.

use super::params::encode;

/// QQ takes no longer ones (qq wiki 回调地址常见问题及修改方法).
const LONGEST: usize = 1024;

/// Whether a registered callback allows this redirect URI.
///
/// Host and path must be equal, another query is allowed, a fragment is not (qq wiki
/// 回调地址常见问题及修改方法). Scheme, port, letter case and a trailing slash are not documented:
/// compared letter by letter here, so that what passes here passes there.
pub(super) fn is_registered(redirect_uri: &str, callbacks: &[String]) -> bool {
    let readable = redirect_uri.len() <= LONGEST
        && !redirect_uri.contains('#')
        && !redirect_uri.contains(|c: char| c.is_control() || c.is_whitespace());
    readable && callbacks.iter().any(|callback| without_query(callback.trim()) == without_query(redirect_uri))
}

/// The redirect URI with the answer behind it: QQ appends with `&` if a query is there already.
pub(super) fn with_answer(redirect_uri: &str, answer: &[(&str, &str)]) -> String {
    let mut address = ascii(redirect_uri);
    for (name, value) in answer {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
    }
    address
}

fn without_query(uri: &str) -> &str {
    uri.split_once('?').map_or(uri, |(before, _)| before)
}

/// A header holds ASCII only.
fn ascii(uri: &str) -> String {
    percent_encoding::utf8_percent_encode(uri, percent_encoding::CONTROLS).to_string()
}

#[cfg(test)]
mod tests {
    use super::{is_registered, with_answer};

    #[test]
    fn only_the_registered_address_is_good_with_any_query() {
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
    fn the_answer_is_appended_percent_encoded() {
        assert_eq!(
            with_answer("http://a/b", &[("code", "C"), ("state", "x +/=&é")]),
            "http://a/b?code=C&state=x%20%2B%2F%3D%26%C3%A9"
        );
        assert_eq!(
            with_answer("http://a/b?c=é", &[("code", "C"), ("state", "S")]),
            "http://a/b?c=%C3%A9&code=C&state=S"
        );
    }
}
