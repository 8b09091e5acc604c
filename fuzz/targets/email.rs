//! Email addresses: parsing returns exactly one address in lower case, or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::validation::Email;

fuzz_target!(|input: &str| {
    let Ok(email) = Email::parse(input) else { return };
    let address = email.as_str();
    assert_eq!(Email::parse(address).as_ref(), Ok(&email));
    assert!(address.len() <= 254 && address.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(!address.contains(|c: char| c.is_ascii_uppercase() || ",;:<>()[]\"\\".contains(c)), "{address}");
    let (local, domain) = address.split_once('@').expect("@");
    assert!(!domain.contains('@') && domain.contains('.') && (1..=64).contains(&local.len()));
});
