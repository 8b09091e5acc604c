//! An answer of QQ's as plain serde_json reads it, to judge the strict reader by.

use serde_json::{Map, Value};

/// The JSON object in `body`, alone or in `callback( … );`.
pub fn object(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?.trim_ascii();
    if !text.starts_with('{') && !text.starts_with("callback") {
        return None;
    }
    serde_json::from_str(text.get(text.find('{')?..=text.rfind('}')?)?).ok()
}

/// Whether it says that something went wrong: any number but zero, or no number.
pub fn is_refusal(fields: &Map<String, Value>) -> bool {
    let is_zero = |value: &Value| match value {
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.parse() == Ok(0),
        _ => false,
    };
    ["error", "ret"].iter().any(|name| fields.get(*name).is_some_and(|value| !is_zero(value)))
}
