//! Makes text from outside safe to show on a page or in a log line.

/// Removes control characters, invisible characters and direction marks from `text`, trims it, and
/// cuts it after `max_chars` characters. Line breaks become spaces.
pub(super) fn sanitize_line(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if is_line_break_or_tab(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let cut: String = visible.trim().chars().take(max_chars).collect();
    cut.trim_end().to_owned()
}

fn is_line_break_or_tab(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Direction marks can reorder the surrounding text. The zero-width space, the word joiner and the
/// byte-order mark make two names look the same. The joiners U+200C and U+200D stay, because
/// scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{061C}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::sanitize_line;

    #[test]
    fn text_is_stripped_trimmed_and_cut() {
        for (text, sanitized) in [
            ("示例🐧", "示例🐧"),
            ("  a b  ", "a b"),
            ("a\0b\u{7}c\u{85}", "abc"),
            ("one\ntwo\r\n", "one two"),
            ("\u{202E}evil\u{2066}", "evil"),
            ("\u{200B}\u{FEFF}\u{2060}", ""),
            ("👩\u{200D}💻", "👩\u{200D}💻"),
            ("1234567890", "12345678"),
            ("1234567 90", "1234567"),
        ] {
            assert_eq!(sanitize_line(text, 8), sanitized, "{text:?}");
        }
    }
}
