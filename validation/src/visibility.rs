//! Which characters can be seen, for names that users see: usernames and the nicknames of QQ.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Symbols that are blank by design, BRAILLE PATTERN BLANK and MUSICAL SYMBOL NULL NOTEHEAD. Unicode has no property for
/// them.
const BLANK_SYMBOLS: [char; 2] = ['\u{2800}', '\u{1d159}'];

/// Whether the character is never drawn: Unicode's default ignorable code points (fillers, joiners, variation selectors,
/// direction marks) and blank symbols.
pub fn is_blank(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || BLANK_SYMBOLS.contains(&c)
}

/// Whether the character can be seen on its own: letters, numbers, punctuation and symbols that are not blank. Marks
/// need a letter, and what unassigned and private-use characters look like is unknown.
pub fn is_visible(c: char) -> bool {
    let category = category(c);
    let groups = [
        GeneralCategoryGroup::Letter,
        GeneralCategoryGroup::Number,
        GeneralCategoryGroup::Punctuation,
        GeneralCategoryGroup::Symbol,
    ];
    groups.iter().any(|group| group.contains(category)) && !is_blank(c)
}

/// Whether the character only controls how its neighbours are drawn, such as their direction. The two joiners are not
/// among them, because scripts and emoji need them, nor the tags, of which flags consist.
pub fn is_format_control(c: char) -> bool {
    let is_needed = matches!(c, '\u{200c}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}');
    category(c) == GeneralCategory::Format && is_blank(c) && !is_needed
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drawn_characters_are_visible() {
        for c in "aß小ꆈ한ٱ٣Ⅷ½.·★❤🐧€〇".chars() {
            assert!(is_visible(c) && !is_blank(c), "{c:?}");
        }
        let blank = [
            '\u{ad}',
            '\u{34f}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180b}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{1d159}',
            '\u{e0100}',
        ];
        for c in blank {
            assert!(is_blank(c) && !is_visible(c), "{c:?}");
        }
        for c in [' ', '\n', '\u{a0}', '\u{3000}', '\u{301}', '\u{e000}', '\u{2d7f}'] {
            assert!(!is_visible(c) && !is_blank(c), "{c:?}");
        }
    }

    #[test]
    fn format_controls_do_not_include_what_emoji_and_scripts_need() {
        for c in
            ['\u{ad}', '\u{61c}', '\u{200b}', '\u{200f}', '\u{202e}', '\u{2066}', '\u{2064}', '\u{feff}', '\u{e0001}']
        {
            assert!(is_format_control(c), "{c:?}");
        }
        for c in ['a', '\u{200c}', '\u{200d}', '\u{fe0f}', '\u{e0067}', '\u{600}', '\u{6dd}', '\u{3164}', '\u{2800}'] {
            assert!(!is_format_control(c), "{c:?}");
        }
    }
}
