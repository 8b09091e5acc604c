//! The error codes in QQ's responses, in the four shapes QQ uses.
//!
//! The HTTP status plays no part: QQ sends errors with status 200.

use std::fmt;

use super::error_codes::code_info;
use super::response::{FieldValue, MalformedResponse, ResponseBody};
use super::sanitize::sanitize_line;

const DESCRIPTION_MAX_CHARS: usize = 200;
const SECRET_MIN_LEN: usize = 16;

/// An error code that QQ returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The number; see [`super::code_info`].
    pub code: i64,
    /// QQ's description: one line of at most 200 characters, possibly empty. Anything that looks
    /// like a token is masked. For the log, not for users.
    pub description: String,
}

impl ApiError {
    /// Masks and sanitizes `description`.
    pub fn new(code: i64, description: &str) -> ApiError {
        ApiError { code, description: sanitize_line(&mask_secrets(description), DESCRIPTION_MAX_CHARS) }
    }

    /// Finds the error in a response. Returns `None` if the response reports success.
    ///
    /// QQ sends `error` today; get_user_info sends `ret`; the wiki used to document `code` with
    /// `msg`, which the WAP pages send (YurunOAuthLogin#6 looked only for these, and so took every
    /// error for a success).
    pub(super) fn from_response(response: &ResponseBody) -> Result<Option<ApiError>, MalformedResponse> {
        let legacy_code = response.field("code").filter(|_| response.field("msg").is_some());
        for code in [response.field("error"), response.field("ret"), legacy_code].into_iter().flatten() {
            if let Some(code) = nonzero_code(code)? {
                let description = response.text("error_description").or_else(|| response.text("msg"));
                return Ok(Some(ApiError::new(code, description.unwrap_or_default())));
            }
        }
        Ok(None)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = code_info(self.code).map_or("undocumented code", |info| info.meaning_en);
        write!(f, "QQ returned error {}: {meaning}", self.code)?;
        if self.description.is_empty() {
            return Ok(());
        }
        write!(f, " ({:?})", self.description)
    }
}

impl std::error::Error for ApiError {}

/// Any code but 0 is an error: some of QQ's are negative, some positive.
fn nonzero_code(value: &FieldValue) -> Result<Option<i64>, MalformedResponse> {
    let code = value.as_integer().ok_or(MalformedResponse::ErrorWithoutCode)?;
    Ok((code != 0).then_some(code))
}

/// Masks long words that contain digits. QQ's descriptions quote parameters (passport-qq#2 shows
/// one); keys, tokens, codes and openids are such words, prose and App IDs are not.
fn mask_secrets(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_word_char(c)) {
        let word = piece.trim_end_matches(|c: char| !is_word_char(c));
        let is_secret = word.len() >= SECRET_MIN_LEN && word.contains(|c: char| c.is_ascii_digit());
        match piece.strip_prefix(word).filter(|_| is_secret) {
            Some(rest) => masked.extend(["…", rest]),
            None => masked.push_str(piece),
        }
    }
    masked
}

fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Option<ApiError>, MalformedResponse> {
        ApiError::from_response(&ResponseBody::parse(body.as_bytes())?)
    }

    #[test]
    fn s27_errors_are_detected_by_the_body() {
        for (body, code, description) in [
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
            assert_eq!(parse(body), Ok(Some(ApiError::new(code, description))), "{body}");
        }
    }

    #[test]
    fn s27_an_error_without_a_numeric_code_is_not_ignored() {
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
            assert_eq!(parse(body), Err(MalformedResponse::ErrorWithoutCode), "{body}");
        }
    }

    #[test]
    fn zero_and_a_code_without_msg_are_not_errors() {
        for body in [r#"{"ret":0,"msg":""}"#, r#"{"error":0,"access_token":"AT"}"#, r#"{"code":"0123456789ABCDEF"}"#] {
            assert_eq!(parse(body), Ok(None), "{body}");
        }
    }

    #[test]
    fn s32_descriptions_are_masked_and_single_line() {
        let echo = "bad client_secret 0123456789abcdef0123456789abcdef,\ncode [A1B2C3D4E5F6A7B8]";
        let error = ApiError::new(100009, echo);
        assert_eq!(error.description, "bad client_secret …, code […]");

        let harmless = "oauth_consumer_key expected type uint64, value: [100000001 100000001]";
        assert_eq!(ApiError::new(1, harmless).description, harmless);
        assert_eq!(ApiError::new(1, &"字".repeat(500)).description, "字".repeat(200));
    }

    #[test]
    fn display_shows_code_meaning_and_description() {
        let known = ApiError::new(100009, "client secret is illegal").to_string();
        assert_eq!(known, "QQ returned error 100009: the App Key is wrong (\"client secret is illegal\")");
        assert_eq!(ApiError::new(7001, "").to_string(), "QQ returned error 7001: undocumented code");
    }
}
