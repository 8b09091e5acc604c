//! Responses of `/oauth2.0/token`: parsing returns a usable token or an error.

#![no_main]

mod json_oracle;

use libfuzzer_sys::fuzz_target;
use qq_login::qq::internals;
use secrecy::{ExposeSecret, SecretString};

const HOUR_SECS: i64 = 60 * 60;
const CENTURY_SECS: i64 = 100 * 365 * 24 * 60 * 60;

fuzz_target!(|body: &[u8]| {
    let Ok(token) = internals::token(body) else { return };
    assert!(is_usable(&token.access_token));
    assert!(token.refresh_token.as_ref().is_none_or(is_usable));
    assert!((1..=CENTURY_SECS).contains(&token.lifetime_secs));
    let Some(fields) = json_oracle::object(body) else { return };
    assert!(!json_oracle::is_error(&fields));
    assert_eq!(fields["access_token"], token.access_token.expose_secret());
    match fields.get("expires_in") {
        None => assert_eq!(token.lifetime_secs, HOUR_SECS),
        Some(expires_in) => {
            let secs = expires_in.as_u64().or_else(|| expires_in.as_str()?.parse().ok());
            let secs = secs.and_then(|secs| i64::try_from(secs).ok()).unwrap_or(i64::MAX);
            assert_eq!(token.lifetime_secs, secs.min(CENTURY_SECS));
        }
    }
});

fn is_usable(token: &SecretString) -> bool {
    let token = token.expose_secret();
    (1..=1024).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
