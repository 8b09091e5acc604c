//! A username that passed every rule, with the keys that make it unique.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use crate::validation::UsernameError;
use crate::validation::username;

/// A valid username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidUsername {
    shown: String,
    key: String,
    skeleton: String,
}

impl ValidUsername {
    /// Trims and validates what the user typed. Does not check whether the name is taken.
    pub fn parse(typed: &str) -> Result<ValidUsername, UsernameError> {
        let shown = typed.trim();
        // Avoids normalizing huge inputs. NFKC shortens a text at most to a third of its characters.
        if shown.chars().count() > username::MAX_CHARS * 4 {
            return Err(UsernameError::TooLong);
        }
        let normalized: String = shown.nfkc().collect();
        username::check(&normalized)?;
        if mixes_confusable_scripts(&normalized) {
            return Err(UsernameError::LookAlikeScripts);
        }
        if looks_reserved(&normalized) {
            return Err(UsernameError::Reserved);
        }
        let (key, skeleton) = (fold_case(&normalized), skeleton_key(&normalized));
        Ok(ValidUsername { shown: shown.to_owned(), key, skeleton })
    }

    /// The name as typed, trimmed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The same for names that differ in case or compatibility forms (NFKC) only.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The same for names that look the same (skeleton of Unicode Technical Standard 39).
    pub fn skeleton(&self) -> &str {
        &self.skeleton
    }
}

/// Upper case merges letters with two lower-case forms (σ and ς, ß and ss). The capital ẞ has to be
/// lower-cased before, since it stays itself in upper case while ß becomes SS.
fn fold_case(normalized: &str) -> String {
    let lower = normalized.chars().flat_map(char::to_lowercase);
    lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// The first skeleton is that of the name as displayed, where a capital I looks like a small l. The
/// second one ignores case.
fn skeleton_key(normalized: &str) -> String {
    let shown: String = skeleton(normalized).collect();
    skeleton(&fold_case(&shown)).collect()
}

/// Whether the name looks like a reserved one in lower or upper case.
fn looks_reserved(normalized: &str) -> bool {
    static RESERVED: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let upper_case = username::RESERVED.iter().map(|word| skeleton_key(&word.to_uppercase()));
        username::RESERVED.iter().map(|word| skeleton_key(word)).chain(upper_case).collect()
    });
    RESERVED.contains(&skeleton_key(&username::plain(normalized)))
}

/// Scripts with letters that look like Latin ones.
const LATIN_LOOKALIKES: [Script; 7] = [
    Script::Armenian,
    Script::Cherokee,
    Script::Coptic,
    Script::Cyrillic,
    Script::Deseret,
    Script::Greek,
    Script::Lisu,
];

