//! Whatever `/oauth2.0/token` answers: a token that can be used, or a named error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::qq::fuzzing;
use secrecy::{ExposeSecret, SecretString};

const A_HUNDRED_YEARS_SECS: i64 = 100 * 365 * 24 * 60 * 60;

fuzz_target!(|body: &[u8]| {
    let Ok(token) = fuzzing::token(body) else { return };
    assert!(is_usable(&token.access_token));
    assert!(token.refresh_token.as_ref().is_none_or(is_usable));
    assert!((1..=A_HUNDRED_YEARS_SECS).contains(&token.lifetime_secs));
});

fn is_usable(token: &SecretString) -> bool {
    let token = token.expose_secret();
    (1..=1024).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
