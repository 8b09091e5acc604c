//! Parses QQ's responses leniently with serde_json, to check the strict parser against.

use serde_json::{Map, Value};

/// Returns the JSON object in `body`, plain or in `callback( … );`.
pub fn object(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?.trim_ascii();
    if !text.starts_with('{') && !text.starts_with("callback") {
        return None;
    }
    serde_json::from_str(text.get(text.find('{')?..=text.rfind('}')?)?).ok()
}

/// Whether `error` or `ret` is anything but zero.
pub fn is_error(fields: &Map<String, Value>) -> bool {
    let is_zero = |value: &Value| match value {
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.parse() == Ok(0),
        _ => false,
    };
    ["error", "ret"].iter().any(|name| fields.get(*name).is_some_and(|value| !is_zero(value)))
}
