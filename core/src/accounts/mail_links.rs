//! Links that are mailed: what they do, for whom, and that they do it once.
//!
//! The table holds a hash of the token, so that the database alone does not open a link.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{Any, AnyConnection, Executor};

use super::Accounts;
use crate::clock::MAX_SKEW_SECS;
use crate::database::QueryError;
use crate::random::{self, Random, RandomError};
use crate::sealing::fingerprint;

const TOKEN_BYTES: usize = 32;
/// More than a token has, so that a longer text is not one.
const MAX_CHARS: usize = 64;

/// The random part of a link. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailToken(String);

impl fmt::Debug for MailToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailToken([redacted])")
    }
}

impl MailToken {
    /// Generates a token of 256 random bits.
    pub fn generate(random: &Random) -> Result<MailToken, RandomError> {
        Ok(MailToken(URL_SAFE_NO_PAD.encode(random::bytes::<TOKEN_BYTES>(random)?)))
    }

    /// The token in a link that a browser opened. What mail programs and users add to a link is left out, such as a period.
    pub fn from_link(text: &str) -> MailToken {
        let is_of_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        MailToken(text.chars().filter(is_of_token).take(MAX_CHARS).collect())
    }

    /// The path of the link.
    pub fn path(&self) -> String {
        format!("/mail/{}", self.0)
    }

    fn hash(&self) -> String {
        fingerprint(&self.0)
    }
}

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Verifies the address it was mailed to.
    VerifyEmail,
    /// Links the QQ account of a pending registration to the account that has the address.
    LinkQq,
}

const PURPOSES: [(LinkPurpose, &str); 2] =
    [(LinkPurpose::VerifyEmail, "verify_email"), (LinkPurpose::LinkQq, "link_qq")];

/// A link that was mailed. `Debug` is not implemented, since it would show the address.
#[derive(Clone, PartialEq, Eq)]
pub struct MailLink {
    pub purpose: LinkPurpose,
    /// `None` if no user had the address, so that no mail was sent.
    pub user_id: Option<i64>,
    /// The address it was mailed to.
    pub email: String,
    /// A hash of the session id of the only browser that can use it.
    pub browser_hash: Option<String>,
    /// In seconds since 1970.
    pub created_at: i64,
    /// In seconds since 1970.
    pub expires_at: i64,
    pub is_used: bool,
}

impl MailLink {
    /// Whether it can be used. `now` is in seconds since 1970.
    pub fn is_current(&self, now: i64) -> bool {
        let lifetime = self.created_at.saturating_sub(MAX_SKEW_SECS)..self.expires_at;
        !self.is_used && lifetime.contains(&now)
    }
}

/// Stores a link, in the transaction of `connection`.
pub async fn insert_mail_link(
    connection: &mut AnyConnection,
    token: &MailToken,
    link: &MailLink,
) -> Result<(), QueryError> {
    let purpose = PURPOSES.iter().find(|(purpose, _)| *purpose == link.purpose).map(|(_, name)| *name);
    sqlx::query(
        "INSERT INTO mail_links (token_hash, purpose, user_id, email, browser_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.hash())
    .bind(purpose.unwrap_or_default())
    .bind(link.user_id)
    .bind(&link.email)
    .bind(link.browser_hash.as_deref())
    .bind(link.created_at)
    .bind(link.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns the link with this token.
pub async fn find_mail_link(
    executor: impl Executor<'_, Database = Any>,
    token: &MailToken,
) -> Result<Option<MailLink>, QueryError> {
    type Row = (String, Option<i64>, String, Option<String>, i64, i64, Option<i64>);
    let row: Option<Row> = sqlx::query_as(
        "SELECT purpose, user_id, email, browser_hash, created_at, expires_at, used_at FROM mail_links \
         WHERE token_hash = $1",
    )
    .bind(token.hash())
    .fetch_optional(executor)
    .await?;
    Ok(row.and_then(|(purpose, user_id, email, browser_hash, created_at, expires_at, used_at)| {
        let (purpose, _) = *PURPOSES.iter().find(|(_, name)| *name == purpose)?;
        Some(MailLink { purpose, user_id, email, browser_hash, created_at, expires_at, is_used: used_at.is_some() })
    }))
}

/// Marks a link as used, in the transaction of `connection`. Returns false if it was used before. `now` is in seconds since
/// 1970.
pub async fn spend_mail_link(connection: &mut AnyConnection, token: &MailToken, now: i64) -> Result<bool, QueryError> {
    let spend = sqlx::query("UPDATE mail_links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL");
    Ok(spend.bind(now).bind(token.hash()).execute(connection).await?.rows_affected() == 1)
}

impl Accounts {
    /// Returns the link with this token.
    pub async fn find_mail_link(&self, token: &MailToken) -> Result<Option<MailLink>, QueryError> {
        find_mail_link(self.database.reader(), token).await
    }

    /// Deletes links that have expired before `before` (in seconds since 1970).
    pub async fn purge_mail_links(&self, before: i64) -> Result<(), QueryError> {
        self.database
            .purge(
                "DELETE FROM mail_links WHERE token_hash IN \
                 (SELECT token_hash FROM mail_links WHERE expires_at < $1 LIMIT $2)",
                before,
            )
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_hides_the_token() {
        assert!(!format!("{:?}", MailToken::from_link("CANARY")).contains("CANARY"));
    }

    #[test]
    fn what_surrounds_a_token_is_left_out() {
        let token = MailToken::generate(&random::system()).expect("a token");
        let MailToken(text) = &token;
        for link in [text.clone(), format!("{text}."), format!("<{text}>"), format!(" {text}\r\n"), format!("“{text}”")]
        {
            assert!(MailToken::from_link(&link) == token, "{link:?}");
        }
        assert!(MailToken::from_link(&format!("{text}x")) != token);
        assert_eq!(MailToken::from_link(&"x".repeat(10_000)).path().len(), "/mail/".len() + MAX_CHARS);
    }

    #[test]
    fn s66_link_works_between_its_creation_and_its_end() {
        let link = |is_used| MailLink {
            purpose: LinkPurpose::VerifyEmail,
            user_id: Some(1),
            email: "ann@example.com".to_owned(),
            browser_hash: None,
            created_at: 1000,
            expires_at: 2000,
            is_used,
        };
        for (now, is_current) in [(900, false), (940, true), (1000, true), (1999, true), (2000, false)] {
            assert_eq!(link(false).is_current(now), is_current, "{now}");
            assert!(!link(true).is_current(now), "{now}");
        }
    }
}
