//! Whatever comes back with the browser: one state and one code that are short and visible, or there are none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::login::parse_for_fuzzing;
use secrecy::ExposeSecret;
use url::form_urlencoded;

fuzz_target!(|query: &str| {
    let (state, code) = parse_for_fuzzing(query);
    if query.len() > 4096 {
        assert!(state.is_none() && code.is_none(), "too long to be read");
        return;
    }
    match values(query, "state").as_slice() {
        [only] if is_token(only) => assert_eq!(state.as_ref(), Some(only)),
        _ => assert_eq!(state, None, "none, several, or one that cannot be one"),
    }
    let is_refused =
        ["error", "usercancel"].iter().any(|name| values(query, name).iter().any(|it| it != "" && it != "0"));
    let code = code.as_ref().map(|code| code.expose_secret());
    match values(query, "code").as_slice() {
        [only] if is_token(only) && !is_refused => assert_eq!(code, Some(only.as_str())),
        _ => assert_eq!(code, None, "refused, or not exactly one that can be one"),
    }
});

fn values(query: &str, name: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

fn is_token(value: &str) -> bool {
    (1..=512).contains(&value.len()) && value.chars().all(|c| ('!'..='~').contains(&c))
}
