//! Request parameters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986: QQ documents RFC 1738 encoding, which has no
/// `+` for a space (qq wiki get_user_info).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Decoded name-value pairs in the order of the request, duplicates included.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Parses a query string or a form body.
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// Returns the first value of this name, or `None` if it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next().filter(|value| !value.is_empty())
    }

    pub(super) fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(key, _)| *key == name).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Appends the parameters of `other`.
    pub(super) fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// Encodes the parameters as a query string, except those named.
    pub(super) fn to_query_without(&self, names: &[&str]) -> String {
        self.iter()
            .filter(|(key, _)| !names.contains(key))
            .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// Percent-encodes a parameter's name or value.
pub(super) fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn first_of_duplicate_parameters_counts() {
        let params = Params::parse(b"a=1&a=2&b=");
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get_all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(params.get("b"), None);
    }

    #[test]
    fn query_is_rebuilt_without_the_named_parameters() {
        let params = Params::parse("a=%E4%BD%A0+b&display=pc&c=%2F".as_bytes());
        assert_eq!(params.to_query_without(&["display"]), "a=%E4%BD%A0%20b&c=%2F");
    }
}
