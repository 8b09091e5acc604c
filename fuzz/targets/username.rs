//! Whatever is typed as a user name: one with stable keys, or a problem with a name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::validation::username::{MAX_CHARS, check};
use qq_login::accounts::ValidUsername;

fuzz_target!(|typed: &str| {
    let Ok(name) = ValidUsername::parse(typed) else { return };
    assert_eq!(name.shown(), typed.trim());
    assert_eq!(ValidUsername::parse(name.shown()).as_ref(), Ok(&name));
    assert!(!name.shown().contains(char::is_control) && !name.shown().contains(char::is_whitespace));
    assert!(!name.key().is_empty() && !name.skeleton().is_empty());
    // Lower case can take two letters for one, or one for a letter and its mark.
    assert!(name.key().chars().count() <= 3 * MAX_CHARS);
    // Somebody else's name in capitals is the same name, though it may look like yet another one. Of the
    // normalised name: of another one, marks that become letters would stand elsewhere.
    let loud: String = name.key().chars().flat_map(char::to_uppercase).collect();
    if let Ok(loud) = ValidUsername::parse(&loud) {
        assert_eq!(loud.key(), name.key());
    }
    // The browser's half of the rules says the same of a name that is normalised already.
    if name.shown().is_ascii() {
        assert_eq!(check(name.shown()), Ok(()));
    }
});
