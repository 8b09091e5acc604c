//! The parameters of a request, in the order in which they came, doubles included.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986: the documents name RFC 1738 encoding, which
/// leaves no room for `+` as a space (qq wiki get_user_info).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Decoded name-value pairs.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of the first parameter of this name; an empty one counts as not given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// These, and then those.
    pub(super) fn and(&self, others: &Self) -> Self {
        Self(self.0.iter().chain(&others.0).cloned().collect())
    }

    /// As a query, without the parameters named.
    pub(super) fn query_without(&self, names: &[&str]) -> String {
        self.iter()
            .filter(|(key, _)| !names.contains(key))
            .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// Percent-encodes a parameter's value.
pub(super) fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn doubles_are_kept_and_the_first_one_counts() {
        let params = Params::parse(b"a=1&a=2&b=");
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(params.get("b"), None);
    }

    #[test]
    fn a_query_is_repeated_without_what_is_left_out() {
        let params = Params::parse("a=%E4%BD%A0+b&display=pc&c=%2F".as_bytes());
        assert_eq!(params.query_without(&["display"]), "a=%E4%BD%A0%20b&c=%2F");
    }
}
