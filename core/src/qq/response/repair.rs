//! Makes JSON readable whose strings contain what JSON forbids.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

/// Escapes raw control characters in the strings of `json`, and removes halves of surrogate pairs. Also
/// removes replacement characters, which stand for bytes that are not UTF-8. The rest is unchanged.
pub(super) fn repair_strings(json: &str) -> String {
    let mut repaired = String::with_capacity(json.len());
    let mut is_string = false;
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            char::REPLACEMENT_CHARACTER => continue,
            '"' => is_string = !is_string,
            _ if !is_string => {}
            '\\' => {
                push_escape(&mut repaired, &mut chars);
                continue;
            }
            c if c.is_ascii_control() => {
                push_unit(&mut repaired, u32::from(c));
                continue;
            }
            _ => {}
        }
        repaired.push(c);
    }
    repaired
}

/// Copies the escape sequence after a backslash, unless it is half of a surrogate pair.
fn push_escape(repaired: &mut String, chars: &mut Peekable<Chars<'_>>) {
    match chars.peek() {
        Some('u') => {}
        Some(_) => {
            repaired.push('\\');
            repaired.extend(chars.next());
            return;
        }
        None => return,
    }
    let Some(unit) = peek_unit(chars, "u") else {
        repaired.push('\\');
        return;
    };
    skip(chars, 5);
    match unit {
        0xD800..=0xDBFF => {
            if let Some(low @ 0xDC00..=0xDFFF) = peek_unit(chars, "\\u") {
                skip(chars, 6);
                push_unit(repaired, unit);
                push_unit(repaired, low);
            }
        }
        0xDC00..=0xDFFF => {}
        _ => push_unit(repaired, unit),
    }
}

/// Reads `prefix` and four hexadecimal digits without consuming them.
fn peek_unit(chars: &Peekable<Chars<'_>>, prefix: &str) -> Option<u32> {
    let mut ahead = chars.clone();
    prefix.chars().all(|c| ahead.next() == Some(c)).then_some(())?;
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + ahead.next()?.to_digit(16)?))
}

fn skip(chars: &mut Peekable<Chars<'_>>, count: usize) {
    chars.by_ref().take(count).for_each(drop);
}

fn push_unit(repaired: &mut String, unit: u32) {
    // Writing to a string does not fail.
    let _ = write!(repaired, "\\u{unit:04x}");
}

#[cfg(test)]
mod tests {
    use super::super::{MalformedResponse, ResponseBody};

    fn nickname(json_string: &[u8]) -> Result<Option<String>, MalformedResponse> {
        let body = [b"{\"ret\":0,\"nickname\":\"", json_string, b"\",\"avatar\":\"A\"}\n"].concat();
        let response = ResponseBody::parse_lenient(&body)?;
        assert_eq!(response.text("avatar"), Some("A"), "{}", json_string.escape_ascii());
        Ok(response.text("nickname").map(str::to_owned))
    }

    #[test]
    fn unreadable_characters_are_left_out() {
        for (json_string, expected) in [
            ("小明".as_bytes(), "小明"),
            (b"a\x07b\x00c\nd", "a\x07b\0c\nd"),
            (b"a\xC4\xE3b", "ab"),
            (b"\xE5\xB0\x8F\xE6\x98", "小"),
            (br"a\ud83db", "ab"),
            (br"a\udc27b", "ab"),
            (br"\ud83d\ud83d\udc27", "🐧"),
            (br"\ud83d\n", "\n"),
            (br"\uD83D\uDC27\u4f60", "🐧你"),
            (br#"\"\\\/"#, "\"\\/"),
            (br#"\\u4f60"#, "\\u4f60"),
        ] {
            assert_eq!(nickname(json_string), Ok(Some(expected.to_owned())), "{}", json_string.escape_ascii());
        }
    }

    #[test]
    fn unreadable_bytes_around_the_object_are_left_out() {
        let response = ResponseBody::parse_lenient(b"\xC4\xE3{\"nickname\":\"a\"}\xFF").ok();
        assert_eq!(response.as_ref().and_then(|response| response.text("nickname")), Some("a"));
    }

    #[test]
    fn other_malformed_bodies_are_rejected() {
        for json_string in [&br"\x"[..], br"\u12", br"\u12g4", b"\"", b"\",\"ret\":\"1"] {
            assert!(nickname(json_string).is_err(), "{}", json_string.escape_ascii());
        }
        for body in [&b""[..], b"\xFF", b"{\"ret\":0,\"nickname\":\"\xC4", b"<html>\xC4</html>", b"{\"\\"] {
            assert!(ResponseBody::parse_lenient(body).is_err(), "{}", body.escape_ascii());
        }
    }
}
