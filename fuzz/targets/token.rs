//! Whatever `/oauth2.0/token` answers: a token that can be used, or a named error.

#![no_main]

mod plain_json;

use libfuzzer_sys::fuzz_target;
use qq_login::qq::fuzzing;
use secrecy::{ExposeSecret, SecretString};

const AN_HOUR_SECS: i64 = 60 * 60;
const A_HUNDRED_YEARS_SECS: i64 = 100 * 365 * 24 * 60 * 60;

fuzz_target!(|body: &[u8]| {
    let Ok(token) = fuzzing::token(body) else { return };
    assert!(is_usable(&token.access_token));
    assert!(token.refresh_token.as_ref().is_none_or(is_usable));
    assert!((1..=A_HUNDRED_YEARS_SECS).contains(&token.lifetime_secs));
    let Some(fields) = plain_json::object(body) else { return };
    assert!(!plain_json::is_refusal(&fields));
    assert_eq!(fields["access_token"], token.access_token.expose_secret());
    match fields.get("expires_in") {
        None => assert_eq!(token.lifetime_secs, AN_HOUR_SECS),
        Some(told) => {
            let told = told.as_u64().or_else(|| told.as_str()?.parse().ok());
            let told = told.and_then(|secs| i64::try_from(secs).ok()).unwrap_or(i64::MAX);
            assert_eq!(token.lifetime_secs, told.min(A_HUNDRED_YEARS_SECS));
        }
    }
});

fn is_usable(token: &SecretString) -> bool {
    let token = token.expose_secret();
    (1..=1024).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
