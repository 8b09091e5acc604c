//! What QQ sends back with the browser, read without believing any of it.

use secrecy::SecretString;

/// The longest query that is read, in bytes. QQ's has about a hundred.
const MAX_QUERY_BYTES: usize = 4096;
/// The longest authorization code or state, in bytes. QQ's codes have 32.
const MAX_VALUE_BYTES: usize = 512;

/// The meaning of a callback's query.
pub(super) struct Callback {
    /// The state, if there is exactly one that can be one.
    pub(super) state: Option<String>,
    /// What else there is.
    pub(super) answer: Answer,
}

/// What QQ says.
pub(super) enum Answer {
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

impl Callback {
    /// Reads the query as it stands in the address.
    pub(super) fn read(query: &str) -> Callback {
        if query.len() > MAX_QUERY_BYTES {
            return Callback { state: None, answer: Answer::Unreadable };
        }
        let values = |name: &str| -> Vec<String> {
            let pairs = form_urlencoded::parse(query.as_bytes());
            pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
        };
        let state = only(values("state")).filter(|state| is_token(state));
        Callback { state, answer: Answer::read(values) }
    }
}

impl Answer {
    fn read(values: impl Fn(&str) -> Vec<String>) -> Answer {
        // QQ's pages for phones say `usercancel` (QQ Connect wiki, the WAP part of
        // 使用Authorization_Code获取Access_Token); OAuth 2.0 says `error=access_denied`.
        if values("usercancel").iter().any(|value| !matches!(value.as_str(), "" | "0")) {
            return Answer::Cancelled;
        }
        let error = values("error").into_iter().find(|value| !matches!(value.as_str(), "" | "0"));
        match error.as_deref() {
            Some("access_denied") => return Answer::Cancelled,
            Some(error) => {
                return error.parse().ok().filter(is_oauth_code).map_or(Answer::UnknownError, Answer::Refused);
            }
            None => {}
        }
        let codes = values("code");
        match codes.as_slice() {
            [] => Answer::NoCode,
            [code] if code.is_empty() => Answer::NoCode,
            [code] if is_token(code) => Answer::Code(code.clone().into()),
            _ => Answer::Unreadable,
        }
    }
}

/// State and authorization code of a callback's query, as the fuzzers ask for them.
#[cfg(fuzzing)]
pub fn read_for_fuzzing(query: &str) -> (Option<String>, Option<SecretString>) {
    let callback = Callback::read(query);
    let code = match callback.answer {
        Answer::Code(code) => Some(code),
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
        match Callback::read(query).answer {
            Answer::Code(code) => Some(code.expose_secret().to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_code_and_a_state_are_read_in_any_order() {
        assert_eq!(code("code=C&state=S").as_deref(), Some("C"));
        assert_eq!(code("state=S&usercancel=0&error=&code=C%2B").as_deref(), Some("C+"));
        assert_eq!(Callback::read("x=1&state=S").state.as_deref(), Some("S"));
    }

    #[test]
    fn s03_a_missing_empty_doubled_or_array_state_is_none() {
        for query in ["code=x", "code=x&state=", "code=x&state=a&state=b", "code=x&state[]=a", "state=a&state=a"] {
            assert_eq!(Callback::read(query).state, None, "{query}");
        }
    }

    #[test]
    fn s21_what_is_too_long_or_no_token_is_not_read() {
        let long = "a".repeat(MAX_VALUE_BYTES + 1);
        let huge = "a".repeat(1_000_000);
        for query in [format!("code={long}"), format!("code={huge}&state=S"), "code=a%00b".into(), "code=%FF".into()] {
            assert!(matches!(Callback::read(&query).answer, Answer::Unreadable), "{}", query.len());
        }
        assert!(code(&format!("code={}", &long[1..])).is_some());
        assert!(matches!(Callback::read("code=a&code=b").answer, Answer::Unreadable));
    }

    #[test]
    fn cancelling_and_errors_are_told_apart() {
        for query in ["usercancel=1&state=S", "usercancel=2", "error=access_denied&code=C"] {
            assert!(matches!(Callback::read(query).answer, Answer::Cancelled), "{query}");
        }
        assert!(matches!(Callback::read("error=100010&code=C").answer, Answer::Refused(100_010)));
        for query in ["error=<script>", "error=1", "error=-1", "error=99999999999999999999"] {
            assert!(matches!(Callback::read(query).answer, Answer::UnknownError), "{query}");
        }
        for query in ["", "state=S", "state=S&code="] {
            assert!(matches!(Callback::read(query).answer, Answer::NoCode), "{query}");
        }
    }
}
