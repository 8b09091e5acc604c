//! The form shape: `access_token=…&expires_in=…&refresh_token=…`.

use percent_encoding::percent_decode_str;

use super::Value;
use crate::qq::error::MalformedResponse;

/// The fields of the form `text`. Almost any text is a form to a lenient reader, an HTML page
/// included; here each part must be `name=value`, with a name like QQ's.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, Value)>, MalformedResponse> {
    text.split('&').map(pair).collect()
}

fn pair(part: &str) -> Result<(String, Value), MalformedResponse> {
    let (name, value) = part.split_once('=').ok_or(MalformedResponse::UnknownFormat)?;
    if !is_name(name) || value.contains(char::is_control) {
        return Err(MalformedResponse::UnknownFormat);
    }
    Ok((name.to_owned(), Value::Text(decoded(value)?)))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A `%` that begins no escape would be kept by the decoder, and so become part of a token.
fn decoded(value: &str) -> Result<String, MalformedResponse> {
    let escapes_are_whole = value.split('%').skip(1).all(|after| {
        let mut bytes = after.bytes();
        let mut hex = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    });
    if !escapes_are_whole {
        return Err(MalformedResponse::UnknownFormat);
    }
    let spaced = value.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(|text| text.into_owned()).map_err(|_| MalformedResponse::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, MalformedResponse> {
        let pairs = pairs(text)?.into_iter().map(|(name, value)| match value {
            Value::Text(text) => (name, text),
            Value::Whole(_) | Value::Vast | Value::Other => panic!("a form has only text"),
        });
        Ok(pairs.collect())
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs.iter().map(|(n, v)| (n.to_string(), v.to_string()));
        owned.collect()
    }

    #[test]
    fn forms_are_decoded() {
        let read = read("code=7001&msg=%E9%94%99%20a+b%2Bc&empty=&eq=a=b");
        let expected = [("code", "7001"), ("msg", "错 a b+c"), ("empty", ""), ("eq", "a=b")];
        assert_eq!(read, Ok(owned(&expected)));
    }

    #[test]
    fn what_no_form_contains_is_refused() {
        for text in [
            "plain", "a=1&", "&a=1", "a=1&&b=2", "=1", "a b=1", "<p x=1", "a=1&b", "a=%", "a=%4", "a=%zz", "a=%4%41",
            "a=x\0y", "a=x\ny",
        ] {
            assert_eq!(read(text), Err(MalformedResponse::UnknownFormat), "{text:?}");
        }
        assert_eq!(read("a=%FF"), Err(MalformedResponse::NotUtf8));
    }
}
