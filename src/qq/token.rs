//! The token: what QQ gives for a code, or for the refresh token of an earlier one.

use secrecy::SecretString;

use super::error::MalformedResponse;
use super::wire::ResponseBody;

/// Lifetime of a token of which QQ does not say how long it lives.
const DEFAULT_LIFETIME_SECS: i64 = 60 * 60;

/// A hundred years. More is taken for as much: dates made with it would not fit.
const LIFETIME_MAX_SECS: i64 = 100 * 365 * 24 * 60 * 60;

const TOKEN_MAX_LEN: usize = 1024;

/// An access token and what belongs to it. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Token {
    /// For [`super::Client::identify`] and [`super::Client::fetch_user_info`].
    pub access_token: SecretString,
    /// For [`super::Client::refresh_token`]. Good for one use: a renewal brings the next one.
    pub refresh_token: Option<SecretString>,
    /// Seconds that the access token lives from now: more than 0, at most a hundred years.
    pub lifetime_secs: i64,
}

impl Token {
    /// The token in `answer`, which is known to hold no refusal.
    pub(super) fn from_response(answer: &ResponseBody) -> Result<Token, MalformedResponse> {
        Ok(Token {
            access_token: answer.opaque("access_token", TOKEN_MAX_LEN)?.into(),
            refresh_token: refresh_token(answer)?,
            lifetime_secs: lifetime(answer)?,
        })
    }
}

/// Old answers have no refresh token, and an empty one is none.
fn refresh_token(answer: &ResponseBody) -> Result<Option<SecretString>, MalformedResponse> {
    match answer.opaque("refresh_token", TOKEN_MAX_LEN) {
        Ok(token) => Ok(Some(token.into())),
        Err(MalformedResponse::MissingField(_)) => Ok(None),
        Err(unusable) => Err(unusable),
    }
}

/// QQ has changed the lifetime over the years (90 days, now 60), so only what it says counts.
fn lifetime(answer: &ResponseBody) -> Result<i64, MalformedResponse> {
    let Some(expires_in) = answer.get("expires_in") else {
        return Ok(DEFAULT_LIFETIME_SECS);
    };
    let seconds = expires_in.saturating_whole().filter(|seconds| *seconds > 0);
    seconds.map(|seconds| seconds.min(LIFETIME_MAX_SECS)).ok_or(MalformedResponse::InvalidField("expires_in"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> Result<Token, MalformedResponse> {
        Token::from_response(&ResponseBody::read(body.as_bytes())?)
    }

    fn lifetime_of(json: &str) -> Result<i64, MalformedResponse> {
        read(&format!(r#"{{"access_token":"AT","expires_in":{json}}}"#)).map(|it| it.lifetime_secs)
    }

    #[test]
    fn s31_the_lifetime_is_a_positive_whole_number_or_missing() {
        assert_eq!(lifetime_of("5184000"), Ok(5_184_000));
        assert_eq!(lifetime_of("\"5184000\""), Ok(5_184_000));
        assert_eq!(lifetime_of("1"), Ok(1));
        assert_eq!(lifetime_of("3153600000"), Ok(3_153_600_000));
        assert_eq!(read("access_token=AT").map(|it| it.lifetime_secs), Ok(3600));
        for json in [
            "0",
            "-1",
            "\"0\"",
            "\"-1\"",
            "1.5",
            "\"1.5\"",
            "1e6",
            "null",
            "\"\"",
            "\"soon\"",
            "\"+60\"",
            "\" 60\"",
            "true",
            "[60]",
            "{}",
            "1e999",
            "-18446744073709551616",
            "\"-99999999999999999999\"",
            "\"99999999999999999999.5\"",
        ] {
            assert!(lifetime_of(json).is_err(), "{json}");
        }
        assert!(read("access_token=AT&expires_in=").is_err());
    }

    #[test]
    fn s31_a_lifetime_beyond_a_hundred_years_counts_as_that() {
        for digits in
            ["3153600001", "9223372036854775807", "9223372036854775808", "18446744073709551616", &"9".repeat(99)]
        {
            assert_eq!(lifetime_of(digits), Ok(LIFETIME_MAX_SECS), "{digits}");
            assert_eq!(lifetime_of(&format!("\"{digits}\"")), Ok(LIFETIME_MAX_SECS), "{digits}");
            let form = read(&format!("access_token=AT&expires_in={digits}"));
            assert_eq!(form.map(|it| it.lifetime_secs), Ok(LIFETIME_MAX_SECS), "{digits}");
        }
    }

    proptest! {
        #[test]
        fn s31_any_number_is_taken_or_refused_without_panic(n in any::<i128>()) {
            let seconds = (n > 0).then(|| i64::try_from(n).unwrap_or(i64::MAX).min(LIFETIME_MAX_SECS));
            prop_assert_eq!(lifetime_of(&n.to_string()).ok(), seconds);
            prop_assert_eq!(lifetime_of(&format!("\"{n}\"")).ok(), seconds);
        }

        #[test]
        fn s31_number_and_text_agree(n in 1..=LIFETIME_MAX_SECS) {
            prop_assert_eq!(lifetime_of(&n.to_string()), Ok(n));
            prop_assert_eq!(lifetime_of(&format!("\"{n}\"")), Ok(n));
        }
    }

    #[test]
    fn an_empty_refresh_token_is_none_and_a_broken_one_an_error() {
        let without = read(r#"{"access_token":"AT","refresh_token":""}"#).unwrap();
        assert!(without.refresh_token.is_none());
        let broken = read(r#"{"access_token":"AT","refresh_token":7}"#).err();
        assert_eq!(broken, Some(MalformedResponse::InvalidField("refresh_token")));
    }

    #[test]
    fn s32_debug_shows_no_token() {
        let token = read("access_token=CANARY1&refresh_token=CANARY2").unwrap();
        assert!(!format!("{token:?}").contains("CANARY"));
    }
}
