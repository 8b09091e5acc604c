//! User names for people who would rather not choose one.

use crate::random::{self, Random, RandomError};

const FIRST: [&str; 32] = [
    "amber", "brave", "breezy", "bright", "calm", "clever", "cosy", "daring", "eager", "early", "gentle", "golden",
    "happy", "honest", "jolly", "keen", "kind", "lively", "lucky", "merry", "mellow", "neat", "noble", "polite",
    "proud", "quick", "quiet", "rapid", "silver", "steady", "sunny", "witty",
];
const SECOND: [&str; 32] = [
    "badger", "beaver", "bison", "crane", "dolphin", "eagle", "falcon", "ferret", "finch", "gecko", "heron", "ibis",
    "jackal", "koala", "lemur", "lynx", "magpie", "marten", "otter", "owl", "panda", "penguin", "pika", "plover",
    "puffin", "raven", "robin", "seal", "sparrow", "swan", "tiger", "turtle",
];

/// Makes a readable name such as `quiet-otter-4821`. It tells nothing of the person and is not
/// derived from the openid. Later tries have more digits, so that a few of them always suffice.
pub fn generate_username(random: &Random, tries_before: u32) -> Result<String, RandomError> {
    let [first, second, number @ ..]: [u8; 10] = random::bytes(random)?;
    let digits = 4 + 4 * tries_before.min(3);
    let number = u64::from_le_bytes(number) % 10_u64.pow(digits);
    let word = |words: [&'static str; 32], choice: u8| words.get(usize::from(choice % 32)).copied().unwrap_or("qq");
    Ok(format!("{}-{}-{number:0width$}", word(FIRST, first), word(SECOND, second), width = digits as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::ValidUsername;

    #[test]
    fn s50_every_word_makes_an_allowed_name() {
        for choice in 0..32_u8 {
            let random: Random = std::sync::Arc::new(move |buffer: &mut [u8]| {
                buffer.fill(choice);
                Ok(())
            });
            for tries in 0..6 {
                let name = generate_username(&random, tries).expect("a name");
                assert!(ValidUsername::parse(&name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn s50_later_tries_draw_from_more_names() {
        let name = generate_username(&random::system(), 0).expect("a name");
        let later = generate_username(&random::system(), 3).expect("a name");
        assert_eq!(name.rsplit('-').next().map(str::len), Some(4));
        assert_eq!(later.rsplit('-').next().map(str::len), Some(16));
    }
}