/// Allows one script (Japanese, Korean and Chinese count as one each), and Latin with a script that
/// does not look like it, as in 小明Tom. This is close to the "moderately restrictive" level of Unicode
/// Technical Standard 39.
fn mixes_confusable_scripts(name: &str) -> bool {
    if !AugmentedScriptSet::for_str(name).is_empty() {
        return false;
    }
    let without_latin: String = name.chars().filter(|c| c.script() != Script::Latin).collect();
    let scripts = AugmentedScriptSet::for_str(&without_latin);
    scripts.is_empty() || LATIN_LOOKALIKES.iter().any(|script| scripts.base.contains_script(*script))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(typed: &str) -> (String, String) {
        let name = ValidUsername::parse(typed).expect(typed);
        (name.key, name.skeleton)
    }

    /// The key of a text that need not be a valid name.
    fn key(text: &str) -> String {
        fold_case(&text.nfkc().collect::<String>())
    }

    #[test]
    fn s46_mixed_lookalike_scripts_are_rejected() {
        for name in ["\u{430}dmin", "p\u{430}ypal", "\u{3b1}lpha", "Bo\u{441}ha", "小p\u{430}"] {
            assert_eq!(ValidUsername::parse(name), Err(UsernameError::LookAlikeScripts), "{name}");
        }
        for name in ["小明Tom", "ひろこTaro", "김Tom", "Ольга", "Νίκος", "หมูtom", "Tom_小明-7"]
        {
            assert!(ValidUsername::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn s46_names_that_differ_in_form_or_case_share_a_key() {
        for (one, other) in [
            ("Alice", "ALICE"),
            ("alice", "\u{ff41}\u{ff4c}ice"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("é12", "e\u{301}12"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(keys(one).0, keys(other).0, "{one} {other}");
        }
    }

    #[test]
    fn s46_names_that_look_the_same_share_a_skeleton() {
        let (latin, cyrillic) = ("coco", "\u{441}\u{43e}\u{441}\u{43e}");
        assert_ne!(keys(latin).0, keys(cyrillic).0);
        assert_eq!(keys(latin).1, keys(cyrillic).1);
        assert_ne!(keys("小明明").1, keys("小朋明").1);
        for (one, other) in [("Ivan", "lvan"), ("B0B", "BOB"), ("b0b", "bob"), ("tom_1", "TOM_l"), ("Wllson", "WIlson")]
        {
            assert_eq!(keys(one).1, keys(other).1, "{one} {other}");
        }
        for (one, other) in [("ivan", "lvan"), ("ann_lee", "ann-lee"), ("bob", "rob")] {
            assert_ne!(keys(one).1, keys(other).1, "{one} {other}");
        }
    }

    /// Found by the fuzzer.
    #[test]
    fn s46_case_changes_the_skeleton_but_not_the_key() {
        let (mixed, upper) = (keys("Pommmi"), keys("POMMMI"));
        assert_eq!(mixed.0, upper.0);
        assert_ne!(mixed.1, upper.1);
        // U+0345, a mark, becomes a letter in upper case, and the next mark is reordered.
        let marked = key("αβγ\u{345}\u{32a}");
        assert_eq!(key(&marked.to_uppercase()), marked);
    }

    /// ẞ and ß had different keys: found by the fuzzer.
    #[test]
    fn s46_both_cases_of_every_letter_share_a_key() {
        let cases = |letter: char| [letter.to_lowercase().collect::<String>(), letter.to_uppercase().collect()];
        let has_cases = |letter: &char| cases(*letter).iter().any(|case| !case.chars().eq([*letter]));
        let letters = (char::MIN..=char::MAX).filter(has_cases).filter(|letter| letter.nfkc().eq([*letter]));
        let differ: Vec<char> =
            letters.filter(|letter| cases(*letter).iter().any(|case| key(case) != key(&letter.to_string()))).collect();
        assert_eq!(differ, Vec::<char>::new());
        assert_eq!(keys("Stra\u{1e9e}e"), keys("strasse"));
        assert_eq!(keys("Stra\u{df}e"), keys("STRASSE"));
    }

    #[test]
    fn s46_lookalikes_of_reserved_words_are_rejected() {
        for name in [
            "\u{430}\u{440}\u{456}",
            "adrnin",
            "admln",
            "r00t",
            "supp0rt",
            "R-O-O-T",
            "\u{405}\u{423}\u{405}\u{422}\u{415}\u{41c}",
        ] {
            assert_eq!(ValidUsername::parse(name), Err(UsernameError::Reserved), "{name}");
        }
        for name in ["roots", "adminah", "Ольга", "info-desk", "小客服务"] {
            assert!(ValidUsername::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn s46_length_is_counted_after_normalization() {
        assert_eq!(ValidUsername::parse("㎡").map(|name| name.key().to_owned()).as_deref(), Ok("m2"));
        assert_eq!(ValidUsername::parse("\u{1112}\u{1161}\u{11ab}"), Err(UsernameError::TooShort));
        assert!(ValidUsername::parse("ﬀ").is_ok());
        assert_eq!(ValidUsername::parse("\u{fdfa}\u{fdfa}"), Err(UsernameError::ForbiddenCharacter));
        assert_eq!(ValidUsername::parse(&"e\u{301}".repeat(32)).map(|name| name.key.chars().count()), Ok(32));
        assert_eq!(ValidUsername::parse(&"x".repeat(100_000)), Err(UsernameError::TooLong));
    }

    #[test]
    fn s46_compatibility_forms_of_reserved_words_are_rejected() {
        for name in ["\u{ff21}\u{ff24}\u{ff2d}\u{ff29}\u{ff2e}", " root ", "管理员", "客服"] {
            assert_eq!(ValidUsername::parse(name), Err(UsernameError::Reserved), "{name}");
        }
        assert_eq!(ValidUsername::parse("\u{ff21}dmin"), Err(UsernameError::Reserved));
    }

    /// W with ring has no code point, w with ring has one: found by the fuzzer.
    #[test]
    fn s46_both_cases_share_a_key_that_is_shorter_than_the_name() {
        assert_eq!(key("W\u{32e}\u{30a}"), "\u{1e98}\u{32e}");
        assert_eq!(key("W\u{32e}\u{30a}1"), key("w\u{32e}\u{30a}1"));
    }
}
