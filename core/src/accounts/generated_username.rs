//! Generates usernames for users who do not choose one.

use crate::random::{self, Random, RandomError};

const ADJECTIVES: [&str; 32] = [
    "amber", "brave", "breezy", "bright", "calm", "clever", "cosy", "daring", "eager", "early", "gentle", "golden",
    "happy", "honest", "jolly", "keen", "kind", "lively", "lucky", "merry", "mellow", "neat", "noble", "polite",
    "proud", "quick", "quiet", "rapid", "silver", "steady", "sunny", "witty",
];
const ANIMALS: [&str; 32] = [
    "badger", "beaver", "bison", "crane", "dolphin", "eagle", "falcon", "ferret", "finch", "gecko", "heron", "ibis",
    "jackal", "koala", "lemur", "lynx", "magpie", "marten", "otter", "owl", "panda", "penguin", "pika", "plover",
    "puffin", "raven", "robin", "seal", "sparrow", "swan", "tiger", "turtle",
];

/// Generates a random name such as `quiet-otter-4821`, with more digits the more attempts found
/// the name taken.
pub fn generate_username(random: &Random, failed_attempts: u32) -> Result<String, RandomError> {
    let [adjective, animal, number @ ..]: [u8; 10] = random::bytes(random)?;
    let digits = 4 + 4 * failed_attempts.min(3);
    let number = u64::from_le_bytes(number) % 10_u64.pow(digits);
    let word = |words: [&'static str; 32], index: u8| words.get(usize::from(index % 32)).copied().unwrap_or("qq");
    Ok(format!("{}-{}-{number:0width$}", word(ADJECTIVES, adjective), word(ANIMALS, animal), width = digits as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::ValidUsername;

    #[test]
    fn s50_every_generated_name_is_valid() {
        for byte in 0..32_u8 {
            let random: Random = std::sync::Arc::new(move |buffer: &mut [u8]| {
                buffer.fill(byte);
                Ok(())
            });
            for failed_attempts in 0..6 {
                let name = generate_username(&random, failed_attempts).expect("a name");
                assert!(ValidUsername::parse(&name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn s50_later_attempts_have_more_digits() {
        let name = generate_username(&random::system(), 0).expect("a name");
        let later = generate_username(&random::system(), 3).expect("a name");
        assert_eq!(name.rsplit('-').next().map(str::len), Some(4));
        assert_eq!(later.rsplit('-').next().map(str::len), Some(16));
    }
}
