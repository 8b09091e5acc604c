//! Writes the query of a request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986. A space becomes `%20`: QQ reads `+` as a
/// plus in some places. Nothing is left bare that some hop could take for its own; the callback
/// that lost its `state` on Android was cured by encoding every value (casdoor#2959).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `name=value&…` in the order given, every value percent-encoded. The result may hold
/// secrets: it belongs into a request and nowhere else.
pub(in crate::qq) fn query(pairs: &[(&str, &str)]) -> String {
    let encoded = pairs.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    encoded.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn values_are_encoded_as_rfc_3986_says() {
        let pairs = [("a", "x y+z"), ("b", "https://e.cn/?a=b&c#d"), ("c", "-._~"), ("d", "错")];
        assert_eq!(query(&pairs), "a=x%20y%2Bz&b=https%3A%2F%2Fe.cn%2F%3Fa%3Db%26c%23d&c=-._~&d=%E9%94%99");
    }
}
