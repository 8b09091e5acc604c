//! Everything the doctor says, in each language. What is to be done about QQ's codes stands in
//! `qq::advice`.
//!
//! A text is a field of [`Texts`], so a language that lacks one does not compile.

mod en;
mod zh_cn;

use super::report::{Finding, Subject};
use crate::config::{ConfigError, Environment};
use crate::language::Lang;
use crate::qq::{AvatarError, LocalizedText, QqError};

impl Lang {
    /// The language that the terminal is set to: the first of these variables that has a value
    /// decides (POSIX, chapter 8.2).
    pub(super) fn from_environment(env: &Environment) -> Lang {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env.text(name)).unwrap_or_default();
        if locale.to_ascii_lowercase().starts_with("zh") { Lang::ZhCn } else { Lang::En }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Lang::ZhCn => &zh_cn::TEXTS,
            Lang::En => &en::TEXTS,
        }
    }

    pub(super) fn pick(self, words: LocalizedText) -> String {
        match self {
            Lang::ZhCn => words.zh,
            Lang::En => words.en,
        }
    }
}

/// What to say about something: what was found, and what to do about it. `{place}` and `{words}`
/// are filled in.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) detail: &'static str,
    pub(super) advice: &'static str,
}

impl Said {
    pub(super) fn good(&self, place: &str) -> Finding {
        Finding::good(filled(self.detail, place, ""))
    }

    pub(super) fn warning(&self, place: &str, words: &str) -> Finding {
        Finding::warning(filled(self.detail, place, words), filled(self.advice, place, words))
    }

    pub(super) fn bad(&self, place: &str, words: &str) -> Finding {
        Finding::bad(filled(self.detail, place, words), filled(self.advice, place, words))
    }
}

fn filled(text: &str, place: &str, words: &str) -> String {
    text.replace("{place}", place).replace("{words}", words)
}

/// The texts of one language.
pub(super) struct Texts {
    pub(super) title: fn(Subject) -> &'static str,
    /// A line that begins with a title.
    pub(super) line: fn(title: &str, detail: &str) -> String,
    pub(super) not_checked: fn(because: &str) -> String,
    pub(super) because_of_configuration: &'static str,
    pub(super) because_unreachable: &'static str,
    pub(super) because_no_answer: &'static str,
    pub(super) because_of_callback: &'static str,
    pub(super) because_nobody_signed_in: &'static str,
    pub(super) because_nobody_is_known: &'static str,
    pub(super) because_it_needs_a_person: &'static str,
    pub(super) because_sandbox_sleeps: fn(place: &str) -> String,

    pub(super) configuration_good: fn(origin: &str, callback: &str) -> String,
    /// What is wrong and what would be right.
    pub(super) configuration_bad: fn(&ConfigError) -> (String, String),
    pub(super) start_bad: Said,
    pub(super) client_bad: Said,

    pub(super) database_good: Said,
    pub(super) database_not_made: Said,
    pub(super) database_pending: Said,
    pub(super) database_newer: Said,
    pub(super) database_damaged: Said,
    pub(super) database_address: Said,
    pub(super) database_silent: Said,
    pub(super) database_unreachable: Said,
    pub(super) database_login: Said,
    pub(super) database_missing: Said,
    pub(super) database_other_file: Said,
    pub(super) database_locked: Said,
    pub(super) database_read_only: Said,
    pub(super) database_full: Said,
    pub(super) database_other: Said,

    pub(super) key_given: Said,
    pub(super) key_in_file: Said,
    pub(super) key_open: Said,
    pub(super) key_not_made: Said,
    pub(super) key_unusable: Said,
    pub(super) key_unreadable: Said,
    pub(super) folder_bad: Said,

    pub(super) clock_good: Said,
    pub(super) clock_off: Said,
    pub(super) clock_wrong: Said,
    pub(super) clock_no_date: Said,

    pub(super) reach_good: Said,
    pub(super) reach_good_tls: Said,
    pub(super) reach_name: Said,
    pub(super) reach_refused: Said,
    pub(super) reach_certificate: Said,
    pub(super) reach_timeout: Said,
    pub(super) reach_broken: Said,
    pub(super) reach_other: Said,

    pub(super) refused: fn(code: i64, meaning: &str) -> String,
    pub(super) refused_unknown: fn(code: i64, words: &str) -> String,
    pub(super) fresh_refused: Said,
    /// What is wrong with an answer that is no refusal, and what to do about it.
    pub(super) trouble: fn(&QqError) -> (String, String),

    pub(super) app_good: Said,
    pub(super) app_good_code: Said,
    pub(super) app_impossible: Said,

    pub(super) callback_good: Said,
    pub(super) callback_signed_in: Said,
    pub(super) callback_no_redirect: Said,
    pub(super) callback_elsewhere: Said,
    pub(super) callback_state_lost: Said,
    pub(super) callback_cancelled: Said,

    pub(super) identity_good: Said,
    pub(super) identity_good_made_up: Said,
    pub(super) identity_impossible: Said,
    pub(super) identity_second_try: Said,

    pub(super) profile_good: Said,
    pub(super) profile_partial: Said,
    pub(super) profile_no_avatar: Said,
    pub(super) profile_avatar_lost: Said,
    pub(super) avatar_words: fn(error: &AvatarError) -> String,
    pub(super) profile_second_try: Said,
    pub(super) profile_goes_on: fn(detail: &str) -> String,

    pub(super) renewal_good: Said,
    pub(super) renewal_no_refresh_token: Said,

    pub(super) url_good: Said,
    pub(super) url_sandbox_only: Said,
    pub(super) url_not_a_domain: Said,
    pub(super) url_port: Said,
    pub(super) url_http: Said,

    pub(super) mail_none: Said,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(variables: &[(&str, &str)]) -> Lang {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Lang::from_environment(&Environment::new(variables, |_| vec![]))
    }

    #[test]
    fn the_terminals_language_is_taken() {
        for (variables, expected) in [
            (&[][..], Lang::En),
            (&[("LANG", "zh_CN.UTF-8")], Lang::ZhCn),
            (&[("LANG", "C.UTF-8")], Lang::En),
            (&[("LANG", "fr_FR")], Lang::En),
            (&[("LANG", "ZH")], Lang::ZhCn),
            (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "en_US")], Lang::ZhCn),
            (&[("LC_ALL", "en_GB"), ("LC_MESSAGES", "zh_CN"), ("LANG", "zh_CN")], Lang::En),
            (&[("LC_ALL", "zh_CN"), ("LANG", "en_US")], Lang::ZhCn),
        ] {
            assert_eq!(lang(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn places_and_words_are_filled_in() {
        let said = Said { detail: "{place}: {words}", advice: "see {place}" };
        let finding = said.bad("here", "broken");
        assert_eq!((finding.detail.as_str(), finding.advice.as_deref()), ("here: broken", Some("see here")));
    }
}
