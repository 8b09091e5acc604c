//! Suggests free usernames in place of one that cannot be had.

use unicode_normalization::UnicodeNormalization;

use super::change_username::reserved_since;
use super::{Accounts, ValidUsername, generate_username};
use crate::database::QueryError;
use crate::random::{self, Random, RandomError};
use crate::validation::{UsernameError, username};

/// How many names are suggested.
const SUGGESTIONS: usize = 2;
/// How many names one query looks up.
const CANDIDATES: usize = 6;
/// How many of them come from one text.
const PER_SOURCE: usize = 4;
/// How many digits are appended at most.
const MAX_DIGITS: usize = 4;

impl Accounts {
    /// Returns those of the candidates that are free, two at most. Names of `owner` are free for that user. `now` is in
    /// seconds since 1970.
    pub async fn free_usernames(
        &self,
        candidates: Vec<ValidUsername>,
        owner: Option<i64>,
        now: i64,
    ) -> Result<Vec<String>, QueryError> {
        let Some(last) = candidates.last() else { return Ok(vec![]) };
        let mut query = sqlx::query_as::<_, (String, String)>(
            "SELECT username_key, lookalike_key FROM users WHERE id <> $13 \
             AND (username_key IN ($1, $2, $3, $4, $5, $6) OR lookalike_key IN ($7, $8, $9, $10, $11, $12)) UNION ALL \
             SELECT username_key, lookalike_key FROM former_usernames WHERE user_id <> $13 AND given_up_at > $14 \
             AND (username_key IN ($1, $2, $3, $4, $5, $6) OR lookalike_key IN ($7, $8, $9, $10, $11, $12))",
        );
        let padded = || candidates.iter().chain(std::iter::repeat(last)).take(CANDIDATES);
        for name in padded() {
            query = query.bind(name.key());
        }
        for name in padded() {
            query = query.bind(name.skeleton());
        }
        let query = query.bind(owner.unwrap_or_default()).bind(reserved_since(now));
        let mut taken = query.fetch_all(self.database.reader()).await?;
        let mut free = Vec::new();
        for name in candidates {
            if !taken.iter().any(|(key, skeleton)| key == name.key() || skeleton == name.skeleton()) {
                taken.push((name.key().to_owned(), name.skeleton().to_owned()));
                free.push(name.shown().to_owned());
            }
        }
        free.truncate(SUGGESTIONS);
        Ok(free)
    }
}

/// Returns valid usernames that resemble what was typed, then the nickname, then nothing.
pub fn username_candidates(
    typed: &str,
    nickname: Option<&str>,
    random: &Random,
) -> Result<Vec<ValidUsername>, RandomError> {
    let mut candidates = Vec::new();
    for source in [Some(typed), nickname].into_iter().flatten() {
        candidates.extend(variants(&clean(source), random)?);
    }
    candidates.truncate(CANDIDATES - SUGGESTIONS);
    while candidates.len() < CANDIDATES {
        candidates.extend(ValidUsername::parse(&generate_username(random, 0)?));
    }
    Ok(candidates)
}

/// Returns `base` itself and with digits appended, as far as these are valid. A reserved word gets none: `admin42` would
/// be taken for the site's own.
fn variants(base: &str, random: &Random) -> Result<Vec<ValidUsername>, RandomError> {
    if base.is_empty() || ValidUsername::parse(base) == Err(UsernameError::Reserved) {
        return Ok(vec![]);
    }
    let mut names = vec![base.to_owned()];
    for digits in 2..=MAX_DIGITS {
        let lowest = 10_u32.pow(u32::try_from(digits).unwrap_or_default() - 1);
        let number = lowest + u32::from_le_bytes(random::bytes(random)?) % (9 * lowest);
        names.push(format!("{base}{number}"));
    }
    Ok(names.iter().filter_map(|name| ValidUsername::parse(name).ok()).take(PER_SOURCE).collect())
}

/// Removes what a username cannot contain, and leaves room for digits.
fn clean(text: &str) -> String {
    let normalized = text.nfkc().take(4 * username::MAX_CHARS);
    let allowed = normalized.filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let base: String = allowed.skip_while(|c| !c.is_alphanumeric()).take(username::MAX_CHARS - MAX_DIGITS).collect();
    base.trim_end_matches(['_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(typed: &str, nickname: Option<&str>) -> Vec<String> {
        let candidates = username_candidates(typed, nickname, &random::system()).expect("random bytes");
        assert_eq!(candidates.len(), CANDIDATES, "{typed}");
        candidates.iter().map(|name| name.shown().to_owned()).collect()
    }

    #[test]
    fn candidates_resemble_what_was_typed() {
        for (typed, base) in [
            ("tom", "tom"),
            (" Tom Smith! ", "TomSmith"),
            ("-tom-", "tom"),
            ("小明🐧", "小明"),
            ("a", "a"),
            (&"x".repeat(500), &"x".repeat(28)),
        ] {
            let names = candidates(typed, Some("Nick"));
            assert!(names[..3].iter().all(|name| name.starts_with(base)), "{typed}: {names:?}");
        }
    }

    #[test]
    fn candidates_resemble_the_nickname_if_what_was_typed_is_no_help() {
        for typed in ["", "🐧", "admin", "ADMIN_", "\u{430}dmin", "p\u{430}ypal"] {
            let names = candidates(typed, Some("小企鹅"));
            assert!(names[..4].iter().all(|name| name.starts_with("小企鹅")), "{typed}: {names:?}");
            assert!(candidates(typed, None)[0].contains('-'), "{typed}: a generated name");
        }
    }
}
