//! Parses QQ's response bodies, strictly: regular expressions and fixed slices made other clients
//! panic on an error body, or accept half of one.
//! [`ResponseBody::parse`] returns the fields of a body, or a [`MalformedResponse`].
//! [`ResponseBody::parse_lenient`] forgives unreadable characters in what only serves to be shown.
//! This folder must not know what the fields mean or how the body was received.

mod error;
mod form;
mod json;
mod repair;
mod value;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

pub use error::MalformedResponse;
pub(super) use value::FieldValue;

/// The fields of a response. Not `Debug`, because they may be tokens.
pub(super) struct ResponseBody {
    fields: BTreeMap<String, FieldValue>,
    /// The source of the fields, unless it was a form.
    json: Option<String>,
}

impl ResponseBody {
    /// Parses a form, a JSON object, or a JSON object in `callback( … );`. Although requests have
    /// `fmt=json`, QQ sends some errors as JSONP and some successes as forms. The Content-Type does
    /// not help: it is `text/html` for everything (go-macaron/oauth2#3).
    pub(super) fn parse(body: &[u8]) -> Result<ResponseBody, MalformedResponse> {
        let text = decode_utf8(body)?.trim_ascii();
        if text.is_empty() {
            return Err(MalformedResponse::Empty);
        }
        if text.starts_with('<') {
            return Err(MalformedResponse::Html);
        }
        let json = match text.strip_prefix("callback") {
            Some(call) => Some(jsonp_argument(call).ok_or(MalformedResponse::UnknownFormat)?),
            None => text.starts_with('{').then_some(text),
        };
        let pairs = json.map_or_else(|| form::parse_form(text), json::parse_json)?;
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            if fields.insert(name, value).is_some() {
                return Err(MalformedResponse::DuplicateField);
            }
        }
        Ok(ResponseBody { fields, json: json.map(str::to_owned) })
    }

    /// As [`ResponseBody::parse`], but leaves out the characters of JSON strings that cannot be read,
    /// so that one of them in a nickname does not hide the other fields.
    pub(super) fn parse_lenient(body: &[u8]) -> Result<ResponseBody, MalformedResponse> {
        ResponseBody::parse(repair::repair_strings(&String::from_utf8_lossy(body)).as_bytes())
    }

    /// Deserializes the whole object.
    pub(super) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, MalformedResponse> {
        let json = self.json.as_deref().ok_or(MalformedResponse::UnknownFormat)?;
        // serde's message may quote the body, so it is dropped.
        serde_json::from_str(json).map_err(|_| MalformedResponse::UnexpectedSchema)
    }

    pub(super) fn field(&self, name: &str) -> Option<&FieldValue> {
        self.fields.get(name)
    }

    /// The field, or an error if it is missing or empty.
    pub(super) fn required_field(&self, name: &'static str) -> Result<&FieldValue, MalformedResponse> {
        let is_empty = |value: &FieldValue| matches!(value, FieldValue::Text(text) if text.is_empty());
        self.field(name).filter(|value| !is_empty(value)).ok_or(MalformedResponse::MissingField(name))
    }

    /// The field, if it is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.field(name) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The token or openid in the field, exactly as QQ sent it.
    ///
    /// All captured ones are 32 hexadecimal digits, but QQ documents no format, so this accepts 1 to
    /// `max_len` visible ASCII characters.
    pub(super) fn opaque_value(&self, name: &'static str, max_len: usize) -> Result<&str, MalformedResponse> {
        match self.required_field(name)? {
            FieldValue::Text(text) if text.len() <= max_len && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(text)
            }
            _ => Err(MalformedResponse::InvalidField(name)),
        }
    }
}

