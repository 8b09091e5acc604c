//! The JSON shape: one flat object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::qq::error::MalformedResponse;

/// 2^64.
const FIRST_BEYOND_U64: f64 = 18_446_744_073_709_551_616.0;

/// The members of the JSON object `text`, in their order, repeated ones included: serde's
/// maps would keep the last of two and say nothing.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, Value)>, MalformedResponse> {
    serde_json::from_str(text).map(|Members(pairs)| pairs).map_err(|error| {
        if error.is_eof() && !text.is_empty() { MalformedResponse::Truncated } else { MalformedResponse::UnknownFormat }
    })
}

struct Members(Vec<(String, Value)>);

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
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Members(pairs))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Vast, Value::Whole))
    }

    /// serde_json reads digits beyond `u64` like a fraction; no fraction is that large.
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(if number >= FIRST_BEYOND_U64 { Value::Vast } else { Value::Other })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_flat() {
        let text = r#"{"a":"\/\u4f60","b":1,"c":null,"d":{"a":2},"e":[1,[2]],"f":1.5,"g":true,"h":9223372036854775808,"i":99999999999999999999,"j":-9e99}"#;
        let pairs = pairs(text).unwrap();
        let kinds: String = pairs
            .iter()
            .map(|(_, value)| match value {
                Value::Text(_) => 't',
                Value::Whole(_) => 'w',
                Value::Vast => 'v',
                Value::Other => 'o',
            })
            .collect();
        assert_eq!(kinds, "twooooovvo");
        assert!(matches!(&pairs[0].1, Value::Text(text) if text == "/你"));
    }

    #[test]
    fn depth_does_no_harm() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        let pairs = pairs(&deep).unwrap();
        assert!(matches!(&pairs[..], [(_, Value::Other)]));
    }

    #[test]
    fn half_a_character_is_refused() {
        assert!(pairs(r#"{"nickname":"\ud83d"}"#).is_err());
    }
}
