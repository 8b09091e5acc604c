//! The access token of a session, and what its timestamp says.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// The longest margin before its end at which a token is no longer relied on, in seconds.
const MAX_MARGIN_SECS: i64 = 300;

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
}

/// What can be done with a token of this age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAge {
    /// Use it.
    Good,
    /// Too old to use; a refresh token can buy a new one.
    Renewable,
    /// Too old to use; the person has to pass by QQ again.
    Expired,
}

impl StoredToken {
    /// When the token ends, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.obtained_at.saturating_add(self.lifetime_secs)
    }

    /// Judges the token. It is given up a little early, by a tenth of its lifetime or five minutes
    /// at most, since it must last for the call that follows. A token from the future means the
    /// clock went backwards: then its age is unknown, and unknown is not good.
    pub fn age(&self, now: i64) -> TokenAge {
        let margin_secs = (self.lifetime_secs / 10).min(MAX_MARGIN_SECS);
        let from_future = self.obtained_at > now.saturating_add(MAX_MARGIN_SECS);
        let is_good = !from_future && now < self.expires_at().saturating_sub(margin_secs);
        match (is_good, &self.refresh_token) {
            (true, _) => TokenAge::Good,
            (false, Some(_)) => TokenAge::Renewable,
            (false, None) => TokenAge::Expired,
        }
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
    use super::*;

    fn token(lifetime_secs: i64, renewable: bool) -> StoredToken {
        StoredToken {
            access_token: "canary-access".into(),
            refresh_token: renewable.then(|| "canary-refresh".into()),
            obtained_at: 1_000,
            lifetime_secs,
        }
    }

    #[test]
    fn a_long_token_is_given_up_five_minutes_early() {
        let token = token(5_184_000, true);
        assert_eq!(token.age(1_000), TokenAge::Good);
        assert_eq!(token.age(1_000 + 5_184_000 - 301), TokenAge::Good);
        assert_eq!(token.age(1_000 + 5_184_000 - 300), TokenAge::Renewable);
    }

    #[test]
    fn a_short_token_is_given_up_a_tenth_early_at_most() {
        for (lifetime_secs, last_good) in [(1, 0), (9, 8), (10, 8), (60, 53), (100, 89)] {
            assert_eq!(token(lifetime_secs, false).age(1_000 + last_good), TokenAge::Good, "{lifetime_secs}");
            assert_eq!(token(lifetime_secs, false).age(1_000 + last_good + 1), TokenAge::Expired, "{lifetime_secs}");
        }
    }

    #[test]
    fn a_clock_set_back_does_not_make_a_token_young_again() {
        assert_eq!(token(5_184_000, true).age(1_000 - 3_600), TokenAge::Renewable);
        assert_eq!(token(i64::MAX, false).age(2_000), TokenAge::Good);
    }

    #[test]
    fn neither_token_stands_in_debug() {
        assert!(!format!("{:?}", token(1, true)).contains("canary"));
    }
}
