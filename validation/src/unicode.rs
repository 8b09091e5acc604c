//! The Unicode data that the rules need: tables on the server, the JavaScript engine's own in the browser, where the
//! tables would add 4 kB to the WebAssembly.

#[cfg(feature = "server")]
pub(super) use tables::*;

#[cfg(not(feature = "server"))]
pub(super) use engine::*;

#[cfg(feature = "server")]
mod tables {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    use unicode_security::GeneralSecurityProfile;

    use crate::visibility::is_blank;

    /// Whether `text` has only letters of any script with the marks their words need, digits, `_` and `-`, no more than
    /// two marks in a row, and nothing that cannot be seen.
    pub(crate) fn is_identifier(text: &str) -> bool {
        let mut marks_in_a_row = 0;
        text.chars().all(|c| {
            marks_in_a_row = if is_combining_mark(c) { marks_in_a_row + 1 } else { 0 };
            let is_allowed = is_letter_or_digit(c) || matches!(c, '_' | '-') || is_identifier_mark(c);
            is_allowed && marks_in_a_row <= 2
        })
    }

    /// Whether `text` begins with a letter or digit.
    pub(crate) fn starts_with_letter_or_digit(text: &str) -> bool {
        text.starts_with(is_letter_or_digit)
    }

    fn is_letter_or_digit(c: char) -> bool {
        let is_digit = c.is_numeric() && unicode_ident::is_xid_continue(c);
        (unicode_ident::is_xid_start(c) || is_digit) && !is_blank(c)
    }

    /// Vowel signs of any script (Unicode calls them alphabetic), and the marks of the identifier profile of Unicode
    /// Technical Standard 39, which has no invisible ones.
    fn is_identifier_mark(c: char) -> bool {
        let is_mark = is_combining_mark(c) && unicode_ident::is_xid_continue(c);
        is_mark && (c.is_alphabetic() || c.identifier_allowed()) && !is_blank(c)
    }

    pub(crate) fn to_lowercase(text: &str) -> String {
        text.to_lowercase()
    }

    /// Normalization form KC.
    pub(crate) fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }
}

/// The engine does not know the profile of UTS 39: of the invisible characters, it misses a few marks of rare scripts,
/// which the server finds.
#[cfg(not(feature = "server"))]
mod engine {
    use js_sys::{JsString, RegExp};

    /// Whether `text` has only letters of any script with the marks their words need, digits, `_` and `-`, no more than
    /// two marks in a row, and nothing that is ignorable.
    pub(crate) fn is_identifier(text: &str) -> bool {
        RegExp::new(r"^(?!.*(\p{DI}|\p{M}{3}))[\p{XIDS}\p{Nd}\p{M}_-]*$", "u").test(text)
    }

    /// Whether `text` begins with a letter or digit.
    pub(crate) fn starts_with_letter_or_digit(text: &str) -> bool {
        RegExp::new(r"^[\p{XIDS}\p{Nd}]", "u").test(text)
    }

    pub(crate) fn to_lowercase(text: &str) -> String {
        JsString::from(text).to_lower_case().into()
    }

    /// Normalization form KC.
    pub(crate) fn nfkc(text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }
}
