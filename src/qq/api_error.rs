//! QQ's way of saying no, in the four shapes it has.
//!
//! HTTP has no part in it: QQ sends its errors with status 200, so an answer is an error
//! because of what it says.

use std::fmt;

use super::codes::code_info;
use super::error::MalformedResponse;
use super::text::plain;
use super::wire::{ResponseBody, Value};

const DESCRIPTION_MAX: usize = 200;
const OPAQUE_MIN: usize = 16;

/// A code with which QQ turned a request down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The number; see [`code_info`].
    pub code: i64,
    /// QQ's own words, one line of at most 200 characters, perhaps none. For the log:
    /// people get our words. Whatever looks like a token in it is masked.
    pub description: String,
}

impl ApiError {
    /// A refusal by `code`, with QQ's words for it.
    pub fn new(code: i64, description: &str) -> ApiError {
        ApiError { code, description: plain(&mask_opaque_words(description), DESCRIPTION_MAX) }
    }

    /// The refusal in `answer`, or `None` if it holds none.
    ///
    /// `error` is what QQ sends today, `ret` what get_user_info sends, and `code` with `msg`
    /// is what the wiki once promised and the WAP pages sent (YurunOAuthLogin#6 looked for
    /// this pair alone and so took every error for a success).
    pub(super) fn from_response(answer: &ResponseBody) -> Result<Option<ApiError>, MalformedResponse> {
        if let Some(error) = answer.get("error")
            && let Some(code) = failure_code(error)?
        {
            let words = answer.text("error_description").or_else(|| answer.text("msg"));
            return Ok(Some(ApiError::new(code, words.unwrap_or_default())));
        }
        let legacy_pair = answer.get("code").filter(|_| answer.get("msg").is_some());
        for code in [answer.get("ret"), legacy_pair].into_iter().flatten() {
            if let Some(code) = failure_code(code)? {
                let words = answer.text("msg").unwrap_or_default();
                return Ok(Some(ApiError::new(code, words)));
            }
        }
        Ok(None)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = code_info(self.code).map_or("an unknown code", |info| info.meaning_en);
        write!(f, "QQ answered {}: {meaning}", self.code)?;
        if self.description.is_empty() {
            return Ok(());
        }
        write!(f, " ({:?})", self.description)
    }
}

impl std::error::Error for ApiError {}

/// Any number but 0 is a failure: some of QQ's are negative, some positive.
fn failure_code(value: &Value) -> Result<Option<i64>, MalformedResponse> {
    match value.whole() {
        Some(0) => Ok(None),
        Some(code) => Ok(Some(code)),
        None => Err(MalformedResponse::ErrorWithoutCode),
    }
}

/// Replaces every long word with digits in it. QQ's descriptions quote parameters back
/// (passport-qq#2 shows one), and keys, tokens, codes and openids are such words, while
/// prose and App IDs are not.
fn mask_opaque_words(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_word(c)) {
        let word = piece.trim_end_matches(|c: char| !is_word(c));
        let opaque = word.len() >= OPAQUE_MIN && word.contains(|c: char| c.is_ascii_digit());
        match piece.strip_prefix(word).filter(|_| opaque) {
            Some(rest) => masked.extend(["…", rest]),
            None => masked.push_str(piece),
        }
    }
    masked
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_in(body: &str) -> Result<Option<ApiError>, MalformedResponse> {
        ApiError::from_response(&ResponseBody::read(body.as_bytes())?)
    }

    #[test]
    fn s27_errors_are_known_by_what_they_say() {
        for (body, code, words) in [
            (r#"{"error":100020,"error_description":"code is reused error"}"#, 100020, "code is reused error"),
            (r#"{"error":"100020","error_description":"as text"}"#, 100020, "as text"),
            (r#"{"error":100020}"#, 100020, ""),
            ("callback( {\"error\":100020,\"error_description\":\"x\"} );\n", 100020, "x"),
            (r#"callback({"error":100021,"error_description":"x"});"#, 100021, "x"),
            ("error=100010&error_description=redirect%20uri+is%20illegal", 100010, "redirect uri is illegal"),
            (r#"{"code":100009,"msg":"secret"}"#, 100009, "secret"),
            ("code=7001&msg=%E9%94%99", 7001, "错"),
            (r#"{"ret":100030,"msg":"x"}"#, 100030, "x"),
            (
                r#"{"ret":-1,"msg":"client request's parameters are invalid, invalid openid"}"#,
                -1,
                "client request's parameters are invalid, invalid openid",
            ),
            (r#"{"ret":1002,"msg":"请先登录"}"#, 1002, "请先登录"),
            (r#"{"ret":0,"error":100016,"msg":"both"}"#, 100016, "both"),
        ] {
            assert_eq!(refusal_in(body), Ok(Some(ApiError::new(code, words))), "{body}");
        }
    }

    #[test]
    fn s27_an_error_without_a_number_is_not_passed_over() {
        for body in [
            r#"{"error":null,"access_token":"AT"}"#,
            r#"{"error":"","access_token":"AT"}"#,
            r#"{"error":true}"#,
            r#"{"error":100016.5}"#,
            r#"{"error":99999999999999999999}"#,
            r#"{"error":{"code":1}}"#,
            "error=access_denied",
            r#"{"code":"no","msg":""}"#,
            r#"{"ret":[]}"#,
        ] {
            assert_eq!(refusal_in(body), Err(MalformedResponse::ErrorWithoutCode), "{body}");
        }
    }

    #[test]
    fn zero_and_a_lone_code_are_no_errors() {
        for body in [r#"{"ret":0,"msg":""}"#, r#"{"error":0,"access_token":"AT"}"#, r#"{"code":"0123456789ABCDEF"}"#] {
            assert_eq!(refusal_in(body), Ok(None), "{body}");
        }
    }

    #[test]
    fn s32_a_description_cannot_carry_a_secret_or_break_a_line() {
        let echo = "bad client_secret 0123456789abcdef0123456789abcdef,\ncode [A1B2C3D4E5F6A7B8]";
        let refusal = ApiError::new(100009, echo);
        assert_eq!(refusal.description, "bad client_secret …, code […]");

        let useful = "oauth_consumer_key expected type uint64, value: [100000001 100000001]";
        assert_eq!(ApiError::new(1, useful).description, useful);
        assert_eq!(ApiError::new(1, &"字".repeat(500)).description, "字".repeat(200));
    }

    #[test]
    fn display_says_number_meaning_and_words() {
        let known = ApiError::new(100009, "client secret is illegal").to_string();
        assert_eq!(known, "QQ answered 100009: the App Key is wrong (\"client secret is illegal\")");
        assert_eq!(ApiError::new(7001, "").to_string(), "QQ answered 7001: an unknown code");
    }
}
