//! The access token of a session and its status, which does not depend on the session's lifetime.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use subtle::ConstantTimeEq;

/// How early a token counts as expired, at most.
const MAX_MARGIN_SECS: i64 = 300;

/// If QQ rejects a token this soon after issuing it, the user is not redirected to QQ automatically:
/// it would reject the next token too, in an endless loop of redirects.
const FRESH_SECS: i64 = 60;

/// An access token as stored in a session, always encrypted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredToken {
    /// The token for calls to QQ's API.
    #[serde(serialize_with = "serialize_secret")]
    pub access_token: SecretString,
    /// The token that can be exchanged for a new access token once.
    #[serde(serialize_with = "serialize_optional_secret")]
    pub refresh_token: Option<SecretString>,
    /// When QQ issued it, in seconds since 1970.
    pub obtained_at: i64,
    /// How long it is valid from then on, in seconds.
    pub lifetime_secs: i64,
    /// When QQ rejected it, in seconds since 1970. It is invalid since then, whatever its age.
    #[serde(rename = "refused_at")]
    pub rejected_at: Option<i64>,
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// It can be used.
    Valid,
    /// It is too old, but there is a refresh token.
    NeedsRefresh,
    /// The user has to sign in at QQ again.
    Expired,
}

impl StoredToken {
    /// For users of a company whose token the site does not keep. It never expires, and it opens nothing.
    pub fn none() -> StoredToken {
        StoredToken {
            access_token: SecretString::default(),
            refresh_token: None,
            obtained_at: 0,
            lifetime_secs: i64::MAX,
            rejected_at: None,
        }
    }

    /// When the token expires, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.obtained_at.saturating_add(self.lifetime_secs)
    }

    /// Compares the token's age with its lifetime. A token counts as expired early, by a tenth of its
    /// lifetime or five minutes at most, since it must last for the next call. A token from the future
    /// counts as expired: the clock was set back, so its age is unknown.
    pub fn status(&self, now: i64) -> TokenStatus {
        if self.rejected_at.is_some() {
            return TokenStatus::Expired;
        }
        let margin_secs = (self.lifetime_secs / 10).min(MAX_MARGIN_SECS);
        let is_from_future = self.obtained_at > now.saturating_add(MAX_MARGIN_SECS);
        let is_valid = !is_from_future && now < self.expires_at().saturating_sub(margin_secs);
        match (is_valid, &self.refresh_token) {
            (true, _) => TokenStatus::Valid,
            (false, Some(_)) => TokenStatus::NeedsRefresh,
            (false, None) => TokenStatus::Expired,
        }
    }

    /// Whether the token expires within `notice_secs`, or within half its lifetime if that is shorter.
    pub fn expires_soon(&self, now: i64, notice_secs: i64) -> bool {
        now >= self.expires_at().saturating_sub(notice_secs.min(self.lifetime_secs / 2))
    }

    /// Whether QQ rejected the token within a minute after issuing it.
    pub fn was_revoked_immediately(&self) -> bool {
        self.rejected_at.is_some_and(|rejected_at| rejected_at.saturating_sub(self.obtained_at) <= FRESH_SECS)
    }

    /// Compares the access tokens in constant time.
    pub fn is_same_token(&self, other: &StoredToken) -> bool {
        let (one, other) = (self.access_token.expose_secret(), other.access_token.expose_secret());
        bool::from(one.as_bytes().ct_eq(other.as_bytes()))
    }
}

