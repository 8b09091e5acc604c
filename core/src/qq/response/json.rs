//! JSON bodies: one flat object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::error::MalformedResponse;
use super::value::FieldValue;

/// Parses the JSON object `text` into its members, in order and including duplicates, of which
/// serde's own maps silently keep the last.
pub(super) fn parse_json(text: &str) -> Result<Vec<(String, FieldValue)>, MalformedResponse> {
    serde_json::from_str(text).map(|Members(members)| members).map_err(|error| {
        if error.is_eof() && !text.is_empty() { MalformedResponse::Truncated } else { MalformedResponse::UnknownFormat }
    })
}

struct Members(Vec<(String, FieldValue)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        std::iter::from_fn(|| map.next_entry().transpose()).collect::<Result<_, _>>().map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_flat_values() {
        let text = r#"{"a":"\/\u4f60","b":1,"c":null,"d":{"a":2},"e":[1,[2]],"f":1.5,"g":true,"h":9223372036854775808,"i":99999999999999999999,"j":-9e99}"#;
        let members = parse_json(text).unwrap();
        let kinds: String = members
            .iter()
            .map(|(_, value)| match value {
                FieldValue::Text(_) => 't',
                FieldValue::Integer(_) => 'i',
                FieldValue::Overflow => 'v',
                FieldValue::Other => 'o',
            })
            .collect();
        assert_eq!(kinds, "tiooooovvo");
        assert!(matches!(&members[0].1, FieldValue::Text(text) if text == "/你"));
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        let members = parse_json(&deep).unwrap();
        assert!(matches!(&members[..], [(_, FieldValue::Other)]));
    }

    #[test]
    fn a_lone_surrogate_is_rejected() {
        assert!(parse_json(r#"{"nickname":"\ud83d"}"#).is_err());
    }
}
