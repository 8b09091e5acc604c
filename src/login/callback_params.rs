//! What QQ sends back with the browser, read without believing any of it.

use secrecy::SecretString;

/// The longest query that is read, in bytes. QQ's has about a hundred.
const MAX_QUERY_BYTES: usize = 4096;
/// The longest authorization code or state, in bytes. QQ's codes have 32.
const MAX_VALUE_BYTES: usize = 512;

/// The meaning of a callback's query.
pub(super) struct CallbackParams {
    /// The state, if there is exactly one that can be one.
    pub(super) state: Option<String>,
    /// What else there is.
    pub(super) answer: CallbackResult,
}

/// What QQ says.
pub(super) enum CallbackResult {
    /// An authorization code.
    Code(SecretString),
    /// Nothing: a person who turned back, for all anybody knows.
    NoCode,
    /// The person cancelled.
    Cancelled,
    /// QQ's own error code.
    Refused(i64),
    /// An error that is no number of QQ's.
    UnknownError,
    /// Not an answer of QQ's.
    Unreadable,
}

impl CallbackParams {
    /// Reads the query as it stands in the address.
    pub(super) fn read(query: &str) -> CallbackParams {
        if query.len() > MAX_QUERY_BYTES {
            return CallbackParams { state: None, answer: CallbackResult::Unreadable };
        }
        let values = |name: &str| -> Vec<String> {
            let pairs = form_urlencoded::parse(query.as_bytes());
            pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
        };
        let state = only(values("state")).filter(|state| is_token(state));
        CallbackParams { state, answer: CallbackResult::read(values) }
    }
}

impl CallbackResult {
    fn read(values: impl Fn(&str) -> Vec<String>) -> CallbackResult {
        // QQ's pages for phones say `usercancel` (QQ Connect wiki, the WAP part of
        // 使用Authorization_Code获取Access_Token); OAuth 2.0 says `error=access_denied`.
        if values("usercancel").iter().any(|value| !matches!(value.as_str(), "" | "0")) {
            return CallbackResult::Cancelled;
        }
        let error = values("error").into_iter().find(|value| !matches!(value.as_str(), "" | "0"));
        match error.as_deref() {
            Some("access_denied") => return CallbackResult::Cancelled,
            Some(error) => {
                return error
                    .parse()
                    .ok()
                    .filter(is_oauth_code)
                    .map_or(CallbackResult::UnknownError, CallbackResult::Refused);
            }
            None => {}
        }
        let codes = values("code");
        match codes.as_slice() {
            [] => CallbackResult::NoCode,
            [code] if code.is_empty() => CallbackResult::NoCode,
            [code] if is_token(code) => CallbackResult::Code(code.clone().into()),
            _ => CallbackResult::Unreadable,
        }
    }
}

/// State and authorization code of a callback's query, as the fuzzers ask for them.
#[cfg(fuzzing)]
pub fn read_for_fuzzing(query: &str) -> (Option<String>, Option<SecretString>) {
    let callback = CallbackParams::read(query);
    let code = match callback.answer {
        CallbackResult::Code(code) => Some(code),
        _ => None,
    };
    (callback.state, code)
}

/// The OAuth calls have codes of six digits; smaller ones belong to the other calls, which send
/// nobody back here (QQ Connect wiki, 公共返回码说明).
fn is_oauth_code(code: &i64) -> bool {
    *code >= 100_000
}

fn only(values: Vec<String>) -> Option<String> {
    let mut values = values.into_iter();
    values.next().filter(|_| values.next().is_none())
}

/// Codes and states are opaque, but they are short and hold no spaces or control characters.
fn is_token(value: &str) -> bool {
    (1..=MAX_VALUE_BYTES).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn code(query: &str) -> Option<String> {
        match CallbackParams::read(query).answer {
            CallbackResult::Code(code) => Some(code.expose_secret().to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_code_and_a_state_are_read_in_any_order() {
        assert_eq!(code("code=C&state=S").as_deref(), Some("C"));
        assert_eq!(code("state=S&usercancel=0&error=&code=C%2B").as_deref(), Some("C+"));
        assert_eq!(CallbackParams::read("x=1&state=S").state.as_deref(), Some("S"));
    }

    #[test]
    fn s03_a_missing_empty_doubled_or_array_state_is_none() {
        for query in ["code=x", "code=x&state=", "code=x&state=a&state=b", "code=x&state[]=a", "state=a&state=a"] {
            assert_eq!(CallbackParams::read(query).state, None, "{query}");
        }
    }

    #[test]
    fn s21_what_is_too_long_or_no_token_is_not_read() {
        let long = "a".repeat(MAX_VALUE_BYTES + 1);
        let huge = "a".repeat(1_000_000);
        for query in [format!("code={long}"), format!("code={huge}&state=S"), "code=a%00b".into(), "code=%FF".into()] {
            assert!(matches!(CallbackParams::read(&query).answer, CallbackResult::Unreadable), "{}", query.len());
        }
        assert!(code(&format!("code={}", &long[1..])).is_some());
        assert!(matches!(CallbackParams::read("code=a&code=b").answer, CallbackResult::Unreadable));
    }

    #[test]
    fn cancelling_and_errors_are_told_apart() {
        for query in ["usercancel=1&state=S", "usercancel=2", "error=access_denied&code=C"] {
            assert!(matches!(CallbackParams::read(query).answer, CallbackResult::Cancelled), "{query}");
        }
        assert!(matches!(CallbackParams::read("error=100010&code=C").answer, CallbackResult::Refused(100_010)));
        for query in ["error=<script>", "error=1", "error=-1", "error=99999999999999999999"] {
            assert!(matches!(CallbackParams::read(query).answer, CallbackResult::UnknownError), "{query}");
        }
        for query in ["", "state=S", "state=S&code="] {
            assert!(matches!(CallbackParams::read(query).answer, CallbackResult::NoCode), "{query}");
        }
    }
}
