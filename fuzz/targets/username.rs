//! Usernames: parsing returns a username with stable keys, or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::validation::username::{MAX_CHARS, check};
use qq_login::accounts::ValidUsername;

fuzz_target!(|input: &str| {
    let Ok(name) = ValidUsername::parse(input) else { return };
    assert_eq!(name.shown(), input.trim());
    assert_eq!(ValidUsername::parse(name.shown()).as_ref(), Ok(&name));
    assert!(!name.shown().contains(char::is_control) && !name.shown().contains(char::is_whitespace));
    assert!(!name.key().is_empty() && !name.skeleton().is_empty());
    // Lower case can have more characters than upper case.
    assert!(name.key().chars().count() <= 3 * MAX_CHARS);
    // The comparison ignores case. Upper case of the key, since marks that NFKC turns into letters could otherwise move.
    let uppercase: String = name.key().chars().flat_map(char::to_uppercase).collect();
    if let Ok(uppercase) = ValidUsername::parse(&uppercase) {
        assert_eq!(uppercase.key(), name.key());
    }
    // The browser's rules agree for names that are already normalized.
    if name.shown().is_ascii() {
        assert_eq!(check(name.shown()), Ok(()));
    }
});