fn serialize_secret<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn serialize_optional_secret<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::TokenStatus::{Expired, NeedsRefresh, Valid};
    use super::*;

    const T: i64 = 1_800_000_000;
    const SIXTY_DAYS: i64 = 5_184_000;

    fn token(lifetime_secs: i64, has_refresh_token: bool) -> StoredToken {
        StoredToken {
            access_token: "canary-access".into(),
            refresh_token: has_refresh_token.then(|| "canary-refresh".into()),
            obtained_at: T,
            lifetime_secs,
            rejected_at: None,
        }
    }

    #[test]
    fn s65_status_changes_at_the_exact_second() {
        for (lifetime_secs, age_secs, with_refresh_token, without_it) in [
            // A long-lived token expires five minutes early.
            (SIXTY_DAYS, 0, Valid, Valid),
            (SIXTY_DAYS, SIXTY_DAYS - 301, Valid, Valid),
            (SIXTY_DAYS, SIXTY_DAYS - 300, NeedsRefresh, Expired),
            (SIXTY_DAYS, SIXTY_DAYS - 299, NeedsRefresh, Expired),
            (SIXTY_DAYS, SIXTY_DAYS, NeedsRefresh, Expired),
            (SIXTY_DAYS, 10 * SIXTY_DAYS, NeedsRefresh, Expired),
            // From fifty minutes down: a tenth early.
            (3_001, 2_700, Valid, Valid),
            (3_001, 2_701, NeedsRefresh, Expired),
            (3_000, 2_699, Valid, Valid),
            (3_000, 2_700, NeedsRefresh, Expired),
            (100, 89, Valid, Valid),
            (100, 90, NeedsRefresh, Expired),
            (60, 53, Valid, Valid),
            (60, 54, NeedsRefresh, Expired),
            (10, 8, Valid, Valid),
            (10, 9, NeedsRefresh, Expired),
            // Below ten seconds: not early.
            (9, 8, Valid, Valid),
            (9, 9, NeedsRefresh, Expired),
            (5, 4, Valid, Valid),
            (5, 5, NeedsRefresh, Expired),
            (1, 0, Valid, Valid),
            (1, 1, NeedsRefresh, Expired),
            // Issued in the future: up to five minutes are tolerated.
            (SIXTY_DAYS, -1, Valid, Valid),
            (SIXTY_DAYS, -300, Valid, Valid),
            (SIXTY_DAYS, -301, NeedsRefresh, Expired),
            // No overflow.
            (i64::MAX, 1, Valid, Valid),
        ] {
            let name = format!("lifetime {lifetime_secs} s, age {age_secs} s");
            assert_eq!(token(lifetime_secs, true).status(T + age_secs), with_refresh_token, "{name}");
            assert_eq!(token(lifetime_secs, false).status(T + age_secs), without_it, "{name}, no refresh token");
        }
    }

    #[test]
    fn s36_a_rejected_token_is_expired_at_any_age() {
        let rejected = StoredToken { rejected_at: Some(T + 1), ..token(SIXTY_DAYS, true) };
        assert_eq!(rejected.status(T + 1), Expired);
        assert_eq!(rejected.status(T + 2 * SIXTY_DAYS), Expired);
    }

    #[test]
    fn revoked_immediately_means_within_a_minute() {
        let rejected = |after_secs| StoredToken { rejected_at: Some(T + after_secs), ..token(SIXTY_DAYS, true) };
        assert!(rejected(0).was_revoked_immediately() && rejected(60).was_revoked_immediately());
        assert!(!rejected(61).was_revoked_immediately());
        assert!(!token(SIXTY_DAYS, true).was_revoked_immediately());
    }

    #[test]
    fn expires_soon_within_the_notice_or_half_the_lifetime() {
        const WEEK: i64 = 604_800;
        let expires_soon =
            |lifetime_secs, left_secs| token(lifetime_secs, true).expires_soon(T + lifetime_secs - left_secs, WEEK);
        assert!(
            !expires_soon(SIXTY_DAYS, WEEK + 1) && expires_soon(SIXTY_DAYS, WEEK) && expires_soon(SIXTY_DAYS, WEEK - 1)
        );
        assert!(!expires_soon(100, 51) && expires_soon(100, 50) && expires_soon(100, 49), "a short lifetime");
        assert!(expires_soon(SIXTY_DAYS, -1), "already expired");
    }

    #[test]
    fn debug_hides_both_tokens() {
        assert!(!format!("{:?}", token(1, true)).contains("canary"));
    }
}
