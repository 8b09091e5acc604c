//! The value of one field of a response.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// 2^64.
const FIRST_BEYOND_U64: f64 = 18_446_744_073_709_551_616.0;

/// A JSON or form value. Tells apart only the types that QQ's fields use.
pub(in crate::qq) enum FieldValue {
    Text(String),
    Integer(i64),
    /// A positive integer that `i64` cannot hold.
    Overflow,
    /// A fraction, boolean, null, list or object.
    Other,
}

impl FieldValue {
    /// The integer, written as a number or as text: with `fmt=json` QQ quotes `expires_in`
    /// (synctv#329), and at times other fields.
    pub(in crate::qq) fn as_integer(&self) -> Option<i64> {
        match self {
            FieldValue::Integer(number) => Some(*number),
            FieldValue::Text(text) if !text.starts_with('+') => text.parse().ok(),
            FieldValue::Text(_) | FieldValue::Overflow | FieldValue::Other => None,
        }
    }

    /// As [`FieldValue::as_integer`], but returns `i64::MAX` for an integer that is too large.
    pub(in crate::qq) fn as_saturating_integer(&self) -> Option<i64> {
        match self {
            FieldValue::Overflow => Some(i64::MAX),
            FieldValue::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(text.parse().unwrap_or(i64::MAX))
            }
            value => value.as_integer(),
        }
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldValueVisitor)
    }
}

struct FieldValueVisitor;

impl<'de> Visitor<'de> for FieldValueVisitor {
    type Value = FieldValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<FieldValue, E> {
        Ok(FieldValue::Text(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<FieldValue, E> {
        Ok(FieldValue::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<FieldValue, E> {
        Ok(i64::try_from(number).map_or(FieldValue::Overflow, FieldValue::Integer))
    }

    /// serde_json passes integers beyond `u64` as floats; no fraction is that large.
    fn visit_f64<E>(self, number: f64) -> Result<FieldValue, E> {
        Ok(if number >= FIRST_BEYOND_U64 { FieldValue::Overflow } else { FieldValue::Other })
    }

    fn visit_bool<E>(self, _: bool) -> Result<FieldValue, E> {
        Ok(FieldValue::Other)
    }

    fn visit_unit<E>(self) -> Result<FieldValue, E> {
        Ok(FieldValue::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<FieldValue, A::Error> {
        IgnoredAny.visit_seq(items).map(|_| FieldValue::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<FieldValue, A::Error> {
        IgnoredAny.visit_map(members).map(|_| FieldValue::Other)
    }
}
