//! Responses of `/oauth2.0/me`: an identity needs the app's client_id and an openid.

#![no_main]

mod json_oracle;

use libfuzzer_sys::fuzz_target;
use qq_login::qq::internals;

const APP_ID: &str = "100000001";
const APP_ID_AS_NUMBER: u64 = 100_000_001;

fuzz_target!(|body: &[u8]| {
    let Ok(identity) = internals::me(body, APP_ID) else { return };
    assert!(is_id(&identity.openid));
    assert!(identity.unionid.as_deref().is_none_or(is_id));
    assert!(internals::me(body, "100000002").is_err(), "accepted for another app");
    let Some(fields) = json_oracle::object(body) else { return };
    assert!(!json_oracle::is_error(&fields));
    assert!(fields["client_id"] == APP_ID || fields["client_id"] == APP_ID_AS_NUMBER);
    assert_eq!(fields["openid"], identity.openid);
    assert!(identity.unionid.is_none_or(|unionid| fields["unionid"] == unionid));
});

fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}
