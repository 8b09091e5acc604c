//! The access token of a session, and what its timestamp says.
//!
//! How long a session lives and how long its token lives are two facts. This file decides about
//! the token alone.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use subtle::ConstantTimeEq;

/// The longest margin before its end at which a token is no longer relied on, in seconds.
const MAX_MARGIN_SECS: i64 = 300;

/// A token that QQ refuses this soon after giving it, in seconds, is not asked for again by
/// itself: the next one would fare no better, and the person would go round in circles.
const FRESH_SECS: i64 = 60;

/// An access token as the session keeps it. It is written only inside a sealed record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredToken {
    /// What QQ's calls are made with.
    #[serde(serialize_with = "expose")]
    pub access_token: SecretString,
    /// What buys one new token, once.
    #[serde(serialize_with = "expose_optional")]
    pub refresh_token: Option<SecretString>,
    /// When QQ gave the token, in seconds since 1970: the token's timestamp.
    pub obtained_at: i64,
    /// How long it is good from then on, in seconds.
    pub lifetime_secs: i64,
    /// When QQ refused it, in seconds since 1970: since then it is dead, whatever its age.
    pub refused_at: Option<i64>,
}

/// What has to be done before a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// Nothing: it is good.
    Valid,
    /// It is too old, but renewable: the refresh token buys a new one.
    NeedsRefresh,
    /// The person has to pass by QQ again.
    Expired,
}

impl StoredToken {
    /// When the token ends, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.obtained_at.saturating_add(self.lifetime_secs)
    }

    /// Decides from token timestamp, lifetime and the clock. A token is given up a little early,
    /// by a tenth of its lifetime or five minutes at most, since it must last for the call that
    /// follows. One from the future means that the clock went backwards: then its age is unknown,
    /// and unknown is not good.
    pub fn status(&self, now: i64) -> TokenStatus {
        if self.refused_at.is_some() {
            return TokenStatus::Expired;
        }
        let margin_secs = (self.lifetime_secs / 10).min(MAX_MARGIN_SECS);
        let from_future = self.obtained_at > now.saturating_add(MAX_MARGIN_SECS);
        let is_good = !from_future && now < self.expires_at().saturating_sub(margin_secs);
        match (is_good, &self.refresh_token) {
            (true, _) => TokenStatus::Valid,
            (false, Some(_)) => TokenStatus::NeedsRefresh,
            (false, None) => TokenStatus::Expired,
        }
    }

    /// Whether the token ends soon: `notice_secs` before its end, or in the last half of a life
    /// that is shorter than twice that.
    pub fn expires_soon(&self, now: i64, notice_secs: i64) -> bool {
        now >= self.expires_at().saturating_sub(notice_secs.min(self.lifetime_secs / 2))
    }

    /// Whether QQ refused the token as good as at once.
    pub fn was_revoked_immediately(&self) -> bool {
        self.refused_at.is_some_and(|refused_at| refused_at.saturating_sub(self.obtained_at) <= FRESH_SECS)
    }

    /// Whether both are one and the same token.
    pub fn is_same_token(&self, other: &StoredToken) -> bool {
        let (one, other) = (self.access_token.expose_secret(), other.access_token.expose_secret());
        bool::from(one.as_bytes().ct_eq(other.as_bytes()))
    }
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn expose_optional<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::TokenStatus::{Expired, NeedsRefresh, Valid};
    use super::*;

    const T: i64 = 1_800_000_000;
    const SIXTY_DAYS: i64 = 5_184_000;

    fn token(lifetime_secs: i64, renewable: bool) -> StoredToken {
        StoredToken {
            access_token: "canary-access".into(),
            refresh_token: renewable.then(|| "canary-refresh".into()),
            obtained_at: T,
            lifetime_secs,
            refused_at: None,
        }
    }

    #[test]
    fn s65_the_decision_to_the_second() {
        for (lifetime_secs, age_secs, with_refresh_token, without) in [
            // A long life ends five minutes early.
            (SIXTY_DAYS, 0, Valid, Valid),
            (SIXTY_DAYS, SIXTY_DAYS - 301, Valid, Valid),
            (SIXTY_DAYS, SIXTY_DAYS - 300, NeedsRefresh, Expired),
            (SIXTY_DAYS, SIXTY_DAYS - 299, NeedsRefresh, Expired),
            (SIXTY_DAYS, SIXTY_DAYS, NeedsRefresh, Expired),
            (SIXTY_DAYS, 10 * SIXTY_DAYS, NeedsRefresh, Expired),
            // From fifty minutes down, a tenth early.
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
            // Below ten seconds, not early at all.
            (9, 8, Valid, Valid),
            (9, 9, NeedsRefresh, Expired),
            (5, 4, Valid, Valid),
            (5, 5, NeedsRefresh, Expired),
            (1, 0, Valid, Valid),
            (1, 1, NeedsRefresh, Expired),
            // A clock set back: a little is nothing, much is an unknown age.
            (SIXTY_DAYS, -1, Valid, Valid),
            (SIXTY_DAYS, -300, Valid, Valid),
            (SIXTY_DAYS, -301, NeedsRefresh, Expired),
            // No overflow at the end of time.
            (i64::MAX, 1, Valid, Valid),
        ] {
            let name = format!("a life of {lifetime_secs} s at {age_secs} s");
            assert_eq!(token(lifetime_secs, true).status(T + age_secs), with_refresh_token, "{name}");
            assert_eq!(token(lifetime_secs, false).status(T + age_secs), without, "{name}, no refresh token");
        }
    }

    #[test]
    fn s36_a_refused_token_is_dead_whatever_its_age() {
        let refused = StoredToken { refused_at: Some(T + 1), ..token(SIXTY_DAYS, true) };
        assert_eq!(refused.status(T + 1), Expired);
        assert_eq!(refused.status(T + 2 * SIXTY_DAYS), Expired);
    }

    #[test]
    fn a_minute_after_it_was_given_a_token_is_fresh_no_more() {
        let refused = |after_secs| StoredToken { refused_at: Some(T + after_secs), ..token(SIXTY_DAYS, true) };
        assert!(refused(0).was_revoked_immediately() && refused(60).was_revoked_immediately());
        assert!(!refused(61).was_revoked_immediately());
        assert!(!token(SIXTY_DAYS, true).was_revoked_immediately());
    }

    #[test]
    fn the_end_is_near_from_the_notice_on() {
        const WEEK: i64 = 604_800;
        let expires_soon =
            |lifetime_secs, left_secs| token(lifetime_secs, true).expires_soon(T + lifetime_secs - left_secs, WEEK);
        assert!(
            !expires_soon(SIXTY_DAYS, WEEK + 1) && expires_soon(SIXTY_DAYS, WEEK) && expires_soon(SIXTY_DAYS, WEEK - 1)
        );
        assert!(
            !expires_soon(100, 51) && expires_soon(100, 50) && expires_soon(100, 49),
            "a short life is not always ending"
        );
        assert!(expires_soon(SIXTY_DAYS, -1), "and it has ended");
    }

    #[test]
    fn neither_token_stands_in_debug() {
        assert!(!format!("{:?}", token(1, true)).contains("canary"));
    }
}
