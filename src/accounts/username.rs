//! A user name that passed every rule, with the keys under which it is unique.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use crate::validation::UsernameError;
use crate::validation::username;

/// A user name as typed, and what it is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidUsername {
    shown: String,
    key: String,
    lookalike_key: String,
}

impl ValidUsername {
    /// Reads what a person typed. Whether the name is taken only the database can tell.
    pub fn parse(typed: &str) -> Result<ValidUsername, UsernameError> {
        let shown = typed.trim();
        // A name that is far too long need not be normalised to be known for one; NFKC makes a
        // text at most three times shorter in characters.
        if shown.chars().count() > username::MAX_CHARS * 4 {
            return Err(UsernameError::TooLong);
        }
        let normalized: String = shown.nfkc().collect();
        username::check(&normalized)?;
        if mixes_look_alike_scripts(&normalized) {
            return Err(UsernameError::LookAlikeScripts);
        }
        let key = without_case(&normalized);
        let lookalike_key = without_looks(&normalized);
        if poses_as_the_site(&normalized) {
            return Err(UsernameError::Reserved);
        }
        Ok(ValidUsername { shown: shown.to_owned(), key, lookalike_key })
    }

    /// The name as typed, trimmed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The name after NFKC and without regard to case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The same for names that look the same as they are shown (the skeleton of Unicode Technical
    /// Standard 39).
    pub fn skeleton(&self) -> &str {
        &self.lookalike_key
    }
}

/// By way of upper case, so that letters with two small forms (σ and ς, ß and ss) come out as one;
/// from lower case, since the capital ẞ is itself in upper case, and not SS as its small form is.
fn without_case(normalized: &str) -> String {
    let small = normalized.chars().flat_map(char::to_lowercase);
    small.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// A skeleton says what a text looks like, so it is taken of the name as it is shown, in which a
/// capital I passes for a small l. Without regard to case after that, since names are compared so.
fn without_looks(normalized: &str) -> String {
    let shown: String = skeleton(normalized).collect();
    skeleton(&without_case(&shown)).collect()
}

/// Whether a name looks like one that is reserved, in small letters or in capitals.
fn poses_as_the_site(normalized: &str) -> bool {
    static LOOKS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let in_capitals = username::RESERVED.iter().map(|word| without_looks(&word.to_uppercase()));
        username::RESERVED.iter().map(|word| without_looks(word)).chain(in_capitals).collect()
    });
    LOOKS.contains(&without_looks(&username::plain(normalized)))
}

/// Scripts with letters that pass for Latin ones.
const LOOK_LIKE_LATIN: [Script; 7] = [
    Script::Armenian,
    Script::Cherokee,
    Script::Coptic,
    Script::Cyrillic,
    Script::Deseret,
    Script::Greek,
    Script::Lisu,
];

/// One script is fine (Japanese, Korean and Chinese each count as one), and so is Latin beside a
/// script that looks unlike it, as in 小明Tom. This is close to the "moderately restrictive" level
/// of Unicode Technical Standard 39.
fn mixes_look_alike_scripts(name: &str) -> bool {
    if !AugmentedScriptSet::for_str(name).is_empty() {
        return false;
    }
    let beside_latin: String = name.chars().filter(|c| c.script() != Script::Latin).collect();
    let scripts = AugmentedScriptSet::for_str(&beside_latin);
    scripts.is_empty() || LOOK_LIKE_LATIN.iter().any(|script| scripts.base.contains_script(*script))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(typed: &str) -> (String, String) {
        let name = ValidUsername::parse(typed).expect(typed);
        (name.key, name.lookalike_key)
    }

    #[test]
    fn s46_look_alike_scripts_in_one_name_are_refused() {
        for name in ["\u{430}dmin", "p\u{430}ypal", "\u{3b1}lpha", "Bo\u{441}ha", "小а", "小p\u{430}"] {
            let problem = ValidUsername::parse(name).expect_err(name);
            assert!(matches!(problem, UsernameError::LookAlikeScripts | UsernameError::TooShort), "{name}");
        }
        for name in ["小明Tom", "ひろこTaro", "김Tom", "Ольга", "Νίκος", "หมูtom", "Tom_小明-7"]
        {
            assert!(ValidUsername::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn s46_names_that_differ_by_form_or_case_alone_are_one() {
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

    /// The key tells that they are one; what they look like differs. Found by the fuzzer.
    #[test]
    fn s46_a_name_in_capitals_is_the_same_name_though_it_looks_like_another() {
        let (quiet, loud) = (keys("Pommmi"), keys("POMMMI"));
        assert_eq!(quiet.0, loud.0);
        assert_ne!(quiet.1, loud.1);
        // A mark that becomes a letter in capitals, behind which another mark is put in order.
        let marked = keys("αβγ\u{345}\u{32a}").0;
        assert_eq!(keys(&marked.to_uppercase()).0, marked);
    }

    /// The capital sharp s was another letter than its small form: found by the fuzzer.
    #[test]
    fn s46_no_letter_differs_from_its_other_case() {
        let cases = |letter: char| [letter.to_lowercase().collect::<String>(), letter.to_uppercase().collect()];
        let has_cases = |letter: &char| cases(*letter).iter().any(|case| !case.chars().eq([*letter]));
        let of_names = (char::MIN..=char::MAX).filter(has_cases).filter(|letter| letter.nfkc().eq([*letter]));
        let key = |text: &str| without_case(&text.nfkc().collect::<String>());
        let differ: Vec<char> =
            of_names.filter(|letter| cases(*letter).iter().any(|case| key(case) != key(&letter.to_string()))).collect();
        assert_eq!(differ, Vec::<char>::new());
        assert_eq!(keys("Stra\u{1e9e}e"), keys("strasse"));
        assert_eq!(keys("Stra\u{df}e"), keys("STRASSE"));
    }

    #[test]
    fn s46_reserved_words_are_found_behind_what_looks_like_them() {
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
    fn s46_length_is_counted_after_normalisation() {
        assert_eq!(ValidUsername::parse("ﬀ"), Err(UsernameError::TooShort));
        assert!(ValidUsername::parse("ﬃ").is_ok());
        assert_eq!(ValidUsername::parse("\u{fdfa}\u{fdfa}"), Err(UsernameError::ForbiddenCharacter));
        assert_eq!(ValidUsername::parse(&"e\u{301}".repeat(32)).map(|name| name.key.chars().count()), Ok(32));
        assert_eq!(ValidUsername::parse(&"x".repeat(100_000)), Err(UsernameError::TooLong));
    }

    #[test]
    fn s46_reserved_words_are_found_behind_other_forms() {
        for name in ["\u{ff21}\u{ff24}\u{ff2d}\u{ff29}\u{ff2e}", " root ", "管理员", "客服"] {
            let problem = ValidUsername::parse(name).expect_err(name);
            assert!(matches!(problem, UsernameError::Reserved | UsernameError::TooShort), "{name}");
        }
        assert_eq!(ValidUsername::parse("\u{ff21}dmin"), Err(UsernameError::Reserved));
    }

    /// W with a ring has no code point of its own, w with a ring has: found by the fuzzer.
    #[test]
    fn s46_a_key_may_be_shorter_than_the_name_and_is_the_same_for_both_cases() {
        assert_eq!(keys("W\u{32e}\u{30a}").0, "\u{1e98}\u{32e}");
        assert_eq!(keys("W\u{32e}\u{30a}1"), keys("w\u{32e}\u{30a}1"));
    }
}
