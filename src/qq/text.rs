//! Makes text that came from outside fit to be shown in a page or a log line.

/// `text` without what cannot be seen or reorders its surroundings, trimmed, and cut after
/// `max` characters. Line breaks become spaces, so that one line stays one line.
pub(super) fn plain(text: &str, max: usize) -> String {
    let shown: String = text
        .chars()
        .map(|c| if is_break(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let cut: String = shown.trim().chars().take(max).collect();
    cut.trim_end().to_owned()
}

fn is_break(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Marks of direction could turn the page's own words around; the zero-width space, the word
/// joiner and the byte-order mark make two names look like one. The joiners U+200C and U+200D
/// stay: scripts and emoji need them.
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
    use super::plain;

    #[test]
    fn text_is_stripped_trimmed_and_cut() {
        for (given, shown) in [
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
            assert_eq!(plain(given, 8), shown, "{given:?}");
        }
    }
}
