//! Makes text from outside safe to show on a page or in a log line.

use crate::validation::visibility::{is_blank, is_format_control, is_visible};

/// Removes control characters, invisible characters and direction marks from `text`, trims it, and
/// cuts it after `max_chars` characters. Line breaks become spaces. Returns an empty string if
/// nothing can be seen of the rest.
pub(super) fn sanitize_line(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if is_line_break_or_tab(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_format_control(*c))
        .collect();
    let trimmed = visible.trim_start_matches(|c: char| c.is_whitespace() || is_blank(c)).trim_end();
    let cut: String = trimmed.chars().take(max_chars).collect();
    if cut.contains(is_visible) { cut.trim_end().to_owned() } else { String::new() }
}

fn is_line_break_or_tab(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}')
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
            ("a\u{AD}b", "ab"),
            ("\u{3164}", ""),
            ("\u{2800}\u{2800}", ""),
            ("\u{AD}", ""),
            ("\u{200D}", ""),
            ("\u{301} \u{FE0F}", ""),
            ("\u{3164}小明", "小明"),
            ("\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}b", "b"),
            ("♥\u{FE0F}", "♥\u{FE0F}"),
            ("可\u{200C}以", "可\u{200C}以"),
            ("👩\u{200D}💻", "👩\u{200D}💻"),
            ("1234567890", "12345678"),
            ("1234567 90", "1234567"),
        ] {
            assert_eq!(sanitize_line(text, 8), sanitized, "{text:?}");
        }
    }
}
