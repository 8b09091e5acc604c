//! The identity: whose token it is, according to `/oauth2.0/me`.

use std::fmt;

use super::error::{MalformedResponse, QqError};
use super::wire::{ResponseBody, Value};

const ID_MAX_LEN: usize = 128;

/// Who somebody is. `Debug` does not show it: an openid is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person's id in this app, exactly as QQ sent it: 1 to 128 visible ASCII characters,
    /// upper and lower case distinct. The same person has another one in another app.
    pub openid: String,
    /// The person's id across the apps of one developer, if we asked and QQ said.
    pub unionid: Option<String>,
}

impl Identity {
    /// The identity in `answer`, which is known to hold no refusal.
    ///
    /// `client_id` must be our App ID. QQ's own advice (特殊问题 top10) is to ask `/me` about
    /// every token; unless its answer is about *our* app, a token that the person gave to
    /// another site could be used to sign in here.
    pub(super) fn from_response(answer: &ResponseBody, app_id: &str) -> Result<Identity, QqError> {
        if !is_about(answer, app_id)? {
            return Err(QqError::ForeignToken);
        }
        Ok(Identity {
            openid: answer.opaque("openid", ID_MAX_LEN)?.to_owned(),
            unionid: answer.opaque("unionid", ID_MAX_LEN).ok().map(str::to_owned),
        })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Every answer seen has `client_id` as text; a number that reads the same is as good.
fn is_about(answer: &ResponseBody, app_id: &str) -> Result<bool, MalformedResponse> {
    match answer.get("client_id") {
        None => Err(MalformedResponse::MissingField("client_id")),
        Some(Value::Text(text)) if text.is_empty() => Err(MalformedResponse::MissingField("client_id")),
        Some(Value::Text(text)) => Ok(text == app_id),
        Some(Value::Whole(number)) => Ok(number.to_string() == app_id),
        Some(Value::Vast | Value::Other) => Err(MalformedResponse::InvalidField("client_id")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Identity, QqError> {
        Identity::from_response(&ResponseBody::read(body.as_bytes())?, "100000001")
    }

    #[test]
    fn s28_the_token_must_be_ours() {
        for body in [
            r#"{"client_id":"999999999","openid":"OID"}"#,
            r#"{"client_id":999999999,"openid":"OID"}"#,
            r#"{"client_id":" 100000001","openid":"OID"}"#,
            r#"{"client_id":"0100000001","openid":"OID"}"#,
        ] {
            assert_eq!(read(body), Err(QqError::ForeignToken), "{body}");
        }
        assert!(read(r#"{"client_id":"100000001","openid":"OID"}"#).is_ok());
        assert!(read(r#"{"client_id":100000001,"openid":"OID"}"#).is_ok());
    }

    #[test]
    fn s28_without_client_id_nobody_is_known() {
        for (body, why) in [
            (r#"{"openid":"OID"}"#, MalformedResponse::MissingField("client_id")),
            (r#"{"client_id":"","openid":"OID"}"#, MalformedResponse::MissingField("client_id")),
            (r#"{"client_id":null,"openid":"OID"}"#, MalformedResponse::InvalidField("client_id")),
            (r#"{"client_id":["100000001"],"openid":"OID"}"#, MalformedResponse::InvalidField("client_id")),
        ] {
            assert_eq!(read(body), Err(why.into()), "{body}");
        }
    }

    #[test]
    fn s29_the_openid_is_kept_exactly_or_refused() {
        let with = |openid: &str| read(&format!(r#"{{"client_id":"100000001","openid":{openid}}}"#));
        let long = "a".repeat(128);
        for openid in ["abc", "ABC", "x-_.~!", long.as_str()] {
            let read = with(&format!("\"{openid}\"")).map(|it| it.openid);
            assert_eq!(read.as_deref(), Ok(openid));
        }
        let too_long = format!("\"{long}a\"");
        for openid in [too_long.as_str(), "\" abc\"", "\"a\\u0000\"", "\"é\"", "7", "null", "[]"] {
            assert_eq!(with(openid), Err(MalformedResponse::InvalidField("openid").into()), "{openid}");
        }
        assert_eq!(with("\"\""), Err(MalformedResponse::MissingField("openid").into()));
    }

    /// sns_auth#33: a slip of precedence stored `true` as everybody's unionid.
    #[test]
    fn a_unionid_is_text_or_nothing() {
        for unionid in ["true", "1", "null", "\"\"", "\"a b\"", "[]"] {
            let body = format!(r#"{{"client_id":"100000001","openid":"O","unionid":{unionid}}}"#);
            assert_eq!(read(&body).map(|it| it.unionid), Ok(None), "{unionid}");
        }
    }

    #[test]
    fn s32_debug_shows_no_openid() {
        let body = r#"{"client_id":"100000001","openid":"CANARY1","unionid":"CANARY2"}"#;
        assert!(!format!("{:?}", read(body)).contains("CANARY"));
    }
}
