//! Validates usernames.
//!
//! The rules apply to the name after Unicode normalization (NFKC). Only the server detects look-alike scripts and taken
//! names.

use serde::{Deserialize, Serialize};

use super::unicode;

/// The minimum length in characters, after NFKC.
pub const MIN_CHARS: usize = 2;
/// The maximum length in characters, after NFKC.
pub const MAX_CHARS: usize = 32;

/// Names that would let a user impersonate the site, in lower case. `_` and `-` are ignored.
pub const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "admins",
    "anonymous",
    "api",
    "everyone",
    "guest",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "login",
    "logout",
    "mod",
    "moderator",
    "moderators",
    "noreply",
    "null",
    "official",
    "owner",
    "postmaster",
    "qq",
    "qqlogin",
    "register",
    "root",
    "security",
    "service",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "tencent",
    "undefined",
    "webmaster",
    "www",
    "官方",
    "官方客服",
    "客服",
    "客服中心",
    "管理",
    "管理员",
    "管理員",
    "系统",
    "系统管理员",
    "系統管理員",
    "腾讯",
    "騰訊",
    "超级管理员",
    "超級管理員",
    "站长",
    "站長",
    "版主",
    "匿名",
    "匿名用户",
    "游客",
    "工作人员",
    "技术支持",
];

/// Why a username is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsernameError {
    /// The field is empty.
    Missing,
    /// Fewer than [`MIN_CHARS`] characters.
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    TooLong,
    /// A character other than letters, digits, `_` and `-`, an invisible one, or three marks in a row.
    ForbiddenCharacter,
    /// The first character is no letter or digit.
    ForbiddenStart,
    /// A name that would impersonate the site.
    Reserved,
    /// A mix of scripts that look alike, such as Latin and Cyrillic.
    LookAlikeScripts,
    /// Another user has this name or one that looks the same.
    Taken,
}

impl UsernameError {
    /// Returns the code by which the browser finds the message.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::ForbiddenCharacter => "forbidden-character",
            Self::ForbiddenStart => "forbidden-start",
            Self::Reserved => "reserved",
            Self::LookAlikeScripts => "look-alike",
            Self::Taken => "taken",
        }
    }
}

/// Normalizes and checks a typed username; returns the code of the error.
pub fn validate(typed: &str) -> Option<&'static str> {
    check(&unicode::nfkc(typed.trim())).err().map(UsernameError::code)
}

/// Checks a username that is trimmed and normalized to NFKC. Does not detect look-alike scripts and taken names.
pub fn check(normalized: &str) -> Result<(), UsernameError> {
    if normalized.is_empty() {
        return Err(UsernameError::Missing);
    }
    if !unicode::is_identifier(normalized) {
        return Err(UsernameError::ForbiddenCharacter);
    }
    if !unicode::starts_with_letter_or_digit(normalized) {
        return Err(UsernameError::ForbiddenStart);
    }
    match normalized.chars().count() {
        count if count < MIN_CHARS => return Err(UsernameError::TooShort),
        count if count > MAX_CHARS => return Err(UsernameError::TooLong),
        _ => {}
    }
    if RESERVED.contains(&unicode::to_lowercase(&plain(normalized)).as_str()) {
        return Err(UsernameError::Reserved);
    }
    Ok(())
}

/// Returns the name without `_` and `-`, which readers overlook.
pub fn plain(normalized: &str) -> String {
    normalized.chars().filter(|c| !matches!(c, '-' | '_')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s46_names_of_many_scripts_are_allowed() {
        for name in [
            "bob",
            "bo",
            "Ann_Lee-7",
            "a--",
            "7up",
            "小明",
            "张三",
            "小企鹅",
            "〇一",
            "Ольга",
            "हिन्दी",
            "محمد",
            "ひろこ",
            "김철수",
            "ที่นี่",
            "ꆈꌠ",
            "ꦏꦶ",
            "e\u{301}\u{302}e",
            "a_\u{301}",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn s46_each_error_is_detected() {
        let table = [
            ("", UsernameError::Missing),
            ("a", UsernameError::TooShort),
            ("明", UsernameError::TooShort),
            ("a b c", UsernameError::ForbiddenCharacter),
            ("a@b.c", UsernameError::ForbiddenCharacter),
            ("<b>", UsernameError::ForbiddenCharacter),
            ("企鹅🐧鹅", UsernameError::ForbiddenCharacter),
            ("abc\u{3164}", UsernameError::ForbiddenCharacter),
            ("abc\u{200d}d", UsernameError::ForbiddenCharacter),
            ("ab\u{ad}", UsernameError::ForbiddenCharacter),
            ("ab\u{34f}", UsernameError::ForbiddenCharacter),
            ("ab\u{2800}", UsernameError::ForbiddenCharacter),
            ("ab\u{2d7f}", UsernameError::ForbiddenCharacter),
            ("ab\u{16fe4}", UsernameError::ForbiddenCharacter),
            ("ab\u{1107f}", UsernameError::ForbiddenCharacter),
            ("\u{2d7f}\u{2d7f}\u{2d7f}", UsernameError::ForbiddenCharacter),
            ("a·b", UsernameError::ForbiddenCharacter),
            ("a・b", UsernameError::ForbiddenCharacter),
            ("a\u{203f}b", UsernameError::ForbiddenCharacter),
            ("\u{301}\u{302}\u{303}", UsernameError::ForbiddenCharacter),
            ("ab\u{301}\u{302}\u{303}", UsernameError::ForbiddenCharacter),
            ("\u{301}\u{302}", UsernameError::ForbiddenStart),
            ("___", UsernameError::ForbiddenStart),
            ("-ab", UsernameError::ForbiddenStart),
            ("QQ", UsernameError::Reserved),
            ("客服", UsernameError::Reserved),
            ("admin", UsernameError::Reserved),
            ("A-d_min", UsernameError::Reserved),
            ("ROOT", UsernameError::Reserved),
            ("管理员", UsernameError::Reserved),
        ];
        for (name, error) in table {
            assert_eq!(check(name), Err(error), "{name:?}");
        }
    }

    #[test]
    fn s46_length_limits_count_characters() {
        assert_eq!(check(&"鹅".repeat(2)), Ok(()));
        assert_eq!(check(&"鹅".repeat(32)), Ok(()));
        assert_eq!(check(&"鹅".repeat(33)), Err(UsernameError::TooLong));
    }

    #[test]
    fn codes_are_distinct() {
        let errors = [
            UsernameError::Missing,
            UsernameError::TooShort,
            UsernameError::TooLong,
            UsernameError::ForbiddenCharacter,
            UsernameError::ForbiddenStart,
            UsernameError::Reserved,
            UsernameError::LookAlikeScripts,
            UsernameError::Taken,
        ];
        let codes: std::collections::BTreeSet<_> = errors.iter().map(|error| error.code()).collect();
        assert_eq!(codes.len(), errors.len());
    }
}
