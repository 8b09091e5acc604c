//! Callback queries: a state or code is parsed only if it is unique, short and printable.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::login::parse_for_fuzzing;
use secrecy::ExposeSecret;
use url::form_urlencoded;

fuzz_target!(|query: &str| {
    let (state, code) = parse_for_fuzzing(query);
    if query.len() > 4096 {
        assert!(state.is_none() && code.is_none(), "query too long");
        return;
    }
    match values(query, "state").as_slice() {
        [only] if is_token(only) => assert_eq!(state.as_ref(), Some(only)),
        _ => assert_eq!(state, None, "missing, repeated or malformed state"),
    }
    let is_error =
        ["error", "usercancel"].iter().any(|name| values(query, name).iter().any(|value| value != "" && value != "0"));
    let code = code.as_ref().map(|code| code.expose_secret());
    match values(query, "code").as_slice() {
        [only] if is_token(only) && !is_error => assert_eq!(code, Some(only.as_str())),
        _ => assert_eq!(code, None, "error, or missing, repeated or malformed code"),
    }
});

fn values(query: &str, name: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

fn is_token(value: &str) -> bool {
    (1..=512).contains(&value.len()) && value.chars().all(|c| ('!'..='~').contains(&c))
}
