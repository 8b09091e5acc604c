//! Step 2: parses the untrusted query of QQ's redirect back to the site.

use secrecy::SecretString;

use crate::qq::{ApiError, MalformedResponse, QqError};

/// QQ's own queries have about a hundred bytes.
const MAX_QUERY_BYTES: usize = 4096;
/// QQ's codes have 32 bytes.
const MAX_VALUE_BYTES: usize = 512;

pub(super) struct CallbackParams {
    /// `None` unless there is exactly one well-formed `state`.
    pub(super) state: Option<String>,
    pub(super) result: CallbackResult,
}

pub(super) enum CallbackResult {
    Code(SecretString),
    NoCode,
    Cancelled,
    Error(QqError),
    /// Too long, or with a malformed or repeated `code`.
    Malformed,
}

impl CallbackParams {
    /// Parses the query string of the callback URL, without the `?`.
    pub(super) fn parse(query: &str) -> CallbackParams {
        if query.len() > MAX_QUERY_BYTES {
            return CallbackParams { state: None, result: CallbackResult::Malformed };
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let values = |name: &str| -> Vec<&str> {
            pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
        };
        let state = match values("state").as_slice() {
            [state] if is_token(state) => Some((*state).to_owned()),
            _ => None,
        };
        CallbackParams { state, result: CallbackResult::parse(values) }
    }
}

impl CallbackResult {
    fn parse<'a>(values: impl Fn(&str) -> Vec<&'a str>) -> CallbackResult {
        let non_zero = |name| values(name).into_iter().find(|value| !matches!(*value, "" | "0"));
        // QQ's mobile pages send `usercancel` (QQ Connect wiki, WAP part of 使用Authorization_Code获取Access_Token);
        // OAuth 2.0 has `error=access_denied`.
        if non_zero("usercancel").is_some() {
            return CallbackResult::Cancelled;
        }
        match non_zero("error") {
            Some("access_denied") => return CallbackResult::Cancelled,
            Some(error) => return CallbackResult::Error(parse_error(error)),
            None => {}
        }
        match values("code").as_slice() {
            [] | [""] => CallbackResult::NoCode,
            [code] if is_token(code) => CallbackResult::Code((*code).into()),
            _ => CallbackResult::Malformed,
        }
    }
}

/// The OAuth endpoints have six-digit codes. Smaller ones belong to API calls, which do not redirect here (QQ Connect wiki,
/// 公共返回码说明).
fn parse_error(error: &str) -> QqError {
    match error.parse() {
        Ok(code @ 100_000..) => QqError::Api(ApiError::new(code, "")),
        _ => MalformedResponse::ErrorWithoutCode.into(),
    }
}

/// Codes and states are opaque, but short and free of spaces and control characters.
fn is_token(value: &str) -> bool {
    (1..=MAX_VALUE_BYTES).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns the state and the authorization code.
#[cfg(feature = "internals")]
pub fn parse_for_fuzzing(query: &str) -> (Option<String>, Option<SecretString>) {
    let params = CallbackParams::parse(query);
    let code = match params.result {
        CallbackResult::Code(code) => Some(code),
        _ => None,
    };
    (params.state, code)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn result(query: &str) -> CallbackResult {
        CallbackParams::parse(query).result
    }

    fn state(query: &str) -> Option<String> {
        CallbackParams::parse(query).state
    }

    fn code(query: &str) -> Option<String> {
        match result(query) {
            CallbackResult::Code(code) => Some(code.expose_secret().to_owned()),
            _ => None,
        }
    }

    #[test]
    fn code_and_state_are_parsed_in_any_order() {
        assert_eq!(code("code=C&state=S").as_deref(), Some("C"));
        assert_eq!(code("state=S&usercancel=0&error=&code=C%2B").as_deref(), Some("C+"));
        assert_eq!(state("x=1&state=S").as_deref(), Some("S"));
    }

    #[test]
    fn s03_missing_empty_repeated_or_array_state_is_rejected() {
        for query in ["code=x", "code=x&state=", "code=x&state=a&state=b", "code=x&state[]=a", "state=a&state=a"] {
            assert_eq!(state(query), None, "{query}");
        }
    }

    #[test]
    fn s21_too_long_or_malformed_code_is_rejected() {
        let long = "a".repeat(MAX_VALUE_BYTES + 1);
        let huge = "a".repeat(1_000_000);
        for query in [format!("code={long}"), format!("code={huge}&state=S"), "code=a%00b".into(), "code=%FF".into()] {
            assert!(matches!(result(&query), CallbackResult::Malformed), "{}", query.len());
        }
        assert!(code(&format!("code={}", &long[1..])).is_some());
        assert!(matches!(result("code=a&code=b"), CallbackResult::Malformed));
    }

    #[test]
    fn cancellation_errors_and_missing_codes_are_distinguished() {
        for query in ["usercancel=1&state=S", "usercancel=2", "error=access_denied&code=C"] {
            assert!(matches!(result(query), CallbackResult::Cancelled), "{query}");
        }
        let with_code = result("error=100010&code=C");
        assert!(matches!(with_code, CallbackResult::Error(QqError::Api(ApiError { code: 100_010, .. }))));
        for query in ["error=<script>", "error=1", "error=-1", "error=99999999999999999999"] {
            assert!(matches!(result(query), CallbackResult::Error(QqError::MalformedResponse(_))), "{query}");
        }
        for query in ["", "state=S", "state=S&code="] {
            assert!(matches!(result(query), CallbackResult::NoCode), "{query}");
        }
    }
}
