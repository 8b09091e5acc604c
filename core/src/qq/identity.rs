//! The identity that `/oauth2.0/me` returns for a token.

use std::fmt;

use super::error::QqError;
use super::response::{FieldValue, MalformedResponse, ResponseBody};

const ID_MAX_LEN: usize = 128;

/// Identifies a QQ user to this app. `Debug` shows no field, because they are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's ID in this app, exactly as QQ sent it: 1 to 128 visible ASCII characters, case
    /// sensitive. The same user has another openid in another app.
    pub openid: String,
    /// The user's ID across all apps of one developer, if requested and granted.
    pub unionid: Option<String>,
}

impl Identity {
    /// `response` must not report an error.
    ///
    /// Returns [`QqError::ForeignToken`] unless `client_id` is `app_id`. QQ advises checking every
    /// token with `/me` (特殊问题 top10). Without this check, a token that the user gave to another
    /// site could be used to log in here.
    pub(super) fn from_response(response: &ResponseBody, app_id: &str) -> Result<Identity, QqError> {
        let is_own_app = match response.required_field("client_id")? {
            FieldValue::Text(client_id) => client_id == app_id,
            // All captured responses have text, but a number is unambiguous too.
            FieldValue::Integer(client_id) => client_id.to_string() == app_id,
            FieldValue::Overflow | FieldValue::Other => {
                return Err(MalformedResponse::InvalidField("client_id").into());
            }
        };
        if !is_own_app {
            return Err(QqError::ForeignToken);
        }
        Ok(Identity {
            openid: parse_openid(response)?,
            unionid: response.opaque_value("unionid", ID_MAX_LEN).ok().map(str::to_owned),
        })
    }
}

/// The field `openid`, unchanged.
pub(super) fn parse_openid(response: &ResponseBody) -> Result<String, MalformedResponse> {
    response.opaque_value("openid", ID_MAX_LEN).map(str::to_owned)
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Identity, QqError> {
        Identity::from_response(&ResponseBody::parse(body.as_bytes())?, "100000001")
    }

    #[test]
    fn s28_tokens_of_other_apps_are_rejected() {
        for body in [
            r#"{"client_id":"999999999","openid":"OID"}"#,
            r#"{"client_id":999999999,"openid":"OID"}"#,
            r#"{"client_id":" 100000001","openid":"OID"}"#,
            r#"{"client_id":"0100000001","openid":"OID"}"#,
        ] {
            assert_eq!(parse(body), Err(QqError::ForeignToken), "{body}");
        }
        assert!(parse(r#"{"client_id":"100000001","openid":"OID"}"#).is_ok());
        assert!(parse(r#"{"client_id":100000001,"openid":"OID"}"#).is_ok());
    }

    #[test]
    fn s28_a_response_without_client_id_is_rejected() {
        for (body, error) in [
            (r#"{"openid":"OID"}"#, MalformedResponse::MissingField("client_id")),
            (r#"{"client_id":"","openid":"OID"}"#, MalformedResponse::MissingField("client_id")),
            (r#"{"client_id":null,"openid":"OID"}"#, MalformedResponse::InvalidField("client_id")),
            (r#"{"client_id":["100000001"],"openid":"OID"}"#, MalformedResponse::InvalidField("client_id")),
        ] {
            assert_eq!(parse(body), Err(error.into()), "{body}");
        }
    }

    #[test]
    fn s29_the_openid_is_unchanged_or_rejected() {
        let parse_openid = |openid: &str| parse(&format!(r#"{{"client_id":"100000001","openid":{openid}}}"#));
        let long = "a".repeat(128);
        for openid in ["abc", "ABC", "x-_.~!", long.as_str()] {
            let parsed = parse_openid(&format!("\"{openid}\"")).map(|it| it.openid);
            assert_eq!(parsed.as_deref(), Ok(openid));
        }
        let too_long = format!("\"{long}a\"");
        for openid in [too_long.as_str(), "\" abc\"", "\"a\\u0000\"", "\"é\"", "7", "null", "[]"] {
            assert_eq!(parse_openid(openid), Err(MalformedResponse::InvalidField("openid").into()), "{openid}");
        }
        assert_eq!(parse_openid("\"\""), Err(MalformedResponse::MissingField("openid").into()));
    }

    /// In sns_auth#33, operator precedence stored `true` as every user's unionid.
    #[test]
    fn a_unionid_is_text_or_none() {
        for unionid in ["true", "1", "null", "\"\"", "\"a b\"", "[]"] {
            let body = format!(r#"{{"client_id":"100000001","openid":"O","unionid":{unionid}}}"#);
            assert_eq!(parse(&body).map(|it| it.unionid), Ok(None), "{unionid}");
        }
    }

    #[test]
    fn s32_debug_shows_no_openid() {
        let body = r#"{"client_id":"100000001","openid":"CANARY1","unionid":"CANARY2"}"#;
        assert!(!format!("{:?}", parse(body)).contains("CANARY"));
    }
}
