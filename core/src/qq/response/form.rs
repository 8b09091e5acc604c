//! Form bodies: `access_token=…&expires_in=…&refresh_token=…`.

use percent_encoding::percent_decode_str;

use super::error::MalformedResponse;
use super::value::FieldValue;

/// Parses the form `text` into its fields. A lenient parser would accept almost any text, HTML
/// included; here each part must be `name=value`, with a name like QQ's.
pub(super) fn parse_form(text: &str) -> Result<Vec<(String, FieldValue)>, MalformedResponse> {
    text.split('&').map(parse_pair).collect()
}

fn parse_pair(part: &str) -> Result<(String, FieldValue), MalformedResponse> {
    let (name, value) = part.split_once('=').ok_or(MalformedResponse::UnknownFormat)?;
    if !is_field_name(name) || value.contains(char::is_control) {
        return Err(MalformedResponse::UnknownFormat);
    }
    Ok((name.to_owned(), FieldValue::Text(decode(value)?)))
}

fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The decoder keeps a `%` that starts no escape, which would then become part of a token.
fn decode(value: &str) -> Result<String, MalformedResponse> {
    let is_escape = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !value.split('%').skip(1).all(is_escape) {
        return Err(MalformedResponse::UnknownFormat);
    }
    let spaced = value.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_| MalformedResponse::NotUtf8)?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<(String, String)>, MalformedResponse> {
        let fields = parse_form(text)?.into_iter().map(|(name, value)| match value {
            FieldValue::Text(text) => (name, text),
            _ => panic!("a form has only text"),
        });
        Ok(fields.collect())
    }

    #[test]
    fn forms_are_decoded() {
        let fields = parse("code=7001&msg=%E9%94%99%20a+b%2Bc&empty=&eq=a=b");
        let expected = [("code", "7001"), ("msg", "错 a b+c"), ("empty", ""), ("eq", "a=b")];
        assert_eq!(fields, Ok(expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()));
    }

    #[test]
    fn malformed_forms_are_rejected() {
        for text in [
            "plain", "a=1&", "&a=1", "a=1&&b=2", "=1", "a b=1", "<p x=1", "a=1&b", "a=%", "a=%4", "a=%zz", "a=%4%41",
            "a=x\0y", "a=x\ny",
        ] {
            assert_eq!(parse(text), Err(MalformedResponse::UnknownFormat), "{text:?}");
        }
        assert_eq!(parse("a=%FF"), Err(MalformedResponse::NotUtf8));
    }
}
