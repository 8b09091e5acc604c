//! Reads an answer of QQ, whichever of its shapes it comes in.
//!
//! We ask for JSON (`fmt=json`), but QQ still answers some errors as JSONP and, where `fmt`
//! is not understood, successes as a form. The Content-Type says nothing (`text/html` for
//! everything, go-macaron/oauth2#3), so the body itself decides. Reading is strict where
//! others guessed: regular expressions and fixed slices have made clients panic on an error
//! body, or believe half of one.

mod form;
mod json;
mod query;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::error::MalformedResponse;

pub(super) use query::query;

/// The fields of an answer. No `Debug`: they may be tokens.
pub(super) struct ResponseBody {
    fields: BTreeMap<String, Value>,
    /// The JSON object it was read from; none for a form.
    json: Option<String>,
}

/// The value of a field, as far as QQ Connect has a use for it.
pub(super) enum Value {
    Text(String),
    Whole(i64),
    /// A whole number above 0 that `i64` cannot hold.
    Vast,
    /// A fraction, a truth value, nothing, a list, an object: of no use to us.
    Other,
}

impl ResponseBody {
    /// Reads `body`: a form, a JSON object, or a JSON object in `callback( … );`.
    pub(super) fn read(body: &[u8]) -> Result<ResponseBody, MalformedResponse> {
        let text = std::str::from_utf8(body).map_err(|_| MalformedResponse::NotUtf8)?;
        let text = text.trim_ascii();
        if text.is_empty() {
            return Err(MalformedResponse::Empty);
        }
        let json = if text.starts_with('<') {
            return Err(MalformedResponse::Html);
        } else if text.starts_with('{') {
            Some(text)
        } else if let Some(call) = text.strip_prefix("callback") {
            Some(argument(call).ok_or(MalformedResponse::UnknownFormat)?)
        } else {
            None
        };
        let pairs = json.map_or_else(|| form::pairs(text), json::pairs)?;
        Ok(ResponseBody { fields: unique(pairs)?, json: json.map(str::to_owned) })
    }

    /// The whole answer as another type, for calls that have one of their own.
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, MalformedResponse> {
        let json = self.json.as_deref().ok_or(MalformedResponse::UnknownFormat)?;
        // serde's words may quote what came, so they are dropped.
        serde_json::from_str(json).map_err(|_| MalformedResponse::UnexpectedSchema)
    }

    /// The field called `name`, if the answer has it.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The field called `name`, if it is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The opaque value (a token, an openid) called `name`, exactly as QQ sent it.
    ///
    /// Every one ever seen is 32 hexadecimal digits, but QQ promises nothing about them;
    /// what is asked here is only that they are visible ASCII, and no more than `max` of it.
    pub(super) fn opaque(&self, name: &'static str, max: usize) -> Result<&str, MalformedResponse> {
        let Some(value) = self.get(name) else {
            return Err(MalformedResponse::MissingField(name));
        };
        match value {
            Value::Text(text) if text.is_empty() => Err(MalformedResponse::MissingField(name)),
            Value::Text(text) if is_opaque(text, max) => Ok(text),
            _ => Err(MalformedResponse::InvalidField(name)),
        }
    }
}

impl Value {
    /// The whole number this is, written as a number or as text: with `fmt=json` QQ puts
    /// `expires_in` into quotation marks (synctv#329), and other fields at other times.
    pub(super) fn whole(&self) -> Option<i64> {
        match self {
            Value::Whole(number) => Some(*number),
            Value::Text(text) if !text.starts_with('+') => text.parse().ok(),
            Value::Text(_) | Value::Vast | Value::Other => None,
        }
    }

    /// As [`Value::whole`], but a number that is too large counts as the largest there is.
    pub(super) fn saturating_whole(&self) -> Option<i64> {
        match self {
            Value::Vast => Some(i64::MAX),
            Value::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(text.parse().unwrap_or(i64::MAX))
            }
            value => value.whole(),
        }
    }
}

fn unique(pairs: Vec<(String, Value)>) -> Result<BTreeMap<String, Value>, MalformedResponse> {
    let mut fields = BTreeMap::new();
    for (name, value) in pairs {
        if fields.insert(name, value).is_some() {
            return Err(MalformedResponse::DuplicateField);
        }
    }
    Ok(fields)
}

/// The `…` of `( … );`. The space inside, the semicolon and the line end come and go.
fn argument(call: &str) -> Option<&str> {
    let call = call.strip_suffix(';').unwrap_or(call).trim_ascii();
    let inside = call.strip_prefix('(')?.strip_suffix(')')?;
    Some(inside.trim_ascii())
}

fn is_opaque(text: &str, max: usize) -> bool {
    text.len() <= max && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> Option<MalformedResponse> {
        ResponseBody::read(body).err()
    }

    #[test]
    fn every_shape_gives_the_same_answer() {
        for body in [
            r#"{"openid":"OID","client_id":"1"}"#,
            "\r\n { \"openid\" : \"OID\" } \n",
            r#"callback({"openid":"OID"})"#,
            r#"callback({"openid":"OID"});"#,
            "callback( {\"openid\":\"OID\"} );\n",
            "callback ( \n{\"openid\":\"OID\"}\n ) ;\r\n",
            "openid=OID",
            "client_id=1&openid=OID\n",
        ] {
            let answer = ResponseBody::read(body.as_bytes());
            let openid = answer.as_ref().map(|it| it.text("openid"));
            assert!(matches!(openid, Ok(Some("OID"))), "{body}");
        }
    }

    #[test]
    fn what_is_not_an_answer_is_refused() {
        for (body, why) in [
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
            assert_eq!(refused(body), Some(why), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn opaque_values_are_kept_exactly_or_refused() {
        let opaque = |body: &str| match ResponseBody::read(body.as_bytes()) {
            Ok(answer) => answer.opaque("t", 4).map(str::to_owned),
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
    fn whole_numbers_come_as_numbers_or_text() {
        let whole = |json: &str| {
            let answer = ResponseBody::read(format!("{{\"n\":{json}}}").as_bytes()).ok()?;
            answer.get("n")?.whole()
        };
        for (json, number) in [("7", 7), ("\"7\"", 7), ("-58", -58), ("\"-58\"", -58), ("0", 0)] {
            assert_eq!(whole(json), Some(number), "{json}");
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
            assert_eq!(whole(json), None, "{json}");
        }
    }
}
