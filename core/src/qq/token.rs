//! The token that QQ issues for a code or a refresh token.

use std::fmt;

use secrecy::SecretString;

use super::identity::parse_openid;
use super::response::{MalformedResponse, ResponseBody};

/// Assumed if QQ does not send `expires_in`.
const DEFAULT_LIFETIME_SECS: i64 = 60 * 60;

/// 100 years. Longer lifetimes would overflow dates.
const MAX_LIFETIME_SECS: i64 = 100 * 365 * 24 * 60 * 60;

const TOKEN_MAX_LEN: usize = 1024;

/// An access token and its refresh token. `Debug` shows neither, nor the openid.
#[derive(Clone)]
pub struct Token {
    /// For [`super::Client::fetch_openid`] and the API calls.
    pub access_token: SecretString,
    /// For [`super::Client::refresh_token`]. Works once; each refresh returns the next one.
    pub refresh_token: Option<SecretString>,
    /// The remaining lifetime of the access token in seconds: more than 0, at most 100 years.
    pub lifetime_secs: i64,
    /// The openid that came with the token, if any. Only a hint: the response does not name the app,
    /// unlike that of [`super::Client::fetch_openid`].
    pub openid: Option<String>,
}

impl Token {
    /// `response` must not report an error.
    pub(super) fn from_response(response: &ResponseBody) -> Result<Token, MalformedResponse> {
        Ok(Token {
            access_token: response.opaque_value("access_token", TOKEN_MAX_LEN)?.into(),
            refresh_token: parse_refresh_token(response)?,
            lifetime_secs: parse_lifetime_secs(response)?,
            openid: parse_openid(response).ok(),
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime_secs", &self.lifetime_secs).finish_non_exhaustive()
    }
}

/// In old responses the refresh token is missing or empty.
fn parse_refresh_token(response: &ResponseBody) -> Result<Option<SecretString>, MalformedResponse> {
    match response.opaque_value("refresh_token", TOKEN_MAX_LEN) {
        Ok(token) => Ok(Some(token.into())),
        Err(MalformedResponse::MissingField(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// QQ has changed the lifetime (from 90 days to 60), so none is hard-coded.
fn parse_lifetime_secs(response: &ResponseBody) -> Result<i64, MalformedResponse> {
    let Some(expires_in) = response.field("expires_in") else {
        return Ok(DEFAULT_LIFETIME_SECS);
    };
    match expires_in.as_saturating_integer() {
        Some(secs @ 1..) => Ok(secs.min(MAX_LIFETIME_SECS)),
        _ => Err(MalformedResponse::InvalidField("expires_in")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(body: &str) -> Result<Token, MalformedResponse> {
        Token::from_response(&ResponseBody::parse(body.as_bytes())?)
    }

    fn parse_lifetime(json: &str) -> Result<i64, MalformedResponse> {
        parse(&format!(r#"{{"access_token":"AT","expires_in":{json}}}"#)).map(|it| it.lifetime_secs)
    }

    #[test]
    fn s31_the_lifetime_is_a_positive_integer_or_missing() {
        assert_eq!(parse_lifetime("5184000"), Ok(5_184_000));
        assert_eq!(parse_lifetime("\"5184000\""), Ok(5_184_000));
        assert_eq!(parse_lifetime("1"), Ok(1));
        assert_eq!(parse_lifetime("3153600000"), Ok(3_153_600_000));
        assert_eq!(parse("access_token=AT").map(|it| it.lifetime_secs), Ok(3600));
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
            assert!(parse_lifetime(json).is_err(), "{json}");
        }
        assert!(parse("access_token=AT&expires_in=").is_err());
    }

    #[test]
    fn s31_lifetimes_are_capped_at_100_years() {
        for digits in
            ["3153600001", "9223372036854775807", "9223372036854775808", "18446744073709551616", &"9".repeat(99)]
        {
            assert_eq!(parse_lifetime(digits), Ok(MAX_LIFETIME_SECS), "{digits}");
            assert_eq!(parse_lifetime(&format!("\"{digits}\"")), Ok(MAX_LIFETIME_SECS), "{digits}");
            let form = parse(&format!("access_token=AT&expires_in={digits}"));
            assert_eq!(form.map(|it| it.lifetime_secs), Ok(MAX_LIFETIME_SECS), "{digits}");
        }
    }

    proptest! {
        #[test]
        fn s31_any_number_is_accepted_or_rejected_without_panic(n in any::<i128>()) {
            let seconds = (n > 0).then(|| i64::try_from(n).unwrap_or(i64::MAX).min(MAX_LIFETIME_SECS));
            prop_assert_eq!(parse_lifetime(&n.to_string()).ok(), seconds);
            prop_assert_eq!(parse_lifetime(&format!("\"{n}\"")).ok(), seconds);
        }

        #[test]
        fn s31_number_and_text_agree(n in 1..=MAX_LIFETIME_SECS) {
            prop_assert_eq!(parse_lifetime(&n.to_string()), Ok(n));
            prop_assert_eq!(parse_lifetime(&format!("\"{n}\"")), Ok(n));
        }
    }

    #[test]
    fn an_empty_refresh_token_is_none_and_an_invalid_one_an_error() {
        let without = parse(r#"{"access_token":"AT","refresh_token":""}"#).unwrap();
        assert!(without.refresh_token.is_none());
        let invalid = parse(r#"{"access_token":"AT","refresh_token":7}"#).err();
        assert_eq!(invalid, Some(MalformedResponse::InvalidField("refresh_token")));
    }

    #[test]
    fn an_openid_is_optional_and_ignored_if_invalid() {
        let openid = |json: &str| parse(&format!(r#"{{"access_token":"AT"{json}}}"#)).unwrap().openid;
        assert_eq!(openid(r#","openid":"OID""#).as_deref(), Some("OID"));
        let too_long = format!(r#","openid":"{}""#, "a".repeat(129));
        for json in ["", r#","openid":"""#, r#","openid":null"#, r#","openid":7"#, r#","openid":"a b""#, &too_long] {
            assert_eq!(openid(json), None, "{json}");
        }
    }

    #[test]
    fn s32_debug_shows_no_token() {
        let token = parse("access_token=CANARY1&refresh_token=CANARY2&openid=CANARY3").unwrap();
        assert!(!format!("{token:?}").contains("CANARY"));
    }
}
