//! Whatever comes back with the browser: a state and a code are short and visible, or there are none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::login::read_for_fuzzing;
use secrecy::ExposeSecret;

fuzz_target!(|query: &str| {
    let (state, code) = read_for_fuzzing(query);
    assert!(state.as_deref().is_none_or(is_token));
    assert!(code.is_none_or(|code| is_token(code.expose_secret())));
});

fn is_token(value: &str) -> bool {
    (1..=512).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}
