//! Randomness, passed in wherever it is drawn, so that tests can repeat it.

use std::sync::Arc;

/// No randomness could be had from the operating system.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomError;

/// Fills a buffer with bytes that nobody can guess.
pub type Random = Arc<dyn Fn(&mut [u8]) -> Result<(), RandomError> + Send + Sync>;

/// The operating system's generator.
pub fn system() -> Random {
    Arc::new(|buffer| getrandom::fill(buffer).map_err(|_| RandomError))
}

/// Draws an array of random bytes.
pub fn bytes<const N: usize>(random: &Random) -> Result<[u8; N], RandomError> {
    let mut buffer = [0; N];
    random(&mut buffer)?;
    Ok(buffer)
}