/// Decodes UTF-8, with or without a byte-order mark.
pub(super) fn decode_utf8(body: &[u8]) -> Result<&str, MalformedResponse> {
    let text = std::str::from_utf8(body).map_err(|_| MalformedResponse::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The `…` of `( … );`. The inner spaces, the semicolon and the line end are optional.
fn jsonp_argument(call: &str) -> Option<&str> {
    let call = call.strip_suffix(';').unwrap_or(call).trim_ascii();
    let argument = call.strip_prefix('(')?.strip_suffix(')')?;
    Some(argument.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_error(body: &[u8]) -> Option<MalformedResponse> {
        ResponseBody::parse(body).err()
    }

    #[test]
    fn every_format_parses_to_the_same_fields() {
        for body in [
            r#"{"openid":"OID","client_id":"1"}"#,
            "\r\n { \"openid\" : \"OID\" } \n",
            r#"callback({"openid":"OID"})"#,
            r#"callback({"openid":"OID"});"#,
            "callback( {\"openid\":\"OID\"} );\n",
            "callback ( \n{\"openid\":\"OID\"}\n ) ;\r\n",
            "openid=OID",
            "client_id=1&openid=OID\n",
            "\u{feff}{\"openid\":\"OID\"}",
            "\u{feff}callback( {\"openid\":\"OID\"} );\n",
            "\u{feff}openid=OID",
        ] {
            let parsed = ResponseBody::parse(body.as_bytes());
            let openid = parsed.as_ref().map(|it| it.text("openid"));
            assert!(matches!(openid, Ok(Some("OID"))), "{body}");
        }
    }

    #[test]
    fn malformed_bodies_are_rejected() {
        for (body, expected) in [
            (&b""[..], MalformedResponse::Empty),
            (b" \r\n\t", MalformedResponse::Empty),
            (b"{\"openid\":\"\xFF\"}", MalformedResponse::NotUtf8),
            (b"\xC4\xFA\xBA\xC3", MalformedResponse::NotUtf8),
            (b"<html><body>502</body></html>", MalformedResponse::Html),
            (b"<html lang=\"zh\"><a href=\"?access_token=AT\">", MalformedResponse::Html),
            (b"{\"openid\":\"OI", MalformedResponse::Truncated),
            (b"{\"openid\":\"OID\",}", MalformedResponse::UnknownFormat),
            (b"{\"openid\":\"OID\"} {\"openid\":\"OID\"}", MalformedResponse::UnknownFormat),
            (b"callback( {\"openid\":\"OID\"} ); alert(1)", MalformedResponse::UnknownFormat),
            (b"callback( {\"openid\":\"OID\"}", MalformedResponse::UnknownFormat),
            (b"callback();", MalformedResponse::UnknownFormat),
            (b"callbackOID", MalformedResponse::UnknownFormat),
            (b"other({\"openid\":\"OID\"});", MalformedResponse::UnknownFormat),
            (b"[{\"openid\":\"OID\"}]", MalformedResponse::UnknownFormat),
            (b"null", MalformedResponse::UnknownFormat),
            (b"\"openid=OID\"", MalformedResponse::UnknownFormat),
            (b"{\"openid\":\"A\",\"openid\":\"B\"}", MalformedResponse::DuplicateField),
            (b"openid=A&openid=A", MalformedResponse::DuplicateField),
        ] {
            assert_eq!(parse_error(body), Some(expected), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn opaque_values_are_unchanged_or_rejected() {
        let opaque = |body: &str| match ResponseBody::parse(body.as_bytes()) {
            Ok(body) => body.opaque_value("t", 4).map(str::to_owned),
            Err(error) => Err(error),
        };
        assert_eq!(opaque(r#"{"t":"aB-~"}"#).as_deref(), Ok("aB-~"));
        assert_eq!(opaque(r#"{"s":"x"}"#), Err(MalformedResponse::MissingField("t")));
        assert_eq!(opaque(r#"{"t":""}"#), Err(MalformedResponse::MissingField("t")));
        for body in [
            r#"{"t":"abcde"}"#,
            r#"{"t":"a b"}"#,
            r#"{"t":"a\n"}"#,
            r#"{"t":"a\u0000"}"#,
            r#"{"t":"é"}"#,
            r#"{"t":12}"#,
            r#"{"t":null}"#,
            r#"{"t":["a"]}"#,
            "t=a%00",
            "t=a+b",
        ] {
            assert_eq!(opaque(body), Err(MalformedResponse::InvalidField("t")), "{body}");
        }
    }

    #[test]
    fn integers_may_be_numbers_or_text() {
        let integer = |json: &str| {
            let body = ResponseBody::parse(format!("{{\"n\":{json}}}").as_bytes()).ok()?;
            body.field("n")?.as_integer()
        };
        for (json, number) in [("7", 7), ("\"7\"", 7), ("-58", -58), ("\"-58\"", -58), ("0", 0)] {
            assert_eq!(integer(json), Some(number), "{json}");
        }
        for json in [
            "7.0",
            "7e3",
            "\"+7\"",
            "\" 7\"",
            "\"\"",
            "\"7s\"",
            "null",
            "true",
            "[7]",
            "9223372036854775808",
            "\"9223372036854775808\"",
            "-9223372036854775809",
            "1e400",
        ] {
            assert_eq!(integer(json), None, "{json}");
        }
    }
}
