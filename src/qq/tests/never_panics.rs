//! Whatever comes, it is understood or refused. A panic fails these tests by itself.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use crate::qq::avatar::AvatarRule;
use crate::qq::wire::{ResponseBody, query};
use crate::qq::{ApiError, Identity, MalformedResponse, QqError, Token, UserInfo};

const GOOD: [&str; 5] = [
    "access_token=AT&expires_in=7776000&refresh_token=RT\n",
    r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#,
    "callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n",
    r#"{"client_id":"100000001","openid":"OID","unionid":"UID"}"#,
    r#"{"ret":0,"nickname":"示例","figureurl_qq_1":"http:\/\/a.qlogo.cn\/1"}"#,
];

/// Lets every parser have `body`, and gives what was believed of it.
fn read(body: &[u8]) -> Result<(Option<Token>, Option<Identity>), MalformedResponse> {
    let answer = ResponseBody::read(body)?;
    let refusal = ApiError::from_response(&answer)?;
    let token = Token::from_response(&answer).ok();
    let identity = Identity::from_response(&answer, "100000001").ok();
    let _profile = UserInfo::from_response(&answer, &AvatarRule::default());
    if let Some(refusal) = refusal {
        let error = QqError::Api(refusal);
        let _ = (error.to_string(), error.class());
        return Ok((None, None));
    }
    Ok((token, identity))
}

/// What is believed must be fit to be stored and sent.
fn check(body: &[u8]) {
    let Ok((token, identity)) = read(body) else {
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
    fn s31_what_looks_like_an_answer(body in
        "(callback ?)?\\(? ?\\{?(\"(error|ret|code|msg|access_token|expires_in|client_id|openid)\"[:=](-?[0-9]{1,22}|\"[ -~]{0,9}\"|null|\\[\\]|\\{\\}|1e9),?){0,5}\\}? ?\\)?;?\n?")
    {
        check(body.as_bytes());
    }

    #[test]
    fn s31_good_answers_gone_bad(
        which in 0..GOOD.len(), cut in any::<prop::sample::Index>(), byte: u8, keep: bool,
    ) {
        let mut body = GOOD[which].as_bytes().to_vec();
        let at = cut.index(body.len());
        body[at] = byte;
        if !keep {
            body.truncate(at);
        }
        check(&body);
    }

    /// JSON and JSONP that were cut short are never believed.
    #[test]
    fn s37_half_an_object_is_nothing(which in 1..GOOD.len(), cut in any::<prop::sample::Index>()) {
        let whole = GOOD[which].trim_end().trim_end_matches(';');
        let half = &whole.as_bytes()[..cut.index(whole.len())];
        prop_assert!(ResponseBody::read(half).is_err());
    }

    /// What goes out as a query comes back as the form it is, whatever is in it.
    #[test]
    fn a_query_is_read_back_as_it_was(first in "\\PC{0,40}", second in "[ -~]{0,40}") {
        let text = query(&[("first", &first), ("second", &second)]);
        let answer = ResponseBody::read(text.as_bytes()).ok();
        prop_assert_eq!(answer.as_ref().and_then(|it| it.text("first")), Some(first.as_str()));
        prop_assert_eq!(answer.as_ref().and_then(|it| it.text("second")), Some(second.as_str()));
    }

    /// All shapes of one token say the same.
    #[test]
    fn every_shape_gives_the_same_token(
        access in "[!-~&&[^\"\\\\]]{1,64}", refresh in "[0-9A-F]{32}", seconds in 1..1_000_000_000_i64,
    ) {
        let members = format!(r#""access_token":"{access}","refresh_token":"{refresh}","expires_in":"#);
        let number = seconds.to_string();
        let pairs = [("access_token", &*access), ("refresh_token", &*refresh), ("expires_in", &*number)];
        for body in [
            query(&pairs),
            format!("{}\n", query(&pairs)),
            format!("{{{members}{seconds}}}"),
            format!("{{{members}\"{seconds}\"}}"),
            format!("callback( {{{members}\"{seconds}\"}} );\n"),
            format!("callback({{{members}{seconds}}});"),
        ] {
            let (token, _) = read(body.as_bytes()).unwrap_or_default();
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
