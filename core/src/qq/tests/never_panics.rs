//! Any body is parsed or rejected. A panic fails these tests.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use crate::qq::avatar::AvatarUrlPolicy;
use crate::qq::request_url::encode_query;
use crate::qq::response::ResponseBody;
use crate::qq::{ApiError, Identity, MalformedResponse, QqError, Token, UserInfo};

const VALID_BODIES: [&str; 5] = [
    "access_token=AT&expires_in=7776000&refresh_token=RT\n",
    r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#,
    "callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n",
    r#"{"client_id":"100000001","openid":"OID","unionid":"UID"}"#,
    r#"{"ret":0,"nickname":"示例","figureurl_qq_1":"http:\/\/a.qlogo.cn\/1"}"#,
];

/// Runs every parser on `body`, and returns what they accepted.
fn parse(body: &[u8]) -> Result<(Option<Token>, Option<Identity>), MalformedResponse> {
    if let Ok(response) = ResponseBody::parse_lenient(body) {
        let _user_info = UserInfo::from_response(&response, &AvatarUrlPolicy::default());
    }
    let response = ResponseBody::parse(body)?;
    let error = ApiError::from_response(&response)?;
    let token = Token::from_response(&response).ok();
    let identity = Identity::from_response(&response, "100000001").ok();
    let _user_info = UserInfo::from_response(&response, &AvatarUrlPolicy::default());
    if let Some(error) = error {
        let error = QqError::Api(error);
        let _ = (error.to_string(), error.class());
        return Ok((None, None));
    }
    Ok((token, identity))
}

/// Accepted values must be safe to store and send.
fn check(body: &[u8]) {
    let Ok((token, identity)) = parse(body) else {
        return;
    };
    if let Some(token) = token {
        let text = token.access_token.expose_secret();
        assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(token.lifetime_secs > 0);
    }
    if let Some(identity) = identity {
        assert!((1..=128).contains(&identity.openid.len()));
    }
}

proptest! {
    #[test]
    fn s31_any_bytes(body in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&body);
    }

    #[test]
    fn s31_any_text(body in "\\PC{0,120}") {
        check(body.as_bytes());
    }

    #[test]
    fn s31_bodies_like_qqs(body in
        "(callback ?)?\\(? ?\\{?(\"(error|ret|code|msg|access_token|expires_in|client_id|openid)\"[:=](-?[0-9]{1,22}|\"[ -~]{0,9}\"|null|\\[\\]|\\{\\}|1e9),?){0,5}\\}? ?\\)?;?\n?")
    {
        check(body.as_bytes());
    }

    #[test]
    fn s31_damaged_valid_bodies(
        which in 0..VALID_BODIES.len(), cut in any::<prop::sample::Index>(), byte: u8, keep: bool,
    ) {
        let mut body = VALID_BODIES[which].as_bytes().to_vec();
        let at = cut.index(body.len());
        body[at] = byte;
        if !keep {
            body.truncate(at);
        }
        check(&body);
    }

    /// Valid bodies mean the same to both parsers.
    #[test]
    fn repaired_valid_bodies_are_unchanged(nickname in any::<String>()) {
        let json = serde_json::json!({ "ret": 0, "nickname": nickname.replace('\u{fffd}', "") }).to_string();
        let (strict, lenient) = (ResponseBody::parse(json.as_bytes()), ResponseBody::parse_lenient(json.as_bytes()));
        let nicknames = [strict.ok(), lenient.ok()].map(|it| it.and_then(|it| it.text("nickname").map(str::to_owned)));
        prop_assert!(nicknames[0].is_some());
        prop_assert_eq!(&nicknames[0], &nicknames[1]);
    }

    /// Truncated JSON and JSONP are never accepted.
    #[test]
    fn s37_truncated_objects_are_rejected(which in 1..VALID_BODIES.len(), cut in any::<prop::sample::Index>()) {
        let whole = VALID_BODIES[which].trim_end().trim_end_matches(';');
        let truncated = &whole.as_bytes()[..cut.index(whole.len())];
        prop_assert!(ResponseBody::parse(truncated).is_err());
        prop_assert!(ResponseBody::parse_lenient(truncated).is_err());
    }

    #[test]
    fn an_encoded_query_parses_as_the_same_form(first in "\\PC{0,40}", second in "[ -~]{0,40}") {
        let text = encode_query(&[("first", &first), ("second", &second)]);
        let form = ResponseBody::parse(text.as_bytes()).ok();
        prop_assert_eq!(form.as_ref().and_then(|it| it.text("first")), Some(first.as_str()));
        prop_assert_eq!(form.as_ref().and_then(|it| it.text("second")), Some(second.as_str()));
    }

    #[test]
    fn every_format_parses_to_the_same_token(
        access in "[!-~&&[^\"\\\\]]{1,64}", refresh in "[0-9A-F]{32}", seconds in 1..1_000_000_000_i64,
    ) {
        let members = format!(r#""access_token":"{access}","refresh_token":"{refresh}","expires_in":"#);
        let number = seconds.to_string();
        let pairs = [("access_token", &*access), ("refresh_token", &*refresh), ("expires_in", &*number)];
        for body in [
            encode_query(&pairs),
            format!("{}\n", encode_query(&pairs)),
            format!("{{{members}{seconds}}}"),
            format!("{{{members}\"{seconds}\"}}"),
            format!("callback( {{{members}\"{seconds}\"}} );\n"),
            format!("callback({{{members}{seconds}}});"),
        ] {
            let (token, _) = parse(body.as_bytes()).unwrap_or_default();
            let token = token.map(|it| (
                it.access_token.expose_secret().to_owned(),
                it.refresh_token.map(|it| it.expose_secret().to_owned()),
                it.lifetime_secs,
            ));
            let expected = (access.clone(), Some(refresh.clone()), seconds);
            prop_assert_eq!(token, Some(expected), "{}", body);
        }
    }
}
